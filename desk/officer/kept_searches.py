"""Remember what an officer searched for, so that no address holds it and "back" works.

A search is sent by form, kept here under a random id, sealed under the session's own
cookie, and asked of the index anew at each look. It names colleagues, never a citizen.
Gone with the session's longest life.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select

from desk.database import Database
from desk.errors import SearchGone
from desk.sealing import CookieSecret
from desk.sessions import ABSOLUTE_LIMIT
from desk.tables import kept_searches

ID_BYTES: Final = 16


class KeptSearches:
    """The searches of everybody who is logged in, each readable by its own session."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, cookie: CookieSecret, fields: dict[str, Any]) -> str:
        """Keep a search and give its id."""
        id_ = secrets.token_hex(ID_BYTES)
        async with self._database.transaction() as connection:
            await connection.execute(
                insert(kept_searches).values(
                    id=bytes.fromhex(id_),
                    session=cookie.row_id,
                    kept_at=int(self._clock().timestamp()),
                    sealed=cookie.seal(fields),
                )
            )
        return id_

    async def get(self, cookie: CookieSecret, id_: str) -> dict[str, Any]:
        """Give a search of this session, or raise `SearchGone`."""
        try:
            wanted = bytes.fromhex(id_)
        except ValueError:
            raise SearchGone from None
        async with self._database.transaction() as connection:
            sealed = await connection.scalar(
                select(kept_searches.c.sealed)
                .where(kept_searches.c.id == wanted)
                .where(kept_searches.c.session == cookie.row_id)
            )
        if sealed is None:
            raise SearchGone
        return cookie.open(sealed)

    async def sweep(self) -> None:
        """Erase what no session can read any more."""
        oldest = int((self._clock() - ABSOLUTE_LIMIT).timestamp())
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(kept_searches).where(kept_searches.c.kept_at < oldest)
            )
