"""The agent, and a delivery that somebody must look at."""

from pathlib import Path
from typing import Literal

import pytest

from signal_index.wire.agents import (
    FeedState,
    HeldDelivery,
    ToldAnswer,
)
from sources.agent.worker import (
    TELL,
)
from sources.outbox.holding import find_held, record_answer
from tests.agent_office import Office, a_feed, a_file, an_office, shown
from tests.istandaarden_messages import Said, make_message
from tests.sources_builders import (
    a_number,
    approve_held,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


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


async def test_what_somebody_dropped_at_a_terminal_is_told(office: Office) -> None:
    """A colleague at the page sees otherwise that it waited, and then nothing."""
    told = await hold_one(office)
    (held,) = find_held(office.outbox)
    record_answer(office.outbox, held.delivery, held.digest, "dropped")
    await office.work(TELL)
    (one,) = office.told[-1].unsent
    assert (one.delivery, one.how) == (told.delivery, "dropped")
    assert one.feed == "bijstand"
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


async def test_a_file_that_was_dropped_is_put_away_and_nothing_is_wrong(
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
    assert office.files("held") == office.files("failed") == []
    file, note = office.files("dropped")
    said = (office.root / "bijstand" / "dropped" / note).read_text()
    assert (note, said[:20]) == (f"{file}.reden.txt", "Weggelegd door u op ")


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
