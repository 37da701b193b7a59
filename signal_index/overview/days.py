"""Which days still have to be counted, and when a count is final.

    provisional   counted while the day was still going on
    complete      counted after the day had ended
    settled       counted after everybody had two weeks to say what came of it

A settled day is not counted again, unless somebody asks for it: the ledger behind it
cannot change, but for its erasure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Final

from signal_index.overview.hours import bounds_of

FOLLOW_UP_DAYS: Final = 14
"""How long a user may say what came of a lookup, and change it; then it is settled."""
REPEAT_DAYS: Final = 30
_MARGIN: Final = timedelta(minutes=1)  # commits that were under way at midnight


class Stage(IntEnum):
    """How final the count of a day is."""

    PROVISIONAL = 0
    COMPLETE = 1
    SETTLED = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """That a day was counted: how finally, how many lookups, up to when."""

    day: date
    stage: Stage
    lookups: int
    counted_at: datetime


def stage_of(day: date, now: datetime) -> Stage:
    """Give how final a count of this day is when it is made now."""
    _, ended = bounds_of(day)
    if now < ended + _MARGIN:
        return Stage.PROVISIONAL
    if now < ended + timedelta(days=FOLLOW_UP_DAYS) + _MARGIN:
        return Stage.COMPLETE
    return Stage.SETTLED


def pause_after(lookups: int) -> timedelta:
    """Give how long to wait before the day that goes on is counted again.

    A second for every 25 lookups: opening one takes some 0.8 ms of a processor, so that
    counting never takes more than two per cent of it.
    """
    return timedelta(seconds=lookups / 25)


def days_to_count(
    counted: Mapping[date, Counted], first: date, today: date, now: datetime
) -> Sequence[date]:
    """Give the days that are not counted as finally as they could be, oldest first."""
    every = (first + timedelta(days=n) for n in range((today - first).days + 1))
    return [day for day in every if _is_due(day, counted.get(day), now)]


def _is_due(day: date, counted: Counted | None, now: datetime) -> bool:
    if counted is None or counted.stage < stage_of(day, now):
        return True
    is_going_on = counted.stage is Stage.PROVISIONAL
    return is_going_on and now >= counted.counted_at + pause_after(counted.lookups)
