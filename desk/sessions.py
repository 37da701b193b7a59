"""Sessions: sealed rows with hard limits.

- A person has one session: a login ends the one that they had elsewhere. Its row is
  emptied at once and says no more than that, until its limits, to who has its cookie.
  Rows name their owner, and the provider's own session, by a hash under a key of the
  desk.
- A session ends after 15 minutes without use and after 8 hours in any case.
- The access token is renewed a minute before it ends, once at a time per session.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self
from weakref import WeakValueDictionary

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.database import Database
from desk.errors import SessionEnded, SessionReplaced
from desk.own_seal import OwnSeal
from desk.sealing import CookieSecret
from desk.tables import sessions
from desk.tokens import Person

IDLE_LIMIT: Final = timedelta(minutes=15)
ABSOLUTE_LIMIT: Final = timedelta(hours=8)
RENEW_BEFORE: Final = timedelta(seconds=60)
LAST_PART: Final = timedelta(minutes=11)
"""Pages say ten minutes before the eight hours are over that one may log in again."""
TOUCH_AFTER: Final = timedelta(seconds=20)
_REPLACED: Final = b""
"""What stands in the place of a session that a login elsewhere ended."""


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """One person at one browser. No repr: it holds tokens."""

    person: Person
    csrf: str
    access_token: str
    access_expires_at: int
    refresh_token: str | None
    id_token: str | None
    authenticated_at: int = 0
    """When the provider last saw the person prove who they are; 0: it does not say."""
    provider_session: str | None = None
    """The provider's own name for its session (`sid`), where it gives one."""
    ends_at: int = 0
    """When it ends in any case; known once it stands in the database."""

    @classmethod
    def from_sealed(cls, opened: dict[str, object]) -> Self:
        """Read back what `asdict` gave."""
        person = opened["person"]
        if not isinstance(person, dict):
            raise SessionEnded
        known = Person(**(person | {"roles": tuple(person["roles"])}))
        return cls(**(opened | {"person": known}))  # type: ignore[arg-type]  # sealed by us

    def needs_renewal(self, now: datetime) -> bool:
        """Tell whether the access token is about to end."""
        return self.access_expires_at <= (now + RENEW_BEFORE).timestamp()

    def needs_login(self, now: datetime) -> bool:
        """Tell whether only logging in again makes it last."""
        is_lost = self.needs_renewal(now) and self.refresh_token is None
        return is_lost or self.ends_at <= (now + LAST_PART).timestamp()


def new_csrf_token() -> str:
    """Draw a page token: 256 random bits."""
    return secrets.token_urlsafe(32)


