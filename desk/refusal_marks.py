"""Which of their own requests somebody has seen to be refused.

What a second person refused is news for whoever asked it: the menu counts it until its
page was opened. Kept by a keyed hash of the account, beside what was read of notices:
ids of requests, which tell nothing to anybody else.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from desk.database import Database
from desk.own_seal import OwnSeal
from desk.seen_rows import SeenRows
from signal_index.wire.approvals import Approval, ApprovalList

NEWS_FOR: Final = timedelta(days=30)
"""How long a refusal is news; its row is swept a month after that (`seen_rows`)."""


class RefusalMarks:
    """What each person of this desk has seen to be refused."""

    def __init__(
        self, database: Database, seal: OwnSeal, clock: Callable[[], datetime]
    ) -> None:
        self._rows = SeenRows(database, clock)
        self._seal = seal
        self._clock = clock

    async def note(self, sub: str, shown: Collection[Approval]) -> None:
        """Note that somebody saw these, beside what they saw before."""
        seen = await self._find_seen(sub) | {str(one.id) for one in shown}
        await self._rows.replace(self._name(sub), self._clock(), sorted(seen))

    async def find_unseen(self, sub: str, found: ApprovalList) -> list[Approval]:
        """Find what was refused to somebody lately, and they have not seen."""
        seen = await self._find_seen(sub)
        since = self._clock() - NEWS_FOR
        return [
            one
            for one in found.decided
            if one.own and one.state == "refused" and str(one.id) not in seen
            if one.decidedAt is not None and one.decidedAt > since
        ]

    async def _find_seen(self, sub: str) -> set[str]:
        return set((await self._rows.find(self._name(sub))).seen)

    def _name(self, sub: str) -> bytes:
        return self._seal.name_row("refused", sub)
