"""An agency for tests: profiles, files, an outbox, and parties in memory.

    agency = an_agency(tmp_path)
    agency.write(a_row(bsn=a_number(1)), a_row(bsn=a_number(2)))
    await agency.publish()
    assert agency.index.shown() == {...}

`FakeIndex` checks what the real one checks (signature, commitment, versions) and can
keep its state in a file, so that it outlives a process that is killed.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pysodium

from keys.bsn import WEIGHTS, Bsn, parse_bsn
from keys.pseudonym import Pseudonym, parse_pseudonym
from signal_index.notice import (
    Delivery,
    DeliveryKind,
    Notice,
    Oin,
    Withdrawal,
    encode_delivery,
    encode_notice,
    new_notice_key,
    parse_contact_holder,
    parse_signed_batch,
    parse_signer_key,
    subject_commitment,
)
from sources.errors import EvaluationStopped, IndexRefused
from sources.outbox.deliveries import OpenDelivery, find_rejects
from sources.outbox.settling import ItemResult
from sources.outbox.store import Moment, Outbox, Step
from sources.outbox_key import OutboxKey
from sources.profile import Profile, parse_profile
from sources.publisher.parties import Evaluated, SignedBatch
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run, Task
from sources.values import Reject

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
OIN = Oin("00000001000000000002")
SECRET = bytes(range(32))
KEY_VERSION = 1
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


def pseudonym_of(digits: str) -> Pseudonym:
    """A valid pseudonym that tests can predict."""
    uniform = hashlib.sha512(b"test" + digits.encode()).digest()
    return parse_pseudonym(pysodium.crypto_core_ristretto255_from_hash(uniform))


class Died(BaseException):
    """The process is gone; what was not committed never happened."""


@dataclass
class FakeEvaluator:
    """Evaluates without holders; `budget` numbers, then it stops."""

    budget: int = 10**9
    asked: int = 0

    async def evaluate(self, numbers: Sequence[Bsn]) -> Evaluated:
        if self.asked + len(numbers) > self.budget:
            raise EvaluationStopped("op")
        self.asked += len(numbers)
        found = tuple(pseudonym_of(number.digits) for number in numbers)
        return Evaluated(KEY_VERSION, found)

    async def find_key_version(self) -> int:
        return KEY_VERSION


NOTICE_KEY = new_notice_key("test-notice")
SIGNER = parse_signer_key(OIN, NOTICE_KEY.encode_public())


@dataclass
class FakeIndex:
    """An index that remembers, in memory or in a file, and is as strict as the real."""

    path: Path | None = None
    refuse: Callable[[Notice], str] = lambda _: ""
    problem: str = ""
    takes_contacts: bool = True
    silent: bool = False
    state: dict[str, dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = {"signals": {}, "gone": {}, "batches": {}, "contacts": {}}
        self.state |= {"deliveries": {}, "counts": {"sent": 0}}
        if self.path and self.path.exists():
            self.state = json.loads(self.path.read_text())

    async def put_contact(self, contact: UUID, body: Mapping[str, object]) -> None:
        if not self.takes_contacts:
            raise IndexRefused(400, "invalid-input")
        parse_contact_holder(dict(body))
        self.state["contacts"][str(contact)] = dict(body)
        self._save()

    async def send_batch(self, batch: SignedBatch) -> list[ItemResult]:
        if self.problem:
            raise IndexRefused(409, self.problem)
        if self.silent:
            return []
        signed = parse_signed_batch(batch.token, SIGNER, now=LATER)
        known = self.state["batches"].setdefault(str(signed.batch), batch.token)
        assert known == batch.token, "a batch sent again is the same batch"
        subjects = {proof.reference: proof for proof in batch.subjects}
        results = []
        for notice in signed.notices:
            assert isinstance(notice, Notice)
            proof = subjects[notice.reference]
            n = parse_pseudonym(proof.pseudonym)
            assert notice.subject == subject_commitment(proof.salt, n)
            assert str(notice.contact_holder) in self.state["contacts"]
            results.append(self._take(notice, n))
        for withdrawal in signed.withdrawals:
            assert isinstance(withdrawal, Withdrawal)
            results.append(self._withdraw(withdrawal))
        self._save()
        return results

    async def close_delivery(self, delivery: Delivery) -> None:
        self.state["deliveries"][str(delivery.delivery)] = encode_delivery(delivery)
        self._save()

    def shown(self) -> set[tuple[str, str]]:
        """Who has a signal in which category: pseudonyms and category ids."""
        return {
            (str(row["n"]), str(row["category"])) for row in self._signals().values()
        }

    def shown_often(self) -> list[tuple[str, str]]:
        """The same with doubles, sorted."""
        rows = self._signals().values()
        return sorted((str(row["n"]), str(row["category"])) for row in rows)

    def _signals(self) -> dict[str, dict[str, object]]:
        return self.state["signals"]  # type: ignore[return-value]  # JSON has no types

    def _take(self, notice: Notice, n: Pseudonym) -> ItemResult:
        reference = str(notice.reference)
        problem = self.refuse(notice)
        if problem:
            return ItemResult(notice.reference, "refused", problem)
        row = encode_notice(notice) | {"n": n.encoded.hex(), "subject": ""}
        known = self._signals().get(reference)
        if known == row:
            return ItemResult(notice.reference, "unchanged")
        if reference in self.state["gone"]:
            return ItemResult(notice.reference, "superseded")
        if known and int(str(known["version"])) >= notice.version:
            return ItemResult(notice.reference, "superseded")
        self._signals()[reference] = row
        return ItemResult(notice.reference, "accepted")

    def _withdraw(self, withdrawal: Withdrawal) -> ItemResult:
        reference = str(withdrawal.reference)
        if reference in self.state["gone"]:
            return ItemResult(withdrawal.reference, "unchanged")
        if reference not in self._signals():
            return ItemResult(withdrawal.reference, "refused", "unknown-signal")
        del self._signals()[reference]
        self.state["gone"][reference] = withdrawal.reason.value
        return ItemResult(withdrawal.reference, "accepted")

    def _save(self) -> None:
        if self.path:
            made = self.path.with_suffix(".new")
            made.write_text(json.dumps(self.state))
            made.replace(self.path)


@dataclass
class Heard:
    """Hears progress and keeps the last report's rejects."""

    rejects: list[Reject] = field(default_factory=list)
    work: int = 0

    def read(self, count: int) -> None: ...

    def planned(self, work: int) -> None:
        self.work = work

    def told(self, step: str, count: int) -> None: ...


