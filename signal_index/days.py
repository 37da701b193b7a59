"""Which day it is: that of the Netherlands, for every party and every file.

An agency's registration, a contact holder's office and a signal's last day all reckon
by it; UTC's day begins one or two hours later, and whatever was noted today between
midnight and then would lie in the future.
"""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

HERE: Final = ZoneInfo("Europe/Amsterdam")


def day_of(at: datetime) -> date:
    """Give the Dutch calendar day of an instant."""
    return at.astimezone(HERE).date()


def midnight_of(day: date) -> datetime:
    """Give the instant at which a Dutch calendar day begins."""
    return datetime.combine(day, time(), HERE).astimezone(UTC)
