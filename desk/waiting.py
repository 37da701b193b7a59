"""How much waits for a person's word on the pages that the menu counts.

Of each page and person one number, in memory, asked of the index again after a minute
at most once. An index that is slow or says no costs a page two seconds and a number in
its menu, never the page itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from desk.agency.read_marks import ReadMarks
from desk.errors import DeskError
from desk.index import SignalIndex
from desk.navigation import APPROVALS, MATCHES, NOTICES, find_menu
from desk.tokens import Person
from signal_index.wire.approvals import ApprovalList
from signal_index.wire.matches import Match, Matches
from signal_index.wire.notices import ReturnNotices

ASK_AGAIN_AFTER: Final = timedelta(minutes=1)
PATIENCE_SECONDS: Final = 2.0
_ALL: Final = {"limit": "1000"}

Ask = Callable[[str, str], Awaitable[int]]
"""Asks how much waits, for this account, with its token."""


class Waiting:
    """The numbers, and when each was asked for."""

    def __init__(
        self, index: SignalIndex, marks: ReadMarks, clock: Callable[[], datetime]
    ) -> None:
        self._index = index
        self._marks = marks
        self._clock = clock
        self._heard: dict[tuple[str, str], tuple[datetime, int]] = {}
        self._asks: Mapping[str, Ask] = {
            NOTICES: self._ask_notices,
            MATCHES: self._ask_matches,
            APPROVALS: self._ask_approvals,
        }

    def find_counts(self, person: Person) -> Mapping[str, int]:
        """Give what was last heard, by page; 0 where nothing was, or nothing waits."""
        heard = {page: self._heard.get((page, person.sub)) for page in self._asks}
        return {page: 0 if one is None else one[1] for page, one in heard.items()}

    def note(self, page: str, sub: str, count: int) -> int:
        """Remember what a page has just read."""
        self._heard[page, sub] = (self._clock(), count)
        return count

    async def refresh(self, person: Person, token: str, path: str) -> None:
        """Ask anew what this person's menu counts, but for the page at this path.

        That one counts for itself.
        """
        now = self._clock()
        self._heard = {
            key: told
            for key, told in self._heard.items()
            if now - told[0] < ASK_AGAIN_AFTER
        }
        due = [
            item.href
            for item in find_menu(person)
            if item.href in self._asks
            and not item.is_at(path)
            and (item.href, person.sub) not in self._heard
        ]
        await asyncio.gather(*(self._refresh(page, person.sub, token) for page in due))

    async def _refresh(self, page: str, sub: str, token: str) -> None:
        self.note(page, sub, 0)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                count = await self._asks[page](sub, token)
        except (DeskError, TimeoutError):
            return
        self.note(page, sub, count)

    async def _ask_notices(self, sub: str, token: str) -> int:
        query = {"state": "all"} | _ALL
        page = await self._index.fetch(ReturnNotices, "/v1/notices", token, query=query)
        return len(await self._marks.find_unread(sub, page.items))

    async def _ask_matches(self, _sub: str, token: str) -> int:
        page = await self._index.fetch(Matches, "/v1/matches", token, query=_ALL)
        return count_matches(page.items)

    async def _ask_approvals(self, _sub: str, token: str) -> int:
        found = await self._index.fetch(ApprovalList, "/v1/approvals", token)
        return count_approvals(found)


def waits(one: Match) -> bool:
    """Tell whether it is still to be settled, whoever spoke last: the page's counts."""
    return one.stage == "open"


def count_matches(found: Iterable[Match]) -> int:
    """Count the matches that are still to be settled."""
    return sum(waits(one) for one in found)


def count_approvals(found: ApprovalList) -> int:
    """Count what waits for approval and is not one's own."""
    return sum(not one.own for one in found.open)
