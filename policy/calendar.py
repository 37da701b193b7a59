"""Whole calendar months, counted as people count them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """Give the same day so many months later (earlier if negative).

    31 August plus six months is the last day of February.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_back(day: date, months: int) -> timedelta:
    """Give how long ago the same day was, so many months back."""
    return day - months_after(day, -months)
