"""How much waits for a person's word on the pages that the menu counts.

Of each page and person one number, in memory, asked of the index again after a minute
at most once. An index that is slow or says no costs a page two seconds, never the page
itself: its menu keeps the number that it had, or says that there is none yet.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from desk.agency.read_marks import ReadMarks
from desk.errors import DeskError
from desk.index import SignalIndex
from desk.navigation import APPROVALS, MATCHES, NOTICES, find_menu
from desk.refusal_marks import RefusalMarks
from desk.tokens import Person
from signal_index.wire.approvals import Approval, ApprovalList
from signal_index.wire.matches import Match, Matches
from signal_index.wire.notices import UnreadNotices

ASK_AGAIN_AFTER: Final = timedelta(minutes=1)
FORGOTTEN_AFTER: Final = timedelta(hours=12)
PATIENCE_SECONDS: Final = 2.0
_ALL: Final = {"limit": "1000"}

Ask = Callable[[str, str], Awaitable[int]]
"""Asks how much waits, for this account, with its token."""


class Waiting:
    """The numbers, and when each was asked for."""

    def __init__(
        self,
        index: SignalIndex,
        marks: ReadMarks,
        refusals: RefusalMarks,
        clock: Callable[[], datetime],
    ) -> None:
        self._index = index
        self._marks = marks
        self._refusals = refusals
        self._clock = clock
        self._heard: dict[tuple[str, str], tuple[datetime, int | None]] = {}
        self._asks: Mapping[str, Ask] = {
            NOTICES: self._ask_notices,
            MATCHES: self._ask_matches,
            APPROVALS: self._ask_approvals,
        }

    def find_counts(self, person: Person) -> Mapping[str, int | None]:
        """Give what was last heard, by page; None where the index never said."""
        return {
            page: self._heard[page, person.sub][1]
            for page in self._asks
            if (page, person.sub) in self._heard
        }

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
            if now - told[0] < FORGOTTEN_AFTER
        }
        due = [
            item.href
            for item in find_menu(person)
            if item.href in self._asks
            and not item.is_at(path)
            and not self._is_fresh(item.href, person.sub, now)
        ]
        await asyncio.gather(*(self._refresh(page, person.sub, token) for page in due))

    async def _refresh(self, page: str, sub: str, token: str) -> None:
        _, before = self._heard.get((page, sub), (None, None))
        self._heard[page, sub] = (self._clock(), before)
        with suppress(DeskError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                self.note(page, sub, await self._asks[page](sub, token))

    def _is_fresh(self, page: str, sub: str, now: datetime) -> bool:
        heard = self._heard.get((page, sub))
        return heard is not None and now - heard[0] < ASK_AGAIN_AFTER

    async def _ask_notices(self, sub: str, token: str) -> int:
        seen = await self._marks.find_seen(sub)
        found = await self._index.fetch(
            UnreadNotices, "/v1/notices/unread", token, seen
        )
        return found.count

    async def _ask_matches(self, _sub: str, token: str) -> int:
        page = await self._index.fetch(Matches, "/v1/matches", token, query=_ALL)
        return count_matches(page.items)

    async def _ask_approvals(self, sub: str, token: str) -> int:
        found = await self._index.fetch(ApprovalList, "/v1/approvals", token)
        return count_approvals(found, await self._refusals.find_unseen(sub, found))


def waits(one: Match) -> bool:
    """Tell whether it is still to be settled, whoever spoke last: the page's counts."""
    return one.stage == "open"


def count_matches(found: Iterable[Match]) -> int:
    """Count the matches that are still to be settled."""
    return sum(waits(one) for one in found)


def count_approvals(found: ApprovalList, refused: Collection[Approval]) -> int:
    """Count what waits for one's approval, and what was refused to oneself, unseen."""
    return sum(not one.own for one in found.open) + len(refused)
