"""How an instant is written: RFC 3339, in UTC, in whole seconds."""

from datetime import UTC, datetime


def write_instant(moment: datetime) -> str:
    """Write an instant with a zone, four digits of year in every year.

    `strftime("%Y")` writes no zeros in front on Linux: what it wrote of the year 1
    could not be read again.
    """
    whole = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{whole.isoformat()}Z"
