"""The signals that stand in the index: how many, of which source, open how long.

A snapshot holds for each source and category how many active signals began on which
day. From that every median is exact, of a source as of a whole life domain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Stock:
    """The active signals of one source in one category, by the day they began."""

    source: str
    category: str
    began: Mapping[date, int]

    @property
    def active(self) -> int:
        """Give how many there are."""
        return sum(self.began.values())


def median_days_open(stocks: Sequence[Stock], on: date) -> int | None:
    """Give the median number of days that these signals are open, or None of none.

    Of an even number the lower of the two in the middle: a day that occurs. A signal
    that begins later than `on` is open for no day.
    """
    days: Counter[int] = Counter()
    for stock in stocks:
        for began, number in stock.began.items():
            days[max((on - began).days, 0)] += number
    middle = (days.total() - 1) // 2
    passed = 0
    for length in sorted(days):
        passed += days[length]
        if passed > middle:
            return length
    return None
