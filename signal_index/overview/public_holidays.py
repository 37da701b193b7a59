"""The public holidays of the Netherlands: nobody's office hours.

New Year, Good Friday, Easter, King's Day, Ascension, Whitsun and Christmas, and
Liberation Day once in five years, as the library `holidays` keeps them (King's Day
moves when it is a Sunday). An office that is open on one of them is called all the
same; it only says that it may be closed. Compare Algemene termijnenwet art. 3.
Proven by tests/unit/signal_index/test_public_holidays.py.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import holidays

AHEAD: Final = timedelta(days=366)
_SATURDAY: Final = 5


def is_public_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday here."""
    return day in _find_in(day.year)


def is_day_off(day: date) -> bool:
    """Tell whether a day is a Saturday, a Sunday or a public holiday."""
    return day.weekday() >= _SATURDAY or is_public_holiday(day)


def add_working_days(first: date, number: int) -> date:
    """Give the day that comes so many working days after one; that day counts not."""
    day = first
    while number > 0:
        day += timedelta(days=1)
        number -= not is_day_off(day)
    return day


def find_public_holidays(first: date) -> list[date]:
    """Give the public holidays of the year that begins on a day, in their order."""
    last = first + AHEAD
    years = range(first.year, last.year + 1)
    found = sorted(day for year in years for day in _find_in(year))
    return [day for day in found if first <= day <= last]


@lru_cache(maxsize=16)
def _find_in(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NL", years=year))
