"""Remember what a form asked, so that its answer is a page with an address of its own.

A form that was taken never is a page itself: going back to one, a browser warns that it
sends it again. What was sent is kept here under a random id, sealed under the session's
own cookie, so that no address holds it; the page asks the index anew at each look. Gone
with the session's longest life. What came of an act is said once and let go of: going
back, or opening the address again, never says it above something else.

Of one session at most so many are kept, and so many bytes: the oldest go, and whoever
opens the address of one that is gone reads that (`FormGone`). The newest always stays;
how large it can be the edge bounds. Proven by tests/unit/desk/test_lost_forms.py.
"""

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse

from desk.cookies import session_cookie
from desk.database import Database
from desk.errors import FormGone
from desk.sessions import ABSOLUTE_LIMIT
from desk.tables import kept_forms

ID_BYTES: Final = 16
KEPT_ID: Final = re.compile(f"[0-9a-f]{{{2 * ID_BYTES}}}")
"""What stands in an address for what was kept."""
MOST_KEPT: Final = 40
"""How many forms of one session are kept: an afternoon of searching."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""How many sealed bytes of one session: six files of rules."""
_SEE_OTHER: Final = 303


class KeptForms:
    """What was sent by everybody who is logged in, each readable by its own session."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def lead_to(
        self, request: Request, page: str, fields: object, *, at: str = ""
    ) -> RedirectResponse:
        """Keep what was sent (a JSON value); lead to what answers it, below `page`."""
        id_ = await self._keep(request, page, fields)
        return RedirectResponse(f"{page}/{id_}{at}", _SEE_OTHER)

    async def say_once(
        self, request: Request, page: str, *, at: str = "", asks: str = "", **said: str
    ) -> RedirectResponse:
        """Lead to `page`, which says once what came of an act (`take_said`).

        `asks`: what else stands in the page's address.
        """
        id_ = await self._keep(request, page, said)
        more = f"{asks}&" if asks else ""
        return RedirectResponse(f"{page}?{more}said={id_}{at}", _SEE_OTHER)

    async def take_said(self, request: Request, page: str) -> dict[str, str]:
        """Give what is to be said on this page, and let go of it; mostly nothing."""
        id_ = request.query_params.get("said", "")
        try:
            said: dict[str, str] = await self.get(request, page, id_)
        except FormGone:
            return {}
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(kept_forms).where(kept_forms.c.id == bytes.fromhex(id_))
            )
        return said

    async def _keep(self, request: Request, page: str, fields: object) -> str:
        cookie, id_ = session_cookie(request), secrets.token_hex(ID_BYTES)
        async with self._database.transaction() as connection:
            await connection.execute(
                insert(kept_forms).values(
                    id=bytes.fromhex(id_),
                    session=cookie.row_id,
                    kept_at=int(self._clock().timestamp()),
                    sealed=cookie.seal({"page": page, "fields": fields}),
                )
            )
            await _let_go_of_oldest(connection, cookie.row_id, bytes.fromhex(id_))
        return id_

    async def get(self, request: Request, page: str, id_: str) -> dict[str, Any]:
        """Give what this session asked of this page, or raise `FormGone`.

        That leads to the page itself, where it can be asked anew.
        """
        cookie = session_cookie(request)
        try:
            wanted = bytes.fromhex(id_)
        except ValueError:
            raise FormGone(page) from None
        async with self._database.transaction() as connection:
            sealed = await connection.scalar(
                select(kept_forms.c.sealed)
                .where(kept_forms.c.id == wanted)
                .where(kept_forms.c.session == cookie.row_id)
            )
        kept = {} if sealed is None else cookie.open(sealed)
        if kept.get("page") != page:
            raise FormGone(page)
        fields: dict[str, Any] = kept["fields"]
        return fields

    async def sweep(self) -> None:
        """Erase what no session can read any more."""
        oldest = int((self._clock() - ABSOLUTE_LIMIT).timestamp())
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(kept_forms).where(kept_forms.c.kept_at < oldest)
            )


async def _let_go_of_oldest(
    connection: AsyncConnection, session: bytes, newest: bytes
) -> None:
    columns = kept_forms.c
    rows = await connection.execute(
        select(columns.id, func.length(columns.sealed).label("size"))
        .where(columns.session == session)
        .order_by(columns.id != newest, columns.kept_at.desc())
    )
    size, gone = 0, []
    for place, row in enumerate(rows):
        size += row.size
        if place and (place >= MOST_KEPT or size > MOST_BYTES):
            gone.append(row.id)
    if gone:
        await connection.execute(delete(kept_forms).where(columns.id.in_(gone)))
