"""The time, for the command line only; decisions get it as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the present instant, in UTC."""
    return datetime.now(UTC)
