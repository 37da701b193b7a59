"""The only place in this package that reads the time.

- Every instant is aware and in UTC; naive datetimes are refused by the column type.
- The core takes `now` as an argument; only the edge and the upkeep call this.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the present instant, aware and in UTC."""
    return datetime.now(UTC)
