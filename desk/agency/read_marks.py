"""Which notices somebody has not seen on the page Berichten yet.

- Kept is, by a keyed hash of the account, from which hour on a notice may be unread,
  and which of those were seen: an id of a notice tells nothing to anybody else.
- What stands on the page that was opened counts as seen, and what is on another does
  not. An outcome that another replaced is not unread; a cover never is.
- Who never opened the page has read none.
"""

from collections.abc import Callable, Container, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from desk.database import Database
from desk.own_seal import OwnSeal
from desk.seen_rows import SeenRows
from signal_index.wire.notice_order import find_counting
from signal_index.wire.notices import MOST_SEEN, ReturnNotice, WhatWasSeen

_STILL_COMING: Final = timedelta(hours=1)
"""A notice says its hour alone, and the index may give it a little later."""


class ReadMarks:
    """What each person of this desk has seen."""

    def __init__(
        self, database: Database, seal: OwnSeal, clock: Callable[[], datetime]
    ) -> None:
        self._rows = SeenRows(database, clock)
        self._seal = seal
        self._clock = clock

    async def note(
        self,
        sub: str,
        told: Sequence[ReturnNotice],
        shown: Container[UUID],
    ) -> frozenset[UUID]:
        """Note that somebody saw these of all that there are; give what is left.

        Of more than the index counts with, the oldest hours count as read.
        """
        left = await self.find_unread(sub, told) - frozenset(
            one.id for one in told if one.id in shown
        )
        hours = [_hour(self._clock() - _STILL_COMING)]
        hours += [one.madeIn for one in told if one.id in left]
        since = min(hours)
        seen = [one for one in told if one.madeIn >= since and one.id not in left]
        newest = sorted(seen, key=lambda one: one.madeIn, reverse=True)
        if len(newest) > MOST_SEEN:
            since = newest[MOST_SEEN].madeIn + timedelta(hours=1)
        ids = [str(one.id) for one in newest if one.madeIn >= since]
        await self._rows.replace(self._seal.name_user(sub), since, ids)
        return left

    async def find_seen(self, sub: str) -> WhatWasSeen:
        """Give from which hour on something may be unread, and what of it is not."""
        row = await self._rows.find(self._seal.name_user(sub))
        return WhatWasSeen(since=row.since, seen=[UUID(one) for one in row.seen])

    async def find_unread(
        self, sub: str, told: Sequence[ReturnNotice]
    ) -> frozenset[UUID]:
        """Find which of these somebody has not seen."""
        was = await self.find_seen(sub)
        since = [one.id for one in told if one.madeIn >= was.since]
        return find_counting(told).intersection(since).difference(was.seen)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