@dataclass
class Agency:
    """A source agency on disk, with parties of its choice."""

    folder: Path
    profile: Profile
    index: FakeIndex
    evaluator: FakeEvaluator
    now: datetime = NOW
    heard: Heard = field(default_factory=Heard)

    @property
    def file(self) -> Path:
        return self.folder / "delivery.csv"

    @property
    def outbox_path(self) -> Path:
        return self.folder / "outbox.sqlite"

    def write(self, *rows: Mapping[str, str]) -> None:
        write_rows(self.file, rows)

    async def publish(
        self,
        *,
        kind: DeliveryKind = DeliveryKind.FULL,
        confirmed: bool = False,
        observer: Callable[[Step, Moment], None] = lambda _step, _moment: None,
    ) -> OpenDelivery:
        """Run once; gives the delivery closed last."""
        key = OutboxKey(SECRET)
        sender = Sender(OIN, OIN, NOTICE_KEY, lambda: self.now)
        with Outbox(self.outbox_path, key, observer=observer) as outbox:

            def report(delivery: OpenDelivery) -> None:
                self.heard.rejects = list(find_rejects(outbox, delivery.id))

            parties = (self.evaluator, self.index)
            run = Run(outbox, parties, sender, self.heard, report)
            task = Task(self.file, self.profile, kind, confirmed)
            return (await run.publish(task))[-1]


def an_agency(folder: Path, profile: Profile | None = None) -> Agency:
    """An agency with an empty outbox, an index in memory and holders that answer."""
    return Agency(folder, profile or a_profile(), FakeIndex(), FakeEvaluator())


def shows(*cases: tuple[str, str]) -> set[tuple[str, str]]:
    """What an index shows for these numbers and categories."""
    return {(pseudonym_of(n).encoded.hex(), category) for n, category in cases}
