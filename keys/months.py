"""Whole calendar months, counted as people count them.

Stands in `keys` because nothing of ours lies below: policy, index and sources count a
retention alike.
"""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Find the same day so many months later (earlier if negative).

    A month without that day gives its last one: 31 August plus six months is the last
    day of February. Raises ValueError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_back(day: date, months: int) -> timedelta:
    """Count the days since the same day so many months ago."""
    return day - add_months(day, -months)
