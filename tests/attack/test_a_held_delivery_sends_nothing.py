"""A delivery that waits for somebody sends nothing, names nobody and lets nobody in."""

from dataclasses import replace
from pathlib import Path

import pytest

from sources.errors import DeliveryHeld
from sources.outbox.holding import find_held, record_answer
from sources.outbox.store import Moment, Outbox, Step
from sources.outbox_key import OutboxKey
from tests.sources_builders import SECRET, Agency, a_number, a_row, an_agency
from tests.sources_parties import Died

pytestmark = pytest.mark.anyio
COUNT = 30


def rows(first: int, last: int) -> list[dict[str, str]]:
    return [a_row(Zaak=f"GEHEIM-{n}", BSN=a_number(n)) for n in range(first, last + 1)]


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """An agency of which twenty of thirty cases are gone, and ten new ones came."""
    made = an_agency(tmp_path)
    made.write(*rows(1, COUNT))
    await made.publish()
    made.write(*rows(21, COUNT + 10))
    return made


def open_outbox(agency: Agency) -> Outbox:
    return Outbox(agency.outbox_path, OutboxKey(SECRET))


async def test_nothing_of_it_is_evaluated_or_sent(agency: Agency) -> None:
    state = repr(agency.index.state)
    asked = agency.evaluator.asked
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    assert (repr(agency.index.state), agency.evaluator.asked) == (state, asked)


async def test_a_stolen_outbox_names_nobody_of_a_held_delivery(agency: Agency) -> None:
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    paths = agency.folder.glob("outbox.sqlite*")
    data = b"".join(path.read_bytes() for path in paths)
    marks = [b"GEHEIM", *(a_number(n).encode() for n in range(1, COUNT + 11))]
    assert [mark for mark in marks if mark in data] == []


async def test_an_approval_of_another_difference_lets_nothing_through(
    agency: Agency,
) -> None:
    """A newer file took its place: what was approved is not what waits."""
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    with open_outbox(agency) as outbox:
        (shown,) = find_held(outbox)
    agency.write(*rows(29, COUNT + 10))
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    with open_outbox(agency) as outbox:
        (waits,) = find_held(outbox)
        assert not record_answer(outbox, shown.delivery, shown.digest, "approved")
        mixed = replace(shown, delivery=waits.delivery)
        assert not record_answer(outbox, mixed.delivery, mixed.digest, "approved")
        assert await agency.make_run(outbox).finish_unfinished() == []
    assert len(agency.index.shown()) == COUNT


async def test_an_approval_said_twice_does_nothing_the_second_time(
    agency: Agency,
) -> None:
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    with open_outbox(agency) as outbox:
        (held,) = find_held(outbox)
        assert record_answer(outbox, held.delivery, held.digest, "approved")
        assert len(await agency.make_run(outbox).finish_unfinished()) == 1
        assert not record_answer(outbox, held.delivery, held.digest, "approved")
        assert await agency.make_run(outbox).finish_unfinished() == []


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["plan", "evaluate", "settle-batch", "close-delivery"])
async def test_a_crash_while_it_is_taken_up_loses_and_doubles_nothing(
    agency: Agency, step: Step, moment: Moment
) -> None:
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    with open_outbox(agency) as outbox:
        (held,) = find_held(outbox)
        record_answer(outbox, held.delivery, held.digest, "approved")

    def die(at: Step, when: Moment) -> None:
        if (at, when) == (step, moment):
            raise Died

    outbox = Outbox(agency.outbox_path, OutboxKey(SECRET), observer=die)
    with outbox, pytest.raises(Died):
        await agency.make_run(outbox).finish_unfinished()
    with open_outbox(agency) as outbox:
        await agency.make_run(outbox).finish_unfinished()
        assert find_held(outbox) == []
    assert len(agency.index.shown_often()) == 20
    assert len(agency.index.state["deliveries"]) == 2
