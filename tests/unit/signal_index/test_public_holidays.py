"""Public holidays of the Netherlands are outside everybody's office hours."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from signal_index.overview.hours import is_off_hours
from signal_index.overview.public_holidays import (
    find_public_holidays,
    is_public_holiday,
)

HERE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date(2026, 1, 1), True),
        (date(2026, 4, 3), True),  # Good Friday
        (date(2026, 4, 6), True),  # Easter Monday
        (date(2026, 4, 27), True),  # King's Day
        (date(2025, 4, 26), True),  # a day early: the 27th was a Sunday
        (date(2026, 5, 5), False),  # Liberation Day is one in five years
        (date(2025, 5, 5), True),
        (date(2026, 5, 14), True),  # Ascension
        (date(2026, 5, 25), True),  # Whit Monday
        (date(2026, 12, 26), True),
        (date(2026, 12, 31), False),
    ],
)
def test_a_day_is_a_public_holiday_as_it_is_kept_here(
    day: date, *, holiday: bool
) -> None:
    assert is_public_holiday(day) is holiday
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=HERE)
    assert is_off_hours(noon) is (holiday or day.weekday() >= 5)


def test_a_holiday_begins_at_midnight_here() -> None:
    eve = datetime(2026, 5, 13, 18, 59, tzinfo=HERE)
    assert not is_off_hours(eve)
    assert is_off_hours(datetime(2026, 5, 14, 10, 0, tzinfo=HERE))
    assert not is_off_hours(datetime(2026, 5, 15, 10, 0, tzinfo=HERE))


def test_a_year_ahead_is_given_in_order_and_over_the_turn_of_the_year() -> None:
    found = find_public_holidays(date(2026, 12, 25))
    assert found[:3] == [date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)]
    assert found == sorted(found)
    assert max(found) <= date(2027, 12, 26)
    assert len(found) in range(10, 14)
