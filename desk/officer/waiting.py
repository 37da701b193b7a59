"""How many requests wait for this person's decision: what the menu counts.

Of each person one number, in memory, asked for again after a minute at most once. An
index that is slow or says no costs a page two seconds and a number in its menu.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from desk.errors import DeskError
from desk.index import SignalIndex
from signal_index.wire.approvals import ApprovalList

ASK_AGAIN_AFTER: Final = timedelta(minutes=1)
PATIENCE_SECONDS: Final = 2.0


class WaitingApprovals:
    """The number of each person, and when it was asked for."""

    def __init__(self, index: SignalIndex, clock: Callable[[], datetime]) -> None:
        self._index = index
        self._clock = clock
        self._heard: dict[str, tuple[datetime, int]] = {}

    def count(self, sub: str) -> int:
        """Give what was last heard; 0 where nothing was, or nothing waits."""
        return self._heard[sub][1] if sub in self._heard else 0

    def note(self, sub: str, found: ApprovalList) -> int:
        """Remember what a page has just read: what waits and is not one's own."""
        count = sum(not one.own for one in found.open)
        self._heard[sub] = (self._clock(), count)
        return count

    async def refresh(self, sub: str, token: str) -> None:
        """Ask anew for this person, unless that was done a minute ago."""
        now = self._clock()
        self._heard = {
            one: told
            for one, told in self._heard.items()
            if now - told[0] < ASK_AGAIN_AFTER
        }
        if sub in self._heard:
            return
        self._heard[sub] = (now, 0)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                found = await self._index.fetch(ApprovalList, "/v1/approvals", token)
        except (DeskError, TimeoutError):
            return
        self.note(sub, found)
