"""An agency for tests: profiles, files, an outbox, and parties in memory.

agency = an_agency(tmp_path)
agency.write(a_row(bsn=a_number(1)), a_row(bsn=a_number(2)))
await agency.publish()
assert agency.index.shown() == {...}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from keys.bsn import WEIGHTS, parse_bsn
from signal_index.wire.deliveries import DeliveryKind
from sources.brp.identifying import Identifier
from sources.errors import DeliveryHeld
from sources.intake.files import FileIntake
from sources.outbox.deliveries import OpenDelivery, find_rejects
from sources.outbox.holding import find_held, record_answer
from sources.outbox.store import Moment, Outbox, Step
from sources.outbox_key import OutboxKey
from sources.profile import Profile, parse_profile
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from sources.publisher.task import Task
from sources.values import Reject
from tests.sources_parties import (
    NOTICE_KEY,
    OIN,
    FakeEvaluator,
    FakeIndex,
    pseudonym_of,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SECRET = bytes(range(32))
HEADER = ("Zaak", "BSN", "Begin", "Eind", "Stand", "Gemeente", "Team", "Telefoon")

PROFILE = """
name = "test"
format = "csv"
category = "bijstand"
municipalities = ["9901", "9902"]
valid_months = 12
informed = "discussed"
default_contact = "TEAM"

[csv]
delimiter = ";"
encoding = "utf-8"
dates = ["%Y-%m-%d", "%d-%m-%Y"]

[csv.columns]
case_number = "Zaak"
bsn = "BSN"
start = "Begin"
end = "Eind"
status = "Stand"
municipality = "Gemeente"
contact = "Team"
phone = "Telefoon"

[codes.status]
opens = ["open"]
closes = ["dicht"]
ignores = ["aanvraag"]

[contacts.TEAM]
function = "Klantmanager Inkomen"
phone = "0182 555 101"
last_verified = 2026-10-01

[contacts.ANDER]
function = "Klantmanager Zuid"
phone = "0182 555 102"
last_verified = 2026-10-01
"""


@cache
def _numbers() -> tuple[str, ...]:
    found = []
    for stem in range(90_000_000, 90_025_000):
        check = sum(w * int(d) for w, d in zip(WEIGHTS, str(stem), strict=False)) % 11
        if check < 10:
            found.append(parse_bsn(f"{stem}{check}").digits)
    return tuple(found)


def a_number(count: int) -> str:
    """The count-th valid number of a test range."""
    return _numbers()[count]


def a_wrong_number() -> str:
    """Nine digits that fail the 11-proof."""
    digits = a_number(7)
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


def a_row(**changed: str) -> dict[str, str]:
    """A row that opens a signal; override one thing."""
    row = {
        "Zaak": "Z-1",
        "BSN": a_number(1),
        "Begin": "2026-01-05",
        "Eind": "",
        "Stand": "open",
        "Gemeente": "9901",
        "Team": "TEAM",
        "Telefoon": "",
    }
    assert changed.keys() <= row.keys()
    return row | changed


def a_profile(text: str = PROFILE, **changed: str) -> Profile:
    """The test profile; `changed` replaces whole lines `name = …`."""
    lines = text.splitlines()
    for name, value in changed.items():
        lines = [
            f"{name} = {value}" if line.startswith(f"{name} = ") else line
            for line in lines
        ]
    return parse_profile("\n".join(lines))


def write_rows(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write a CSV file of the test profile."""
    lines = [";".join(HEADER)]
    lines += [";".join(row[name] for name in HEADER) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass
class Heard:
    """Hears progress and keeps the last report's rejects."""

    rejects: list[Reject] = field(default_factory=list)
    work: int = 0
    earlier: list[UUID] = field(default_factory=list)

    def read(self, count: int) -> None: ...

    def planned(self, work: int) -> None:
        self.work = work

    def told(self, step: str, count: int) -> None: ...

    def finished(self, earlier: OpenDelivery) -> None:
        self.earlier.append(earlier.id)


@dataclass
class Agency:
    """A source agency on disk, with parties of its choice."""

    folder: Path
    profile: Profile
    index: FakeIndex
    evaluator: FakeEvaluator
    now: datetime = NOW
    ahead: timedelta = timedelta()
    heard: Heard = field(default_factory=Heard)
    find_persons: Callable[[Outbox], Identifier] | None = None

    def __post_init__(self) -> None:
        self.index.clock = lambda: self.now

    @property
    def file(self) -> Path:
        return self.folder / "delivery.csv"

    @property
    def outbox_path(self) -> Path:
        return self.folder / "outbox.sqlite"

    def write(self, *rows: Mapping[str, str]) -> None:
        write_rows(self.file, rows)

    def make_run(self, outbox: Outbox) -> Run:
        """Make a run of the publisher on this outbox."""

        def report(delivery: OpenDelivery) -> None:
            self.heard.rejects = list(find_rejects(outbox, delivery.id))

        sender = Sender(OIN, OIN, NOTICE_KEY, lambda: self.now + self.ahead)
        parties = (self.evaluator, self.index)
        finder = self.find_persons(outbox) if self.find_persons else None
        return Run(outbox, parties, sender, self.heard, report, identifier=finder)

    async def publish(
        self,
        *,
        kind: DeliveryKind = DeliveryKind.FULL,
        approve: bool = False,
        observer: Callable[[Step, Moment], None] = lambda _step, _moment: None,
    ) -> OpenDelivery:
        """Run once; gives the delivery closed last.

        `approve`: what is held is let through, as whoever looked at it would.
        """
        key = OutboxKey(SECRET)
        with Outbox(self.outbox_path, key, observer=observer) as outbox:
            run = self.make_run(outbox)
            task = Task(FileIntake(self.file, self.profile), self.profile, kind)
            try:
                return (await run.publish(task))[-1]
            except DeliveryHeld:
                if not approve:
                    raise
                approve_held(outbox)
                return (await run.finish_unfinished())[-1]


def approve_held(outbox: Outbox) -> None:
    """Let everything through that is held, as somebody who looked at it."""
    for held in find_held(outbox):
        assert record_answer(outbox, held.delivery, held.digest, "approved")


def an_agency(folder: Path, profile: Profile | None = None) -> Agency:
    """An agency with an empty outbox, an index in memory and holders that answer."""
    return Agency(folder, profile or a_profile(), FakeIndex(), FakeEvaluator())


def shows(*cases: tuple[str, str]) -> set[tuple[str, str]]:
    """What an index shows for these numbers and categories."""
    return {(pseudonym_of(n).encoded.hex(), category) for n, category in cases}
