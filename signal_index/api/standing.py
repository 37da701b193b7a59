"""The copy of who takes part that every request reads: never older than ten seconds.

- A suspension counts for every worker within ten seconds, whatever a token says.
- One request reads it anew for all; when the database does not answer, a copy that has
  become too old is not used: the request fails (fail closed).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from signal_index.store.standing import Standing

FRESH_FOR: Final = timedelta(seconds=5)
MAXIMUM_AGE: Final = timedelta(seconds=10)

ReadStanding = Callable[[datetime], Awaitable[Standing]]


class StandingView:
    """Gives the present standing; reads it again when the copy is old."""

    def __init__(self, read: ReadStanding) -> None:
        self._read = read
        self._copy: Standing | None = None
        self._lock = asyncio.Lock()

    async def get(self, now: datetime) -> Standing:
        """Give a standing that is at most ten seconds old, or fail."""
        copy = self._copy
        if copy is not None and _age(copy, now) < FRESH_FOR:
            return copy
        if copy is not None and self._lock.locked() and _age(copy, now) < MAXIMUM_AGE:
            return copy
        async with self._lock:
            copy = self._copy
            if copy is None or _age(copy, now) >= FRESH_FOR:
                copy = self._copy = await self._read(now)
            return copy

    def forget(self) -> None:
        """Read anew at the next request: something of it has just been changed here."""
        self._copy = None


def _age(copy: Standing, now: datetime) -> timedelta:
    return abs(now - copy.read_at)