class Sessions:
    """The rows of people who are logged in."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], seal: OwnSeal
    ) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal
        self._locks: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def open(self, session: Session) -> CookieSecret:
        """Begin a session under a fresh cookie (no fixation); end what they had."""
        cookie = CookieSecret.new()
        now = self._seconds()
        async with self._database.transaction() as connection:
            await self._end_others(connection, session, cookie)
            await connection.execute(
                insert(sessions).values(
                    id=cookie.row_id,
                    opened_at=now,
                    seen_at=now,
                    owner=self._owner(session.person.sub),
                    provider_session=self._at_provider(session.provider_session),
                    sealed=cookie.seal(asdict(session)),
                )
            )
        return cookie

    async def get(self, cookie: CookieSecret) -> Session:
        """Give a live session and note that it was used, or raise `SessionEnded`."""
        async with self._database.transaction() as connection:
            row = await self._find_live(connection, cookie)
            if row.seen_at < self._seconds(-TOUCH_AFTER):
                await connection.execute(
                    update(sessions)
                    .where(sessions.c.id == cookie.row_id)
                    .values(seen_at=self._seconds())
                )
        return _open(cookie, row)

    async def look_at(self, cookie: CookieSecret) -> tuple[Session, int]:
        """Give a live session and for how many seconds nobody used it.

        Looking is no use: it never keeps a session alive. Raises `SessionEnded`.
        """
        async with self._database.transaction() as connection:
            row = await self._find_live(connection, cookie)
        return _open(cookie, row), max(self._seconds() - row.seen_at, 0)

    async def renew(
        self, cookie: CookieSecret, session: Session, *, anew: bool = False
    ) -> None:
        """Replace a session's contents; its limits stay, or count `anew` from now.

        One that was ended meanwhile stays ended.
        """
        values: dict[str, object] = {"sealed": cookie.seal(asdict(session))}
        values["provider_session"] = self._at_provider(session.provider_session)
        if anew:
            values |= dict.fromkeys(("opened_at", "seen_at"), self._seconds())
        async with self._database.transaction() as connection:
            if anew:
                await self._end_others(connection, session, cookie)
            await connection.execute(
                update(sessions)
                .where(sessions.c.id == cookie.row_id, sessions.c.sealed != _REPLACED)
                .values(values)
            )

    async def end(self, cookie: CookieSecret) -> None:
        """Drop a session."""
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(sessions).where(sessions.c.id == cookie.row_id)
            )

    async def end_at_provider(
        self, sub: str | None, provider_session: str | None, *, at: datetime
    ) -> None:
        """Drop what the provider says was logged out: one session of its, or a person.

        Of a person those that were opened until then: not the login that came after.
        """
        if provider_session is not None:
            known = self._at_provider(provider_session)
            which = sessions.c.provider_session == known
        else:
            which = sessions.c.owner == self._owner(sub or "")
        until = sessions.c.opened_at <= int(at.timestamp())
        async with self._database.transaction() as connection:
            await connection.execute(delete(sessions).where(which, until))

    async def _end_others(
        self, connection: AsyncConnection, session: Session, cookie: CookieSecret
    ) -> None:
        await connection.execute(
            update(sessions)
            .where(
                sessions.c.owner == self._owner(session.person.sub),
                sessions.c.id != cookie.row_id,
            )
            .values(sealed=_REPLACED)
        )

    def _owner(self, sub: str) -> bytes:
        return self._seal.name_row("session of", sub)

    def _at_provider(self, sid: str | None) -> bytes | None:
        return None if sid is None else self._seal.name_row("provider session", sid)

    async def sweep(self) -> None:
        """Erase what is past its limits."""
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(sessions).where(
                    (sessions.c.seen_at < self._seconds(-IDLE_LIMIT))
                    | (sessions.c.opened_at < self._seconds(-ABSOLUTE_LIMIT))
                )
            )

    def renewing(self, cookie: CookieSecret) -> AbstractAsyncContextManager[None]:
        """Let one request at a time renew this session's tokens.

        A provider may take a refresh token that comes twice for theft and end all.
        """
        lock = self._locks.get(cookie.row_id)
        if lock is None:
            lock = self._locks[cookie.row_id] = asyncio.Lock()
        return lock

    async def _find_live(
        self, connection: AsyncConnection, cookie: CookieSecret
    ) -> Row[Any]:
        """Give a session's row, or raise `SessionEnded` when it is past a limit.

        `SessionReplaced` where its person logged in elsewhere since.
        """
        query = select(sessions).where(sessions.c.id == cookie.row_id)
        row = (await connection.execute(query)).one_or_none()
        if row is None or self._is_over(row.opened_at, row.seen_at):
            raise SessionEnded
        if row.sealed == _REPLACED:
            raise SessionReplaced
        return row

    def _is_over(self, opened_at: int, seen_at: int) -> bool:
        return opened_at <= self._seconds(-ABSOLUTE_LIMIT) or seen_at <= self._seconds(
            -IDLE_LIMIT
        )

    def _seconds(self, shift: timedelta = timedelta()) -> int:
        return int((self._clock() + shift).timestamp())


def _open(cookie: CookieSecret, row: Row[Any]) -> Session:
    ends_at = row.opened_at + int(ABSOLUTE_LIMIT.total_seconds())
    return Session.from_sealed(cookie.open(row.sealed) | {"ends_at": ends_at})
