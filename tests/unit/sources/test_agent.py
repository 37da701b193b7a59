"""The agent: feeds in order, outages waited out, nothing lost and nothing doubled."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import pytest
from pydantic import ValidationError

from signal_index.wire.agents import (
    AgentStatus,
    FeedState,
    HeldDelivery,
    ToldAnswer,
)
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.deliveries import Delivery
from signal_index.wire.signals import BatchBody
from sources.agent.feeds import Feed
from sources.agent.worker import (
    FIRST_WAIT,
    LONGEST_WAIT,
    RECONCILE,
    TELL,
    Jobs,
    Surroundings,
    Worker,
)
from sources.errors import IndexUnreachable, InvalidAgencySettings
from sources.feed_settings import FeedRow
from sources.intake.event_box import keep_event
from sources.outbox.holding import find_held, record_answer
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from tests.connector_formats import (
    CONTACTS,
    EVENTS,
    HEAD,
    RECEIVED,
    SQL,
    Record,
    make_event,
    write_csv,
)
from tests.istandaarden_messages import Said, make_message
from tests.sources_builders import (
    NOW,
    PROFILE,
    SECRET,
    Heard,
    a_number,
    approve_held,
    shows,
)
from tests.sources_parties import NOTICE_KEY, OIN, FakeEvaluator, FakeIndex

pytestmark = pytest.mark.anyio
LATER = timedelta(minutes=1)


@dataclass
class OutOfReach(FakeIndex):
    """An index that does not answer for a while."""

    down: int = 0

    async def put_contact(self, contact: UUID, holder: ContactHolder) -> None:
        self._answer()
        await super().put_contact(contact, holder)

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
        parties = (FakeEvaluator(), self.index)
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


@pytest.fixture
def office(tmp_path: Path) -> "Office":
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


async def test_a_file_in_the_inbox_is_delivered_and_put_away(office: Office) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(1, 2))
    await office.work()
    assert office.index.shown() == shown(1, 2)
    assert office.files("inbox") == office.files("working") == []
    assert len(office.files("done")) == 1


async def test_files_are_delivered_in_the_order_of_their_age(office: Office) -> None:
    office.employ(a_feed(office.root))
    for name, numbers in (("b.csv", range(1, 11)), ("a.csv", range(2, 12))):
        office.put(name, a_file(*numbers))
    await office.work()
    assert office.index.shown() == shown(*range(2, 12))
    assert office.deliveries == 2


async def test_a_bad_file_is_put_aside_and_the_next_one_goes_on(
    office: Office,
) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", b"geen;csv\n1;2\n")
    office.put("b.csv", a_file(1))
    await office.work()
    assert office.index.shown() == shown(1)
    assert [name for name in office.files("failed") if name.endswith(".reden.txt")]
    await office.work()
    assert office.worker.status().feeds[0].state is FeedState.FAILED
    office.put("c.csv", a_file(1))
    await office.work()
    assert office.worker.status().feeds[0].state is FeedState.DONE


async def test_a_file_that_lacks_too_much_waits_for_an_answer(office: Office) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(*range(1, 11)))
    await office.work()
    office.put("b.csv", a_file(1))
    await office.work()
    assert office.index.shown() == shown(*range(1, 11)), "nothing was withdrawn"
    assert (office.files("failed"), len(office.files("held"))) == ([], 1)
    approve_held(office.outbox)
    await office.work()
    assert office.index.shown() == shown(1)
    assert (office.files("held"), len(office.files("done"))) == ([], 2)


async def hold_one(office: Office) -> HeldDelivery:
    """Have nine of ten cases disappear; gives what the index is told of it."""
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(*range(1, 11)))
    await office.work()
    office.put("b.csv", a_file(1))
    await office.work()
    (feed,) = office.told[-1].feeds
    assert feed.state is FeedState.HELD
    assert feed.held is not None
    return feed.held


async def test_what_waits_is_told_in_counts_and_codes_alone(office: Office) -> None:
    held = await hold_one(office)
    told = [(one.finding, one.count, one.of) for one in held.findings]
    assert told == [("cases-gone", 9, 10)]
    text = office.told[-1].model_dump_json()
    assert "Z-" not in text
    assert a_number(2) not in text


@pytest.mark.parametrize(("said", "left"), [("approved", 1), ("dropped", 10)])
async def test_what_an_administrator_answered_is_carried_out(
    office: Office, said: Literal["approved", "dropped"], left: int
) -> None:
    held = await hold_one(office)
    answer = ToldAnswer(delivery=held.delivery, digest=held.digest, answer=said)
    office.answers.append(answer)
    await office.work(TELL)
    await office.work(TELL)
    assert len(office.index.shown()) == left
    assert office.files("held") == []
    assert office.told[-1].feeds[0].held is None


async def test_an_answer_about_another_difference_is_not_carried_out(
    office: Office,
) -> None:
    held = await hold_one(office)
    other = ToldAnswer(delivery=held.delivery, digest="0" * 64, answer="approved")
    office.answers.append(other)
    await office.work(TELL)
    await office.work(TELL)
    assert len(office.index.shown()) == 10
    assert len(office.files("held")) == 1


async def test_a_file_that_was_dropped_is_put_aside_with_its_reason(
    office: Office,
) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(*range(1, 11)))
    await office.work()
    office.put("b.csv", a_file(1))
    await office.work()
    (held,) = find_held(office.outbox)
    record_answer(office.outbox, held.delivery, held.digest, "dropped")
    await office.work()
    assert office.index.shown() == shown(*range(1, 11))
    assert office.files("held") == []
    assert len(office.files("failed")) == 2


async def test_a_file_that_waits_does_not_hold_up_the_next_one(office: Office) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(*range(1, 11)))
    await office.work()
    office.put("b.csv", a_file(1))
    await office.work()
    office.put("c.csv", a_file(*range(1, 12)))
    await office.work()
    assert office.index.shown() == shown(*range(1, 12))
    assert office.files("held") == []


async def test_messages_that_wait_are_not_replaced_by_the_next_one(
    office: Office,
) -> None:
    """The next message does not say again who stopped: they would keep their flag."""
    office.employ(a_feed(office.root, "iwmo.toml"))
    for n in range(1, 13):
        started = Said(number=str(n), bsn=a_number(n))
        office.put(f"301-{n}.xml", make_message(started))
    await office.work()
    for n in range(1, 6):
        stopped = Said(
            "wmo307", str(n), a_number(n), end="2026-05-01", dated="2026-05-02"
        )
        office.put(f"307-{n}.xml", make_message(stopped))
    await office.work()
    office.put("301-13.xml", make_message(Said(number="13", bsn=a_number(13))))
    await office.work()
    assert office.index.shown() == shown(*range(1, 13))
    assert [len(office.files(room)) for room in ("inbox", "held", "failed")] == [
        1,
        5,
        0,
    ]
    approve_held(office.outbox)
    await office.work()
    assert office.index.shown() == shown(*range(6, 14))
    assert office.files("inbox") == []


async def test_an_outage_is_waited_out_and_caught_up_in_order(office: Office) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(1))
    office.index.down = 12
    await office.work()
    assert office.index.shown() == shown(1)
    assert office.deliveries == 1
    assert len(office.waits) == 12


async def test_each_wait_is_longer_and_none_is_longer_than_half_an_hour(
    office: Office,
) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(1))
    office.index.down = 12
    await office.work()
    assert office.waits == sorted(office.waits)
    assert office.waits[0] == FIRST_WAIT * 0.75
    assert office.waits[-1] == LONGEST_WAIT * 0.75


async def test_what_was_half_sent_is_finished_before_anything_is_read(
    office: Office,
) -> None:
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(1))
    office.index.down = 1
    feed = office.worker.feeds["bijstand"]
    feed.look(office.now)
    (portion,) = feed.find_portions(office.outbox, office.now + LATER)
    with pytest.raises(IndexUnreachable):
        await office.make_run().publish(portion.task)
    office.employ(a_feed(office.root))  # another process
    office.put("b.csv", a_file(1, 2))
    await office.work()
    assert office.index.shown() == shown(1, 2)
    assert office.files("working") == []


async def test_messages_that_are_ready_are_one_delivery(office: Office) -> None:
    office.employ(a_feed(office.root, "iwmo.toml"))
    for n in (1, 2, 3):
        message = make_message(Said(number=str(n), bsn=a_number(n)))
        office.put(f"WMO301-{n}.xml", message)
    await office.work()
    assert office.index.shown() == shown(1, 2, 3)
    assert office.deliveries == 1
    assert len(office.files("done")) == 3


async def test_one_bad_message_is_put_aside_and_the_rest_is_delivered(
    office: Office,
) -> None:
    office.employ(a_feed(office.root, "iwmo.toml"))
    office.put("1.xml", make_message(Said(number="1", bsn=a_number(1))))
    office.put("2.xml", b"geen bericht")
    office.put("3.xml", make_message(Said(number="3", bsn=a_number(3))))
    await office.work()
    assert office.index.shown() == shown(1, 3)
    assert len(office.files("failed")) == 2
    assert len(office.files("done")) == 2


async def test_events_that_were_received_are_delivered_once(office: Office) -> None:
    office.employ(a_feed(office.root, "events.toml", name="zaken", folder=None))
    keep_event(office.outbox, "zaken", make_event(Record(bsn=a_number(1)), 1))
    keep_event(office.outbox, "zaken", make_event(Record("Z-2", a_number(2)), 2))
    await office.work()
    assert office.index.shown() == shown(1, 2)
    assert office.deliveries == 1, "without new events there is nothing to deliver"
    keep_event(
        office.outbox, "zaken", make_event(Record("Z-2", a_number(2), ended=True), 3)
    )
    await office.work()
    assert office.index.shown() == shown(1)
    assert RECEIVED.numbered


async def test_an_event_that_comes_late_opens_nothing_again(office: Office) -> None:
    office.employ(a_feed(office.root, "events.toml", name="zaken", folder=None))
    keep_event(office.outbox, "zaken", make_event(Record(ended=True), 30))
    await office.work()
    keep_event(office.outbox, "zaken", make_event(Record(), 5))
    await office.work()
    assert office.index.shown() == set()


async def test_a_file_that_is_written_anew_is_read_when_it_is_time(
    office: Office,
) -> None:
    path = office.root / "export.csv"
    office.employ(a_feed(office.root, folder=None, file=path))
    await office.work()
    assert office.worker.status().feeds[0].state is FeedState.FAILED
    path.write_bytes(a_file(1))
    await office.work()
    assert office.index.shown() == shown(1)
    assert office.worker.status().feeds[0].state is FeedState.DONE


async def test_comparing_has_its_turn_among_the_feeds(office: Office) -> None:
    office.employ(a_feed(office.root))
    await office.work(RECONCILE)
    assert office.compared == 2
    assert office.worker.status().feeds[0].lastReconciled


async def test_how_it_goes_is_told_when_it_changes_or_now_and_then(
    office: Office,
) -> None:
    office.employ(a_feed(office.root))
    await office.work()
    await office.work()
    assert len(office.told) == 1
    office.now += timedelta(hours=1)
    await office.work()
    assert len(office.told) == 2


async def test_a_feed_that_is_due_twice_is_done_once(office: Office) -> None:
    office.employ(a_feed(office.root))
    for _ in range(5):
        office.worker.add(RECONCILE)
    await office.worker.work_off()
    assert office.compared == 1


@pytest.mark.parametrize(
    "changed",
    [{"folder": None}, {"file": Path("x")}, {"cron": "elk uur"}, {"keep_days": -1}],
)
def test_a_feed_that_could_never_be_read_is_refused(
    office: Office, changed: dict[str, object]
) -> None:
    with pytest.raises((ValidationError, InvalidAgencySettings)):
        office.employ(a_feed(office.root, "csv.toml", **changed))


def test_a_feed_on_a_database_that_nobody_named_is_refused(office: Office) -> None:
    columns = PROFILE[PROFILE.index("[csv.columns]") :].replace("csv", "sql")
    text = HEAD.format(form="sql") + SQL + columns
    (office.root / "sql.toml").write_text(text)
    with pytest.raises(InvalidAgencySettings, match="databases"):
        office.employ(a_feed(office.root, "sql.toml", folder=None))


async def test_a_batch_that_is_lost_on_the_way_back_is_not_sent_twice(
    office: Office,
) -> None:
    """The index took it, the answer never came: the same batch is asked again."""

    @dataclass
    class Deaf(OutOfReach):
        heard: int = 0

        async def send_batch(self, batch: BatchBody):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as the parent's
            answer = await super().send_batch(batch)
            self.heard += 1
            if self.heard == 1:
                raise IndexUnreachable("antwoord verloren")
            return answer

    office.index = Deaf(clock=lambda: office.now)
    office.employ(a_feed(office.root))
    office.put("a.csv", a_file(1, 2, 3))
    await office.work()
    assert office.index.shown() == shown(1, 2, 3)
    assert len(office.index.state["signals"]) == 3
