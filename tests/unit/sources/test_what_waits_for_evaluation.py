"""A delivery that waits for key holders holds up nothing that a newer one ends."""

from dataclasses import replace
from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import DeliveryHeld, EvaluationStopped
from sources.outbox.deliveries import OpenDelivery, find_unfinished
from sources.outbox.parking import find_parked
from sources.outbox.planning import count_work
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.held_builders import publish, rows
from tests.sources_builders import (
    SECRET,
    Agency,
    a_number,
    a_row,
    an_agency,
    approve_held,
    shows,
)

pytestmark = pytest.mark.anyio
DELTA = DeliveryKind.DELTA


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """Twelve cases are told; the holders' budget is spent, two changes wait for it."""
    made = an_agency(tmp_path)
    await publish(made, *rows(12))
    made.evaluator.budget = made.evaluator.asked
    made.write(
        a_row(Zaak="Z-30", BSN=a_number(30)),
        a_row(Zaak="Z-31", BSN=a_number(31)),
        a_row(Zaak="Z-12", BSN=a_number(32)),  # of another person than before
    )
    with pytest.raises(DeliveryHeld):
        await made.publish(kind=DELTA)
    await let_through(made)
    return made


async def let_through(agency: Agency) -> None:
    """Approve what is held, as far as it comes: it waits for the holders."""
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        approve_held(outbox)
        run = agency.make_run(outbox)
        with pytest.raises(EvaluationStopped):
            await run.finish_unfinished()


async def changes(agency: Agency, *written: dict[str, str]) -> OpenDelivery:
    agency.write(*written)
    return await agency.publish(kind=DELTA)


async def finish(agency: Agency) -> list[OpenDelivery]:
    """The holders evaluate again: what waits is finished."""
    agency.evaluator.budget = 10**9
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        run = agency.make_run(outbox)
        closed = await run.finish_unfinished()
        assert (find_unfinished(outbox), run.stopped) == ([], None)
        assert count_work(outbox) == 0
    return closed


def numbers(*which: int) -> set[tuple[str, str]]:
    return shows(*((a_number(n), "bijstand") for n in which))


async def test_what_newer_changes_end_is_withdrawn_at_once(agency: Agency) -> None:
    done = await changes(agency, a_row(Zaak="Z-1", Stand="dicht"))
    assert (done.state, done.counts.withdrawn) == ("closed", 1)
    assert agency.index.shown() == numbers(*range(2, 12))
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert len(find_parked(outbox)) == 1
    (older,) = await finish(agency)
    assert (older.counts.accepted, older.overtaken) == (3, 0)
    assert agency.index.shown() == numbers(*range(2, 12), 30, 31, 32)


async def test_another_profiles_file_is_not_held_up_either(agency: Agency) -> None:
    named = agency.profile.model_copy(update={"name": "x", "beside": ("test",)})
    other = replace(agency, profile=named)
    agency.evaluator.budget += 1
    await publish(other, a_row(Zaak="Y-1", BSN=a_number(50)))
    await publish(other, a_row(Zaak="Y-1", BSN=a_number(50), Stand="dicht"))
    assert agency.index.shown() == numbers(*range(1, 12))
    await finish(agency)
    assert agency.index.shown() == numbers(*range(1, 12), 30, 31, 32)


async def test_a_case_that_newer_changes_end_is_never_told(agency: Agency) -> None:
    await changes(agency, a_row(Zaak="Z-30", BSN=a_number(30), Stand="dicht"))
    (older,) = await finish(agency)
    assert (older.counts.accepted, older.overtaken) == (2, 1)
    assert agency.index.shown() == numbers(*range(1, 12), 31, 32)


@pytest.mark.parametrize(
    "newer",
    [
        {"Zaak": "Z-30", "BSN": a_number(30)},
        {"Zaak": "Z-30", "BSN": a_number(30), "Begin": "2026-02-02"},
        {"Zaak": "Z-30", "BSN": a_number(33)},
        {"Zaak": "Z-12", "BSN": a_number(33)},
    ],
    ids=["as-it-was", "another-start", "another-person", "the-corrected-one"],
)
async def test_a_case_that_newer_changes_name_is_told_once_as_they_have_it(
    agency: Agency, newer: dict[str, str]
) -> None:
    agency.write(a_row(**newer))
    with pytest.raises((EvaluationStopped, DeliveryHeld)) as stopped:
        await agency.publish(kind=DELTA)
    if stopped.type is DeliveryHeld:
        await let_through(agency)
    closed = await finish(agency)
    assert sorted(one.overtaken for one in closed) == [0, 1]
    shown = [number for number, _ in agency.index.shown_often()]
    assert len(shown) == len(set(shown)) == 14
    gone = 30 if newer["Zaak"] == "Z-30" else 32
    rest = {30, 31, 32} - {gone}
    own = [n for n in (30, 33) if a_number(n) == newer["BSN"]]
    assert agency.index.shown() == numbers(*range(1, 12), *rest, *own)


async def test_another_provision_under_the_number_waits_on(agency: Agency) -> None:
    """Two rows of one number wait; newer changes are about one of the two."""
    agency.evaluator.budget = agency.evaluator.asked
    both = [a_row(Zaak="Z-40", BSN=a_number(n)) for n in (40, 41)]
    agency.write(*both)
    with pytest.raises(EvaluationStopped):
        await agency.publish(kind=DELTA)
    await changes(agency, both[0] | {"Stand": "dicht"})
    await finish(agency)
    assert agency.index.shown() == numbers(*range(1, 12), 30, 31, 32, 41)


async def test_a_full_delivery_takes_the_place_of_changes_that_wait(
    agency: Agency,
) -> None:
    """It names each case that is open: the others never were."""
    await publish(agency, *rows(11))
    assert await finish(agency) == []
    assert agency.index.shown() == numbers(*range(1, 12))


async def test_the_same_changes_again_are_not_read_twice(agency: Agency) -> None:
    agency.write(
        a_row(Zaak="Z-30", BSN=a_number(30)),
        a_row(Zaak="Z-31", BSN=a_number(31)),
        a_row(Zaak="Z-12", BSN=a_number(32)),
    )
    for _ in range(2):
        with pytest.raises(EvaluationStopped):
            await agency.publish(kind=DELTA)
    agency.evaluator.budget = 10**9
    done = await agency.publish(kind=DELTA)
    assert done.counts.accepted == 3


async def test_several_wait_and_go_in_the_order_in_which_they_came(
    agency: Agency,
) -> None:
    agency.write(a_row(Zaak="Z-33", BSN=a_number(33)))
    with pytest.raises(EvaluationStopped):
        await agency.publish(kind=DELTA)
    done = await changes(agency, a_row(Zaak="Z-2", BSN=a_number(2), Stand="dicht"))
    assert done.counts.withdrawn == 1
    closed = await finish(agency)
    assert [one.counts.accepted for one in closed] == [3, 1]
