"""The agent: feeds in order, outages waited out, nothing lost and nothing doubled."""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from signal_index.wire.agents import (
    FeedState,
)
from signal_index.wire.signals import BatchBody
from sources.agent.worker import (
    FIRST_WAIT,
    LONGEST_WAIT,
    RECONCILE,
)
from sources.errors import IndexUnreachable, InvalidAgencySettings
from sources.intake.event_box import keep_event
from tests.agent_office import Office, OutOfReach, a_feed, a_file, an_office, shown
from tests.connector_formats import (
    HEAD,
    RECEIVED,
    SQL,
    Record,
    make_event,
)
from tests.istandaarden_messages import Said, make_message
from tests.sources_builders import (
    PROFILE,
    a_number,
)

pytestmark = pytest.mark.anyio
LATER = timedelta(minutes=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


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


async def test_the_log_counts_apart_what_was_delivered_and_what_failed(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sources")
    office.employ(a_feed(office.root))
    office.put("a.csv", b"geen;csv\n1;2\n")
    office.put("b.csv", a_file(1))
    await office.work()
    done = next(one for one in caplog.messages if "feed-done" in one)
    assert '"count":1,"held":0,"failed":1' in done.replace(" ", "")


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, object]]:
    said = [json.loads(one) for one in caplog.messages]
    fields = ("count", "unfinished", "seconds")
    return [
        {name: one[name] for name in fields if name in one}
        for one in said
        if one["event"] == event
    ]


async def test_a_file_is_said_to_be_seen_once_and_never_by_its_name(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Who puts a file down hears at once that it was seen; a name may be a person's."""
    caplog.set_level(logging.INFO, "sources")
    office.employ(a_feed(office.root))
    for name, data in ((f"{a_number(1)}.csv", a_file(1)), ("b.csv.part", b"x")):
        office.put(name, data)
    office.put("leeg.csv", b"")
    await office.work()
    seen = {"count": 1, "unfinished": 2, "seconds": 30}
    assert told(caplog, "files-seen") == [seen]
    office.put("leeg.csv", a_file(1, 2))
    await office.work()
    assert told(caplog, "files-seen") == [seen, seen | {"unfinished": 0}]
    assert a_number(1) not in caplog.text
    office.worker.feeds["bijstand"].say_left()
    assert told(caplog, "files-left") == [{"count": 1}]


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
