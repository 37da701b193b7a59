"""Tell the agency's people and its system what is new: at once, or in a digest.

What could not be told is told the next time; each way apart, so that a mail server that
is down holds up no system.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from apscheduler.triggers.cron import CronTrigger

from sources.clock import AMSTERDAM
from sources.errors import SourceError
from sources.events import Event, log_event
from sources.notice_settings import NoticesRow
from sources.notices.events import post_events, write_events
from sources.notices.mail import send_mail, write_mail
from sources.outbox.notices import (
    find_moment,
    find_untold,
    mark_told,
    record_digest,
)
from sources.outbox.store import Outbox


@dataclass(frozen=True, slots=True)
class Teller:
    """What telling takes."""

    outbox: Outbox
    client: httpx.AsyncClient
    row: NoticesRow
    source: str
    now: Callable[[], datetime]

    async def tell(self) -> None:
        """Tell what is new in each way that the agency chose; a failure is logged."""
        for way in (self._mail, self._post):
            try:
                await way()
            except SourceError as error:
                log_event(Event.NOTICES_UNTOLD, error=type(error).__name__)

    async def _mail(self) -> None:
        row = self.row.mail
        if row is None or not self.is_due():
            return
        found = find_untold(self.outbox, "mailed")
        if waiting := [one for one in found if one.said.settled is None]:
            mail = write_mail(waiting, row, name_cases=self.row.name_cases)
            await asyncio.to_thread(send_mail, mail, row)
            log_event(Event.NOTICES_TOLD, count=len(waiting), way="mail")
        mark_told(self.outbox, found, "mailed")
        record_digest(self.outbox, self.now())

    async def _post(self) -> None:
        row = self.row.events
        if row is None or not (found := find_untold(self.outbox, "posted")):
            return
        await post_events(self.client, row, write_events(found, self.source))
        mark_told(self.outbox, found, "posted")
        log_event(Event.NOTICES_TOLD, count=len(found), way="events")

    def is_due(self) -> bool:
        """Tell whether a mail may go now: always, or once a digest's time has come."""
        if self.row.digest is None:
            return True
        now = self.now()
        last = find_moment(self.outbox, "told") or now - timedelta(days=7)
        trigger = CronTrigger.from_crontab(self.row.digest, timezone=AMSTERDAM)
        due = trigger.get_next_fire_time(None, last + timedelta(seconds=1))
        return due is not None and due <= now
