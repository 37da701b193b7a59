"""Which notices somebody has not seen on the page Berichten yet.

- Kept is, by a keyed hash of the account, from which hour on a notice may be unread,
  and which of those were seen: an id of a notice tells nothing to anybody else.
- An outcome that another replaced is not unread; a cover never is.
- Who never opened the page has read none.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, select

from desk.database import Database
from desk.own_seal import OwnSeal
from desk.tables import notices_read
from signal_index.wire.notice_order import find_former, find_replaced
from signal_index.wire.notices import ReturnNotice

COVER: Final = "cover"
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

    async def note(self, sub: str, shown: Iterable[ReturnNotice]) -> None:
        """Note that somebody saw these, and all that came before."""
        since = self._clock() - _STILL_COMING
        hour = since.replace(minute=0, second=0, microsecond=0)
        seen = [str(one.id) for one in shown if one.madeIn >= hour]
        owner, now = self._seal.name_user(sub), int(hour.timestamp())
        old = int((hour - KEPT).timestamp())
        own = notices_read.c.owner == owner
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(notices_read).where(own | (notices_read.c.hour < old))
            )
            row = {"owner": owner, "hour": now, "seen": json.dumps(seen)}
            await connection.execute(insert(notices_read).values(row))

    async def find_unread(
        self, sub: str, told: Iterable[ReturnNotice]
    ) -> frozenset[UUID]:
        """Find which of these somebody has not seen."""
        news = [one for one in told if one.kind != COVER]
        replaced = find_replaced(find_former(news))
        owner = self._seal.name_user(sub)
        query = select(notices_read).where(notices_read.c.owner == owner)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        hour, seen = (0, []) if row is None else (row.hour, json.loads(row.seen))
        return frozenset(
            one.id
            for one in news
            if one.madeIn.timestamp() >= hour
            and str(one.id) not in seen
            and one.id not in replaced
        )
