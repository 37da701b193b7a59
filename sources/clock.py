"""The one place where a source's process asks what time it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from keys.case_name import MONTHS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """Give the present instant, aware, in UTC."""
    return datetime.now(UTC)


def write_day(day: date) -> str:
    """Write a day as a person in the Netherlands reads it: 1 oktober 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def write_moment(instant: datetime) -> str:
    """Write an instant as a person in the Netherlands reads it, by the clock there."""
    return f"{write_day(day_of(instant))} {instant.astimezone(AMSTERDAM):%H:%M}"


def write_hour(instant: datetime) -> str:
    """Write an hour of which nothing is known but that something was in it."""
    begins, ends = (
        one.astimezone(AMSTERDAM) for one in (instant, instant + timedelta(hours=1))
    )
    day = write_day(day_of(instant))
    return f"{day} tussen {begins.hour}:{begins:%M} en {ends.hour}:{ends:%M}"


def day_of(instant: datetime) -> date:
    """Give the calendar day in the Netherlands, on which case files reckon."""
    return instant.astimezone(AMSTERDAM).date()
