"""The simulated year: as full, as uneven and as repeatable as its pages need."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from deploy.town.year.calendar import Period
from deploy.town.year.cast import CAST, CURIOUS, HEAVY
from deploy.town.year.plan import PlannedLookup, Planner

PERIOD = Period(date(2026, 1, 5), date(2026, 11, 21))
PERSONS = 500


@pytest.fixture(scope="module")
def year() -> list[PlannedLookup]:
    return list(Planner(PERIOD, PERSONS, seed=1).plan(10_000))


def test_the_same_seed_gives_the_same_year() -> None:
    first, second = (Planner(PERIOD, PERSONS, seed=7).plan(200) for _ in range(2))

    assert first == second


def test_a_year_is_as_full_as_was_asked(year: list[PlannedLookup]) -> None:
    entries = sum(one.entries for one in year)

    assert 10_000 <= entries <= 10_010


def test_lookups_stand_in_order_of_time_and_within_the_period(
    year: list[PlannedLookup],
) -> None:
    days = [_local_day(one) for one in year]

    assert [one.at for one in year] == sorted(one.at for one in year)
    assert PERIOD.first <= days[0]
    assert days[-1] <= PERIOD.last


def test_most_lookups_fall_in_office_hours_but_not_all(
    year: list[PlannedLookup],
) -> None:
    outside = sum(_is_outside_office_hours(one) for one in year)

    assert 0.03 < outside / len(year) < 0.2


def test_every_colleague_has_worked(year: list[PlannedLookup]) -> None:
    assert {one.who.username for one in year} == {one.username for one in CAST}


def test_one_colleague_asks_far_more_than_the_others(
    year: list[PlannedLookup],
) -> None:
    times = Counter(one.who.username for one in year)

    assert times.most_common(1)[0][0] == HEAVY.username


def test_one_neighbour_is_looked_up_night_after_night_without_an_outcome(
    year: list[PlannedLookup],
) -> None:
    nights = [
        one for one in year if one.who is CURIOUS and one.persons == (PERSONS // 2,)
    ]

    assert len(nights) >= 9
    assert sum(one.outcome is None for one in nights) >= 9


def test_nobody_says_what_came_of_a_refusal(year: list[PlannedLookup]) -> None:
    refused = [one for one in year if one.reason.grounds]

    assert refused
    assert all(one.outcome is None for one in refused)


def test_the_glass_is_broken_now_and_then(year: list[PlannedLookup]) -> None:
    broken = sum(one.reason.break_glass is not None for one in year)

    assert 0 < broken < len(year) / 50


def _local_day(one: PlannedLookup) -> date:
    return one.at.astimezone(ZoneInfo("Europe/Amsterdam")).date()


def _is_outside_office_hours(one: PlannedLookup) -> bool:
    local = one.at.astimezone(ZoneInfo("Europe/Amsterdam"))
    return local.weekday() >= 5 or not 6 < local.hour < 19
