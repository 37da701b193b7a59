"""Keys under which estimates wait in a browser while somebody logs in again.

What generalist and citizen estimated together is never sent here. When a session ends
by itself the page seals it under a key that it was given while somebody worked, forgets
that key, and keeps what it sealed in its tab. Who gets the key again:

- the same person, at this desk, within an hour after the session ended;
- who proved anew who they are, after the last sign of work: not by a login that the
  provider still remembered, since somebody else may sit at the laptop.

A key is derived from a secret of its hour, a person and a moment. Those secrets are
erased after three hours, and with them whatever was sealed and not opened. Proven by
tests/unit/desk/test_estimate_keys.py.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from desk.database import Database
from desk.errors import EstimatesGone
from desk.tables import estimate_secrets

HOUR: Final = 3600
WAITS: Final = 75 * 60
"""An hour after the fifteen minutes without use in which a session ends."""
_KEPT_HOURS: Final = 3
_LABEL: Final = b"signal-desk/estimates\n"


@dataclass(frozen=True, slots=True)
class EstimateKey:
    """A key, and the moment that it is of (seconds)."""

    at: int
    key: bytes = field(repr=False)


class EstimateKeys:
    """Gives keys, and gives one again to whom it was given."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def give(self, sub: str) -> EstimateKey:
        """Give this person the key of now."""
        at = self._now()
        return EstimateKey(at, _derive(await self._secret_of(at), sub, at))

    async def give_again(
        self, sub: str, at: int, *, authenticated_at: int
    ) -> EstimateKey:
        """Give this person the key of an earlier moment, or raise `EstimatesGone`."""
        in_time = 0 <= self._now() - at <= WAITS
        if not in_time or authenticated_at <= at:
            raise EstimatesGone
        secret = await self._find(at // HOUR)
        if secret is None:
            raise EstimatesGone
        return EstimateKey(at, _derive(secret, sub, at))

    async def sweep(self) -> None:
        """Erase the secrets whose hours are over: what they sealed opens no more."""
        last = self._now() // HOUR - _KEPT_HOURS
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(estimate_secrets).where(estimate_secrets.c.hour <= last)
            )

    async def _secret_of(self, at: int) -> bytes:
        hour = at // HOUR
        found = await self._find(hour)
        if found is not None:
            return found
        drawn = secrets.token_bytes(32)
        try:
            async with self._database.transaction() as connection:
                row = {"hour": hour, "secret": drawn}
                await connection.execute(insert(estimate_secrets).values(row))
        except IntegrityError:  # another request was sooner
            return await self._find(hour) or drawn
        return drawn

    async def _find(self, hour: int) -> bytes | None:
        query = select(estimate_secrets.c.secret).where(estimate_secrets.c.hour == hour)
        async with self._database.transaction() as connection:
            secret: bytes | None = await connection.scalar(query)
        return secret

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _derive(secret: bytes, sub: str, at: int) -> bytes:
    """Give the key of one person at one moment; the label keeps other uses apart."""
    message = _LABEL + at.to_bytes(8) + sub.encode()
    return hmac.digest(secret, message, sha256)
