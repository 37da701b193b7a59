"""Terms that the law counts in months (GDPR art. 12(3)), and codes for letters.

The end of a term never moves for a weekend or a holiday: an earlier end is always in
line with the law, and nobody has to know the calendar to see whether it was kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from keys.months import add_months

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for another over the phone."""

OLDEST_REQUEST_MONTHS: Final = 12
"""A request is entered within a year of its receipt; anything older is a mistake."""


def due_on(received_on: date) -> date:
    """Give the last day of the month in which a request must be answered.

    Received on 31 January: due on the last day of February.
    """
    return add_months(received_on, 1)


def extended_due_on(received_on: date) -> date:
    """Give the last day after an extension by two months, told within the first."""
    return add_months(received_on, 3)


def is_plausible_receipt(received_on: date, today: date) -> bool:
    """Tell whether a request can have been received on this day."""
    return earliest_receipt(today) <= received_on <= today


def earliest_receipt(today: date) -> date:
    """Give the first day on which a request that is entered today can have come."""
    return add_months(today, -OLDEST_REQUEST_MONTHS)


def draw_reference(draw: Callable[[int], int]) -> str:
    """Give a code such as `7KQ-4TM`; `draw(n)` gives a random number below n."""
    letters = "".join(ALPHABET[draw(len(ALPHABET))] for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"
