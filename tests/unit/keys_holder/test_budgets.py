from datetime import UTC, date, datetime, timedelta

import pytest

from keys.holder.budgets import (
    Bucket,
    DayLimits,
    check_bucket,
    check_day,
    outstanding,
    until_next_day,
)
from keys.holder.errors import (
    OrganisationBudgetSpent,
    SourceBudgetSpent,
    UserBudgetSpent,
)

LATE = datetime(2026, 11, 23, 23, 59, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LIMITS = DayLimits(per_user=20, per_organisation=100)


def test_a_day_s_limit_can_be_used_to_the_last_person() -> None:
    check_day(LIMITS, 20, 100, now=LATE)


def test_one_more_than_a_user_s_limit_waits_for_the_next_day() -> None:
    with pytest.raises(UserBudgetSpent) as refused:
        check_day(LIMITS, 21, 100, now=LATE)
    assert refused.value.retry_after == timedelta(seconds=30)


def test_one_more_than_the_organisation_s_limit_is_refused() -> None:
    with pytest.raises(OrganisationBudgetSpent):
        check_day(LIMITS, 20, 101, now=LATE)


@pytest.mark.parametrize(
    ("caseload", "capacity", "refill"),
    [(1000, 1050, 50), (287, 302, 15), (50, 300, 3), (1, 300, 1)],
)
def test_a_bucket_holds_105_percent_or_300_and_regains_5_percent_a_day(
    caseload: int, capacity: int, refill: int
) -> None:
    bucket = Bucket(caseload)
    assert (bucket.capacity, bucket.refill) == (capacity, refill)


@pytest.mark.parametrize(("days", "left"), [(0, 120), (1, 70), (2, 20), (3, 0)])
def test_what_is_spent_returns_by_the_day(days: int, left: int) -> None:
    today = TODAY + timedelta(days=days)
    assert outstanding(Bucket(1000), 120, TODAY, today) == left


def test_a_clock_set_back_returns_nothing() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert outstanding(Bucket(1000), 120, TODAY, yesterday) == 120


def test_an_overfull_bucket_says_when_there_is_room() -> None:
    with pytest.raises(SourceBudgetSpent) as refused:
        check_bucket(Bucket(1000), 1050 + 51, now=LATE)
    assert refused.value.retry_after == timedelta(days=1, seconds=30)


def test_a_full_bucket_is_allowed() -> None:
    check_bucket(Bucket(1000), 1050, now=LATE)


def test_days_begin_at_midnight_utc() -> None:
    amsterdam = LATE.astimezone(tz=None)
    assert until_next_day(amsterdam) == timedelta(seconds=30)
