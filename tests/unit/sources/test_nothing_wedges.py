"""What the index refuses stays in nobody's way: mended, it goes the next time."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import ClockDiffers, EvaluationStopped, IndexRefused
from sources.outbox.abandoning import abandon_delivery
from sources.outbox.deliveries import find_unfinished
from sources.outbox.planning import count_work
from sources.outbox.store import Moment, Outbox, Step
from sources.outbox_key import OutboxKey
from sources.reasons import Reason
from tests.sources_builders import (
    SECRET,
    Agency,
    a_number,
    a_profile,
    a_row,
    an_agency,
    shows,
)
from tests.sources_parties import Died, taking

pytestmark = pytest.mark.anyio
AHEAD = [timedelta(minutes=30), timedelta(days=3), timedelta(days=400)]


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


def rows(first: int, last: int, **changed: str) -> list[dict[str, str]]:
    return [
        a_row(Zaak=f"Z-{n}", BSN=a_number(n), **changed) for n in range(first, last + 1)
    ]


def shown(*numbers: int, category: str = "bijstand") -> list[tuple[str, str]]:
    return sorted(pair for n in numbers for pair in shows((a_number(n), category)))


async def test_a_profile_with_a_wrong_category_is_mended_and_goes_through(
    agency: Agency,
) -> None:
    agency.index.registration = taking("leerplicht", "bijstand")  # until a second ago
    agency.index.unknown_categories = frozenset({"leerplicht"})
    agency.index.refuse = lambda notice: (
        "unknown-source" if notice.category == "leerplicht" else ""
    )
    agency.profile = a_profile(category='"leerplicht"')
    agency.write(*rows(1, 3))
    with pytest.raises(IndexRefused, match="soort signaal uit het profiel"):
        await agency.publish()
    agency.profile = a_profile()
    await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3)
    assert agency.evaluator.asked == 3


async def test_a_delta_that_the_index_will_not_close_is_let_go_when_all_is_sent(
    agency: Agency,
) -> None:
    agency.index.unknown_categories = frozenset({"bijstand"})
    agency.write(*rows(1, 2))
    with pytest.raises(IndexRefused):
        await agency.publish(kind=DeliveryKind.DELTA)
    agency.index.unknown_categories = frozenset()
    agency.write(*rows(3, 3))
    await agency.publish(kind=DeliveryKind.DELTA)
    assert agency.index.shown_often() == shown(1, 2, 3)


async def test_a_delta_that_is_refused_keeps_what_no_later_one_says(
    agency: Agency,
) -> None:
    agency.index.problem = "signature-invalid"
    agency.write(*rows(1, 2))
    with pytest.raises(IndexRefused):
        await agency.publish(kind=DeliveryKind.DELTA)
    agency.index.problem = ""
    agency.write(*rows(3, 3))
    await agency.publish(kind=DeliveryKind.DELTA)
    assert agency.index.shown_often() == shown(1, 2, 3)


async def test_a_newer_file_goes_before_what_is_left_of_an_older_one(
    agency: Agency,
) -> None:
    agency.write(*rows(1, 4))
    await agency.publish()
    agency.evaluator.budget = agency.evaluator.asked
    agency.write(*rows(1, 6))
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    agency.write(*rows(2, 7))
    with pytest.raises(EvaluationStopped):
        await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(2, 3, 4)


async def test_withdrawals_wait_for_no_budget_and_no_contact_holder(
    agency: Agency,
) -> None:
    agency.write(*rows(1, 2))
    await agency.publish()
    agency.evaluator.budget = agency.evaluator.asked
    agency.index.takes_contacts = False
    agency.write(a_row(Stand="dicht"), a_row(Zaak="Z-5", BSN=a_number(5)))
    with pytest.raises(EvaluationStopped):
        await agency.publish(approve=True)
    assert agency.index.shown_often() == []


async def test_one_who_was_evaluated_this_week_costs_nothing_when_corrected(
    agency: Agency,
) -> None:
    agency.write(*rows(1, 5))
    await agency.publish()
    agency.evaluator.budget = agency.evaluator.asked
    agency.index.registration = taking("schuldhulpverlening")
    agency.profile = a_profile(category='"schuldhulpverlening"')
    agency.now += timedelta(days=6)
    await agency.publish(approve=True)  # another kind for everybody is asked about
    assert agency.index.shown_often() == shown(
        1, 2, 3, 4, 5, category="schuldhulpverlening"
    )


async def test_after_a_week_a_person_is_evaluated_again(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.now += timedelta(days=8)
    agency.write(a_row(Team="ANDER"))
    await agency.publish()
    assert agency.evaluator.asked == 2


async def test_a_person_with_two_cases_is_asked_about_once(agency: Agency) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2"))
    await agency.publish()
    assert (agency.evaluator.asked, len(agency.index.shown_often())) == (1, 2)


async def test_an_old_signal_that_cannot_be_withdrawn_keeps_its_case(
    agency: Agency,
) -> None:
    """Otherwise the wrong person keeps a signal that nobody here knows any more."""
    agency.write(a_row())
    await agency.publish()
    agency.index.keeps_signals = True
    agency.write(a_row(BSN=a_number(2)))
    await agency.publish(approve=True)
    assert [each.reason for each in agency.heard.rejects] == [Reason.REFUSED] * 2
    assert agency.index.shown_often() == shown(1)
    agency.index.keeps_signals = False
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(2)


async def test_a_batch_of_which_no_answer_came_is_not_told_twice(
    agency: Agency,
) -> None:
    agency.index.loses_answers = True
    agency.write(*rows(1, 3))
    with pytest.raises(IndexRefused):
        await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3)
    agency.index.loses_answers = False
    agency.write(a_row(Zaak="Z-2", BSN=a_number(2)), a_row(Zaak="Z-3", BSN=a_number(9)))
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(2, 9)


async def test_what_is_let_go_of_by_hand_leaves_no_work(agency: Agency) -> None:
    agency.evaluator.budget = 0
    agency.write(*rows(1, 3))
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (delivery,) = find_unfinished(outbox)
        assert delivery is not None
        assert abandon_delivery(outbox, delivery.id, delivery.profile) == 3
        assert (find_unfinished(outbox), count_work(outbox)) == ([], 0)
    agency.evaluator.budget = 10
    await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3)


@pytest.mark.parametrize("ahead", [*AHEAD, -timedelta(minutes=30), -timedelta(days=3)])
async def test_a_clock_that_differs_reads_and_sends_nothing(
    agency: Agency, ahead: timedelta
) -> None:
    agency.write(*rows(1, 3))
    await agency.publish()
    agency.ahead = ahead
    agency.write(*rows(1, 2))
    with pytest.raises(ClockDiffers, match="klok"):
        await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3)
    agency.ahead = timedelta()
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(1, 2)


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("kind", list(DeliveryKind))
@pytest.mark.parametrize("step", ["stage", "plan", "assign-batch", "settle-batch"])
async def test_a_clock_that_jumps_in_the_middle_of_a_run_loses_nothing(
    agency: Agency, ahead: timedelta, kind: DeliveryKind, step: Step
) -> None:
    """It was right when it was held against the index's, and wrong a moment later."""
    agency.write(*rows(1, 4))
    await agency.publish()

    def jump(at: Step, moment: Moment) -> None:
        if (at, moment) == (step, "before"):
            agency.ahead = ahead

    agency.write(*rows(2, 4), *rows(5, 6), a_row(Stand="dicht"))
    with pytest.raises(IndexRefused):
        await agency.publish(kind=kind, observer=jump)
    agency.ahead = timedelta()
    agency.now += timedelta(hours=1)
    await agency.publish(kind=kind)
    assert agency.index.shown_often() == shown(2, 3, 4, 5, 6)
    agency.write(*rows(2, 6))
    assert (await agency.publish(approve=True)).counts.withdrawn == 0
    assert agency.index.shown_often() == shown(2, 3, 4, 5, 6)


async def test_a_file_known_by_a_clock_ahead_is_read_again(agency: Agency) -> None:
    """Otherwise an end date in it would be slept through for as long."""
    agency.write(a_row(Eind="2026-12-20"))
    await agency.publish()
    with sqlite3.connect(agency.outbox_path) as connection:
        connection.execute(
            "UPDATE meta SET value = CAST(replace(CAST(value AS TEXT), '2026-11-29',"
            " '2028-01-03') AS BLOB) WHERE name = 'known:test'"
        )
    agency.now += timedelta(days=60)
    await agency.publish(approve=True)
    assert agency.index.shown_often() == []


async def test_a_killed_run_of_another_file_is_not_in_the_way(agency: Agency) -> None:
    def die(at: Step, moment: Moment) -> None:
        if (at, moment) == ("settle-batch", "before"):
            raise Died

    agency.write(*rows(1, 3))
    with pytest.raises(Died):
        await agency.publish(observer=die)
    agency.write(*rows(3, 4))
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(3, 4)
