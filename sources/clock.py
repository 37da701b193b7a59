"""The one place where a source's process asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """Give the present instant, aware, in UTC."""
    return datetime.now(UTC)


def write_moment(instant: datetime) -> str:
    """Write an instant as a person in the Netherlands reads it on a clock."""
    return instant.astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M")


def day_of(instant: datetime) -> date:
    """Give the calendar day in the Netherlands, on which case files reckon."""
    return instant.astimezone(AMSTERDAM).date()
