"""Hear what came back: fetched, with our cases named for the desk, and told.

None of it may hold up what is delivered: what fails is logged, and done the next time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from sources.agency_keys import read_case_key
from sources.errors import SourceError
from sources.events import Event, log_event
from sources.notice_settings import NoticesRow
from sources.notices.fetching import Hold, NoticeIndex, fetch, look_again
from sources.notices.telling import Teller
from sources.outbox.store import Outbox


@dataclass(slots=True)
class Hearing:
    """What hearing takes."""

    outbox: Outbox
    client: httpx.AsyncClient
    row: NoticesRow
    source: str
    hold: Hold
    now: Callable[[], datetime]

    async def look_again(self, index: NoticeIndex) -> bool:
        """See what was done with what kept notices ask; whether the index was heard."""
        try:
            await look_again(self.outbox, index)
        except SourceError as error:
            log_event(Event.NOTICES_UNHEARD, error=type(error).__name__)
            return False
        return True

    async def hear(self, index: NoticeIndex, *, beside: bool = False) -> bool:
        """Fetch what came back and tell it; gives whether the index was heard.

        Whatever was fetched a moment ago: it may have come since. `beside` an agent
        nothing is told, since that does it: by mail nothing goes twice.
        """
        try:
            case_key = read_case_key(self.row.case_key)
            new = await fetch(
                self.outbox,
                index,
                self.source,
                case_key,
                hold=self.hold,
                now=self.now,
            )
        except SourceError as error:
            log_event(Event.NOTICES_UNHEARD, error=type(error).__name__)
            return False
        if new:
            log_event(Event.NOTICES_HEARD, count=new)
        if beside:
            return True
        teller = Teller(self.outbox, self.client, self.row, self.source, self.now)
        if self.row.digest is not None and teller.is_due():
            await self.look_again(index)
        await teller.tell()
        return True
