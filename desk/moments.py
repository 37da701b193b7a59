"""Write days and moments as a Dutch reader expects them, in Dutch time."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

HERE: Final = ZoneInfo("Europe/Amsterdam")


def format_day(day: str) -> str:
    """Give `12 maart 2026` for an ISO day."""
    return format_date(date.fromisoformat(day[:10]), "d MMMM y", locale="nl")


def format_moment(instant: str) -> str:
    """Give `donderdag 12 maart 2026, 14:05` for an ISO instant."""
    parsed = datetime.fromisoformat(instant)
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    local = parsed.astimezone(HERE)
    return format_datetime(local, "EEEE d MMMM y, HH:mm", locale="nl")


def format_short(instant: str) -> str:
    """Give `do 12 mrt 2026, 14:05` for an ISO instant: where lists are dense."""
    local = datetime.fromisoformat(instant).astimezone(HERE)
    return format_datetime(local, "EE d MMM y, HH:mm", locale="nl")


def format_month(month: str) -> str:
    """Give `oktober 2026` for `2026-10`."""
    return format_date(date.fromisoformat(f"{month}-01"), "MMMM y", locale="nl")


def format_weekday(day: str) -> str:
    """Give `woensdag 7 oktober` for an ISO day: where the year stands above it."""
    return format_date(date.fromisoformat(day), "EEEE d MMMM", locale="nl")


def format_sortable(instant: str) -> str:
    """Give `2026-03-12 14:05` for an ISO instant: where a spreadsheet sorts it."""
    local = datetime.fromisoformat(instant).astimezone(HERE)
    return local.strftime("%Y-%m-%d %H:%M")


def format_time(seconds: int) -> str:
    """Give `14:05` for seconds since 1970."""
    local = datetime.fromtimestamp(seconds, HERE)
    return format_datetime(local, "HH:mm", locale="nl")
