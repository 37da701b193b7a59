"""Which day a lookup belongs to, and whether it was outside office hours.

- Days and hours are those of the Netherlands: an officer's day begins at midnight here.
- Outside office hours: from 19:00 to 06:00, and the whole of Saturday, Sunday and each
  public holiday.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from signal_index.days import HERE, midnight_of
from signal_index.overview.public_holidays import is_day_off

OFFICE_BEGINS: Final = time(6)
OFFICE_ENDS: Final = time(19)


def is_off_hours(at: datetime) -> bool:
    """Tell whether an instant lies on a day off, or before 06:00 or from 19:00."""
    local = at.astimezone(HERE)
    if is_day_off(local.date()):
        return True
    return not OFFICE_BEGINS <= local.time() < OFFICE_ENDS


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """Give when a Dutch day begins and when the next one does, in UTC.

    Such a day has 23 or 25 hours twice a year.
    """
    return midnight_of(day), midnight_of(day + timedelta(days=1))
