"""The portal's only look at the clock; everything else gets `now` as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the present instant, aware, in UTC."""
    return datetime.now(UTC)
