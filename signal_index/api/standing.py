"""The copy of who takes part that every request reads: never older than ten seconds.

- A suspension counts for every worker within ten seconds, whatever a token says.
- One request reads it anew for all; when the database does not answer, a copy that has
  become too old is not used: the request fails (fail closed).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from signal_index.store.standing import MAXIMUM_AGE, Standing

FRESH_FOR: Final = MAXIMUM_AGE / 2

ReadStanding = Callable[[datetime], Awaitable[Standing]]


class StandingView:
    """Gives the present standing; reads it again when the copy is old."""

    def __init__(
        self, read: ReadStanding, count_seconds: Callable[[], float] = monotonic
    ) -> None:
        self._read = read
        self._count_seconds = count_seconds
        self._read_at = 0.0
        self._copy: Standing | None = None
        self._lock = asyncio.Lock()

    async def get(self, now: datetime) -> Standing:
        """Give a standing that is at most ten seconds old, or fail."""
        copy = self._copy
        if copy is not None and self._age(copy, now) < FRESH_FOR:
            return copy
        is_read = self._lock.locked()
        if copy is not None and is_read and self._age(copy, now) < MAXIMUM_AGE:
            return copy
        async with self._lock:
            copy = self._copy
            if copy is None or self._age(copy, now) >= FRESH_FOR:
                # Before it is read: what is said after that is not in it.
                began = self._count_seconds()
                copy = self._copy = await self._read(now)
                self._read_at = began
            return copy

    def forget(self) -> None:
        """Read anew at the next request: something of it has just been changed here."""
        self._copy = None

    def _age(self, copy: Standing, now: datetime) -> timedelta:
        """Give the age by the clock that nobody sets, or by the other where it is more.

        A clock that is set back would have an old copy be a young one for ever.
        """
        counted = timedelta(seconds=self._count_seconds() - self._read_at)
        return max(counted, abs(now - copy.read_at))
