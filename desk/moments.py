"""Write days and moments as a Dutch reader expects them, in Dutch time."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

HERE: Final = ZoneInfo("Europe/Amsterdam")


def day_here(moment: datetime) -> date:
    """Give the calendar day that it is in the Netherlands."""
    return _local(moment).date()


def format_day(day: str | date) -> str:
    """Write `12 maart 2026`."""
    read = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return format_date(read, "d MMMM y", locale="nl")


def format_day_of(instant: str | datetime) -> str:
    """Write the day of a moment, as it was here."""
    return format_day(_local(instant).date())


def format_moment(instant: str | datetime) -> str:
    """Write `donderdag 12 maart 2026, 14:05`."""
    return format_datetime(_local(instant), "EEEE d MMMM y, HH:mm", locale="nl")


def format_short(instant: str | datetime) -> str:
    """Write `do 12 mrt 2026, 14:05`: where lists are dense."""
    return format_datetime(_local(instant), "EE d MMM y, HH:mm", locale="nl")


def format_short_day(instant: str | datetime) -> str:
    """Write `do 12 mrt 2026`: where lists are dense."""
    return format_datetime(_local(instant), "EE d MMM y", locale="nl")


def format_month(month: str) -> str:
    """Give `oktober 2026` for `2026-10`."""
    return format_date(date.fromisoformat(f"{month}-01"), "MMMM y", locale="nl")


def format_weekday(day: str | date) -> str:
    """Write `woensdag 7 oktober`: where the year stands above it."""
    read = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(read, "EEEE d MMMM", locale="nl")


def format_sortable(instant: str | datetime) -> str:
    """Write `2026-03-12 14:05`: where a spreadsheet sorts it."""
    return _local(instant).strftime("%Y-%m-%d %H:%M")


def format_date_in_full(day: date) -> str:
    """Write `maandag 30 november 2026`: a heading over what happened on it."""
    return format_date(day, "EEEE d MMMM y", locale="nl")


def format_weekday_of(instant: str | datetime) -> str:
    """Write `maandag 30 november 2026`: the day of a moment, as it was here."""
    return format_date_in_full(_local(instant).date())


def format_clock(instant: datetime) -> str:
    """Write `14:05`: where the day stands above it."""
    return format_datetime(_local(instant), "HH:mm", locale="nl")


def format_time(seconds: int) -> str:
    """Give `14:05` for seconds since 1970."""
    local = datetime.fromtimestamp(seconds, HERE)
    return format_datetime(local, "HH:mm", locale="nl")


def read_instant_of(entry: UUID) -> datetime:
    """Give when an entry was made: its id is a UUIDv7 (RFC 9562), in milliseconds."""
    return datetime.fromtimestamp((entry.int >> 80) / 1000, UTC)


def _local(instant: str | datetime) -> datetime:
    read = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    return aware.astimezone(HERE)
