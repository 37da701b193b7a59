"""The time, asked in one place; everything else takes `now` as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the present moment in UTC."""
    return datetime.now(UTC)
