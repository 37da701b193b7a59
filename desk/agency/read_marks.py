"""Which notices somebody has not seen on the page Berichten yet.

- Kept is, by a keyed hash of the account, from which hour on a notice may be unread,
  and which of those were seen: an id of a notice tells nothing to anybody else.
- What stands on the page that was opened counts as seen, and what is on another does
  not. An outcome that another replaced is not unread; a cover never is.
- Who never opened the page has read none.
"""

import json
from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, select

from desk.database import Database
from desk.own_seal import OwnSeal
from desk.tables import notices_read
from signal_index.wire.notice_order import find_counting
from signal_index.wire.notices import MOST_SEEN, ReturnNotice, WhatWasSeen

KEPT: Final = timedelta(days=60)
"""Longer than a notice stands: who was away so long has read none of them anyway."""
_STILL_COMING: Final = timedelta(hours=1)
"""A notice says its hour alone, and the index may give it a little later."""


class ReadMarks:
    """What each person of this desk has seen."""

    def __init__(
        self, database: Database, seal: OwnSeal, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
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
        owner = self._seal.name_user(sub)
        old = int((self._clock() - KEPT).timestamp())
        own = notices_read.c.owner == owner
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(notices_read).where(own | (notices_read.c.hour < old))
            )
            row = {
                "owner": owner,
                "hour": int(since.timestamp()),
                "seen": json.dumps(ids),
            }
            await connection.execute(insert(notices_read).values(row))
        return left

    async def find_seen(self, sub: str) -> WhatWasSeen:
        """Give from which hour on something may be unread, and what of it is not."""
        owner = self._seal.name_user(sub)
        query = select(notices_read).where(notices_read.c.owner == owner)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        hour, seen = (0, []) if row is None else (row.hour, json.loads(row.seen))
        since = datetime.fromtimestamp(hour, UTC)
        return WhatWasSeen(since=since, seen=[UUID(one) for one in seen])

    async def find_unread(
        self, sub: str, told: Sequence[ReturnNotice]
    ) -> frozenset[UUID]:
        """Find which of these somebody has not seen."""
        was = await self.find_seen(sub)
        since = [one.id for one in told if one.madeIn >= was.since]
        return find_counting(told).intersection(since).difference(was.seen)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
