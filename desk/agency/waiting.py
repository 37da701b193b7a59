"""How many matches wait for a word of this organisation: what the menu counts.

All who may read matches at one desk read the same ones, so the desk remembers one
number, in memory, and asks again after a minute at most once. An index that is slow or
says no costs a page two seconds and a number in its menu, never the page itself.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from desk.errors import DeskError
from desk.index import SignalIndex
from signal_index.wire.matches import Match, Matches

ASK_AGAIN_AFTER: Final = timedelta(minutes=1)
PATIENCE_SECONDS: Final = 2.0
_AT_ONCE: Final = "1000"


class WaitingMatches:
    """The number, and when it was asked for."""

    def __init__(self, index: SignalIndex, clock: Callable[[], datetime]) -> None:
        self._index = index
        self._clock = clock
        self._asked_at: datetime | None = None
        self._count = 0

    @property
    def count(self) -> int:
        """Give what was last heard; 0 where nothing was, or nothing waits."""
        return self._count

    def note(self, found: Iterable[Match]) -> None:
        """Remember what a page that read them all has just seen."""
        self._asked_at = self._clock()
        self._count = sum(waits(one) for one in found)

    async def refresh(self, token: str) -> None:
        """Ask anew with this person's token, unless that was done a minute ago."""
        now = self._clock()
        if self._asked_at is not None and now - self._asked_at < ASK_AGAIN_AFTER:
            return
        self._asked_at = now
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                page = await self._index.fetch(
                    Matches, "/v1/matches", token, query={"limit": _AT_ONCE}
                )
        except (DeskError, TimeoutError):
            self._count = 0
        else:
            self.note(page.items)


def waits(one: Match) -> bool:
    """Tell whether it is our turn: nothing settled, and we did not speak last."""
    return one.stage == "open" and (one.lastStepBy != "own" or one.isOverdue)
