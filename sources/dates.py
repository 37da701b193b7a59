"""Days, read as registrations write them, rounded where a day would tell too much.

The index knows no birth date. An age limit arrives as a day in `valid until`, rounded
down to the end of a quarter, so that it betrays neither birthday nor month.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

EARLIEST = date(1900, 1, 1)


def parse_day(text: str, formats: Sequence[str]) -> date:
    """Read a day in one of the formats; raises ValueError for anything else."""
    for form in formats:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if found >= EARLIEST:
            return found
    raise ValueError("not a day")


def round_down_to_quarter(day: date) -> date:
    """Give the last day of a quarter that is not after `day`."""
    following = day + timedelta(days=1)
    first_month = following.month - (following.month - 1) % 3
    return date(following.year, first_month, 1) - timedelta(days=1)


def derive_age_limit(born: date, years: int) -> date:
    """Give the last quarter's end before somebody turns `years`."""
    return round_down_to_quarter(_birthday(born, years) - timedelta(days=1))


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # the 29th of February becomes the 1st of March: BW 1:233
        return date(born.year + years, 3, 1)
