"""What the outbox holds about a reference is what the index answered about it."""

import sqlite3
from itertools import product
from pathlib import Path
from typing import Literal, get_args

import pytest

from signal_index.signals import ItemOutcome
from signal_index.wire.deliveries import DeliveryKind
from sources.errors import IndexRefused, OutboxOutdated
from sources.outbox.concluding import Conclusion, Outcome, conclude
from sources.outbox.store import Moment, Step
from sources.reasons import Reason
from tests.property.test_a_week_of_deliveries import hold_against_each_other
from tests.sources_builders import Agency, a_number, a_row, an_agency, shows
from tests.sources_parties import Died

pytestmark = pytest.mark.anyio
SHOWN = sorted(shows((a_number(1), "bijstand")))
_ACTIONS: tuple[Literal["publish", "withdraw"], ...] = ("publish", "withdraw")


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


def die(at: Step, moment: Moment) -> None:
    if (at, moment) == ("settle-batch", "before"):
        raise Died


def count_strays(agency: Agency) -> int:
    with sqlite3.connect(agency.outbox_path) as connection:
        return int(connection.execute("SELECT count(*) FROM stray").fetchone()[0])


async def is_equal(agency: Agency) -> bool:
    return (await hold_against_each_other(agency)).equal


def test_each_outcome_that_the_index_gives_means_one_thing() -> None:
    assert {each.value for each in ItemOutcome} == set(get_args(Outcome))
    said = {
        (action, outcome): conclude(action, outcome, "")
        for action, outcome in product(_ACTIONS, get_args(Outcome))
    }
    assert said == {
        ("publish", "accepted"): Conclusion.STANDS,
        ("publish", "unchanged"): Conclusion.STANDS,
        ("publish", "superseded"): Conclusion.GONE,
        ("publish", "refused"): Conclusion.AS_BEFORE,
        ("withdraw", "accepted"): Conclusion.OVER,
        ("withdraw", "unchanged"): Conclusion.OVER,
        ("withdraw", "superseded"): Conclusion.AS_BEFORE,
        ("withdraw", "refused"): Conclusion.AS_BEFORE,
    }


@pytest.mark.parametrize("problem", ["unknown-signal", "signal-transferred"])
def test_what_the_index_has_not_is_over_and_never_told_anew(problem: str) -> None:
    assert conclude("withdraw", "refused", problem) is Conclusion.OVER
    assert conclude("publish", "refused", problem) is Conclusion.AS_BEFORE


@pytest.mark.parametrize("kind", list(DeliveryKind))
async def test_what_is_gone_at_the_index_is_told_in_the_same_run_under_another_name(
    agency: Agency, kind: DeliveryKind
) -> None:
    agency.write(a_row())
    await agency.publish()
    (old,) = agency.index.state["signals"]
    agency.index.end_one()
    agency.write(a_row(Eind="2027-02-02"))
    delivery = await agency.publish(kind=kind)
    assert (delivery.counts.accepted, delivery.counts.rejected) == (1, 0)
    assert agency.index.shown_often() == SHOWN
    assert old not in agency.index.state["signals"]
    await agency.publish()
    assert (agency.index.shown_often(), count_strays(agency)) == (SHOWN, 0)
    assert await is_equal(agency)


@pytest.mark.parametrize("kind", list(DeliveryKind))
async def test_a_case_whose_end_was_answered_into_the_void_shows_when_open_again(
    agency: Agency, kind: DeliveryKind
) -> None:
    agency.write(a_row())
    await agency.publish()
    agency.index.loses_answers = True
    agency.write(a_row(Stand="dicht"))
    with pytest.raises(IndexRefused):
        await agency.publish()
    agency.index.loses_answers = False
    agency.write(a_row())
    await agency.publish(kind=kind)
    assert agency.index.shown_often() == SHOWN


async def test_a_batch_refused_the_second_time_may_have_been_taken_the_first(
    agency: Agency,
) -> None:
    """Else its flag stays when the case ends: nobody here knows of it."""
    agency.write(a_row())
    with pytest.raises(Died):
        await agency.publish(observer=die)
    agency.index.refuse = lambda _: "category-not-open"
    delivery = await agency.publish()
    assert (delivery.counts.rejected, count_strays(agency)) == (1, 1)
    agency.write(a_row(Stand="dicht"))
    await agency.publish()
    assert (agency.index.shown_often(), count_strays(agency)) == ([], 0)


async def test_a_key_that_was_renewed_after_a_lost_answer_gives_nobody_two_flags(
    agency: Agency,
) -> None:
    agency.write(a_row())
    with pytest.raises(Died):
        await agency.publish(observer=die)
    agency.index.problem = "stale-key-version"
    await agency.publish()
    assert [each.reason for each in agency.heard.rejects] == [Reason.REFUSED_STALE]
    agency.index.problem = ""
    await agency.publish()
    assert agency.index.shown_often() == SHOWN
    assert await is_equal(agency)


async def test_what_was_changed_into_the_void_and_refused_then_is_told_again(
    agency: Agency,
) -> None:
    """Else both sides have one version of it, and different words."""
    agency.write(a_row())
    await agency.publish()
    agency.write(a_row(Team="ANDER"))
    with pytest.raises(Died):
        await agency.publish(observer=die)
    agency.index.refuse = lambda _: "category-not-open"
    await agency.publish()
    agency.index.refuse = lambda _: ""
    told = next(iter(agency.index.state["signals"].values()))
    agency.write(a_row())
    await agency.publish()
    now = next(iter(agency.index.state["signals"].values()))
    assert isinstance(told, dict)
    assert isinstance(now, dict)
    assert told["contactHolder"] != now["contactHolder"]


async def test_a_stray_that_the_index_does_not_take_back_stays_one(
    agency: Agency,
) -> None:
    agency.write(a_row())
    with pytest.raises(Died):
        await agency.publish(observer=die)
    agency.index.refuse = lambda _: "category-not-open"
    await agency.publish()
    agency.index.keeps_signals = True
    agency.write(a_row(Stand="dicht"))
    assert (await agency.publish()).counts.rejected == 1
    assert count_strays(agency) == 1
    agency.index.keeps_signals = False
    await agency.publish()
    assert (agency.index.shown_often(), count_strays(agency)) == ([], 0)


async def test_what_the_index_does_not_withdraw_is_not_called_withdrawn(
    agency: Agency,
) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    await agency.publish()
    with sqlite3.connect(agency.outbox_path) as connection:
        connection.execute(
            "DELETE FROM signal WHERE reference = (SELECT min(reference) FROM signal)"
        )
    agency.index.keeps_signals = True
    found = (await hold_against_each_other(agency)).differences
    assert (len(found.unknown), len(found.kept)) == (0, 1)
    agency.index.keeps_signals = False
    found = (await hold_against_each_other(agency)).differences
    assert (len(found.unknown), len(found.kept)) == (1, 0)


async def test_a_delivery_that_was_let_go_of_does_not_hide_one_that_was_compared(
    agency: Agency,
) -> None:
    """Else an outbox that was put back, and compared, is called outdated anew."""
    agency.write(a_row())
    await agency.publish()
    before = agency.outbox_path.read_bytes()
    agency.write(a_row(Team="ANDER"))
    await agency.publish()
    agency.outbox_path.write_bytes(before)
    with pytest.raises(OutboxOutdated):
        await agency.publish()
    await hold_against_each_other(agency)
    agency.index.silent = True
    with pytest.raises(IndexRefused):
        await agency.publish()
    agency.index.silent = False
    await agency.publish()
    assert await is_equal(agency)
