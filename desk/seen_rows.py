"""One row for each owner: what they have seen, and from which hour on.

An owner is a keyed hash of an account; what was seen are ids, which tell nothing to
anybody else. A row that nobody wrote for sixty days is swept.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from desk.database import Database
from desk.tables import notices_read

KEPT: Final = timedelta(days=60)
"""Longer than anything counted here is news: who was away so long has seen it all."""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """From which hour on something may be unseen, and the ids of what is not."""

    since: datetime
    seen: Sequence[str]


class SeenRows:
    """The rows of everybody at this desk."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def find(self, owner: bytes) -> SeenRow:
        """Find somebody's row; who has none has seen nothing yet."""
        query = select(notices_read).where(notices_read.c.owner == owner)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        hour, seen = (0, []) if row is None else (row.hour, json.loads(row.seen))
        return SeenRow(datetime.fromtimestamp(hour, UTC), seen)

    async def replace(self, owner: bytes, since: datetime, seen: Sequence[str]) -> None:
        """Write somebody's row in place of the one before, and sweep old ones."""
        old = int((self._clock() - KEPT).timestamp())
        own = notices_read.c.owner == owner
        row = {
            "owner": owner,
            "hour": int(since.timestamp()),
            "seen": json.dumps(seen),
        }
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(notices_read).where(own | (notices_read.c.hour < old))
            )
            await connection.execute(insert(notices_read).values(row))
