"""An agency with an agent in memory: files, an index that may be gone, a clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from signal_index.wire.agents import (
    AgentStatus,
    ToldAnswer,
)
from signal_index.wire.deliveries import Delivery
from signal_index.wire.signed_contacts import ContactBody
from sources.agent.feeds import Feed
from sources.agent.worker import (
    Jobs,
    Surroundings,
    Worker,
)
from sources.errors import IndexUnreachable
from sources.feed_settings import FeedRow
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from tests.connector_formats import (
    CONTACTS,
    EVENTS,
    HEAD,
    Record,
    write_csv,
)
from tests.sources_builders import (
    NOW,
    PROFILE,
    SECRET,
    Heard,
    a_number,
    shows,
)
from tests.sources_parties import NOTICE_KEY, OIN, FakeEvaluator, FakeIndex

LATER = timedelta(minutes=1)


@dataclass
class OutOfReach(FakeIndex):
    """An index that does not answer for a while."""

    down: int = 0

    async def put_contact(self, contact: UUID, said: ContactBody) -> None:
        self._answer()
        await super().put_contact(contact, said)

    async def close_delivery(self, delivery: Delivery) -> None:
        self._answer()
        await super().close_delivery(delivery)

    def _answer(self) -> None:
        if self.down:
            self.down -= 1
            raise IndexUnreachable("weg")


@dataclass
class Office:
    """An agency with an agent, its clock in our hands."""

    root: Path
    outbox: Outbox
    index: OutOfReach = field(default_factory=OutOfReach)
    now: datetime = NOW
    waits: list[float] = field(default_factory=list)
    told: list[AgentStatus] = field(default_factory=list)
    answers: list[ToldAnswer] = field(default_factory=list)
    compared: int = 0
    evaluator: FakeEvaluator = field(default_factory=FakeEvaluator)
    slept: Callable[[], None] = lambda: None
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.index.clock = lambda: self.now

    def employ(self, *rows: FeedRow) -> None:
        feeds = {row.name: Feed(row, {}) for row in rows}
        jobs = Jobs(self.make_run, self.compare, self.tell)
        world = Surroundings(lambda: self.now, self.sleep, lambda: 0.5)
        self.worker = Worker(self.outbox, feeds, jobs, world, OIN)

    def make_run(self) -> Run:
        sender = Sender(OIN, OIN, NOTICE_KEY, lambda: self.now)
        parties = (self.evaluator, self.index)
        return Run(self.outbox, parties, sender, Heard(), lambda _: None)

    async def compare(self) -> None:
        self.compared += 1

    async def tell(self, status: AgentStatus) -> list[ToldAnswer]:
        self.told.append(status)
        held = {one.held.delivery for one in status.feeds if one.held}
        return [one for one in self.answers if one.delivery in held]

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.slept()

    async def work(self, *names: str) -> None:
        """Become due twice: a folder's file is taken at the second look."""
        for _ in range(2):
            self.now += LATER
            for name in names or tuple(self.worker.feeds):
                self.worker.add(name)
            await self.worker.work_off()

    def put(self, name: str, data: bytes) -> None:
        place = self.root / "bijstand" / "inbox"
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)

    def files(self, room: str) -> list[str]:
        return sorted(path.name for path in (self.root / "bijstand" / room).iterdir())

    @property
    def deliveries(self) -> int:
        return len(self.index.state["deliveries"])


def an_office(tmp_path: Path) -> Office:
    """An agency with an agent, its profiles in a folder."""
    (tmp_path / "csv.toml").write_text(PROFILE)
    (tmp_path / "iwmo.toml").write_text(HEAD.format(form="iwmo-3.2") + CONTACTS)
    events = HEAD.format(form="cloudevents-1.0") + EVENTS + CONTACTS
    (tmp_path / "events.toml").write_text(events)
    made = Office(tmp_path, Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)))
    # Files are written now; the agent's clock must not stand before that.
    made.now = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251 - see above
    return made


def a_feed(root: Path, profile: str = "csv.toml", **changed: object) -> FeedRow:
    row: dict[str, object] = {"name": "bijstand", "folder": root / "bijstand"}
    return FeedRow.model_validate(row | {"profile": root / profile} | changed)


def a_file(*numbers: int) -> bytes:
    return write_csv([Record(number=f"Z-{n}", bsn=a_number(n)) for n in numbers])


def shown(*numbers: int) -> set[tuple[str, str]]:
    return shows(*((a_number(n), "bijstand") for n in numbers))
