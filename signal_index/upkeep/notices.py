"""Telling sources: boxes opened within seconds, what is due told once a day.

- Each round of boxes is one transaction with its ledger entry, by municipality: how
  many were opened, hit or miss, told or silent.
- What is due: a contact holder that shows as stale within two weeks, a signal that
  ends within two weeks. Both stand in the clear here, and are told once a month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from policy.catalogue import Catalogue
from signal_index.answers import CONTACT_STALE_AFTER
from signal_index.days import day_of
from signal_index.events import Event
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import reading, transaction
from signal_index.store.notice_due import find_expiring, find_stale_soon
from signal_index.store.notice_opening import (
    BOXES_AT_ONCE,
    erase_notices,
    has_boxes,
    open_boxes,
    tell_once,
)
from signal_index.store.notice_rows import Telling
from signal_index.store.policies import read_catalogues

OPEN_SECONDS: Final = 2.0
DUE_SECONDS: Final = 3600.0
TOLD_BEFORE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NoticeUpkeep:
    """What telling takes."""

    engine: AsyncEngine
    recorder: Recorder
    catalogue: Catalogue  # the shipped one: holds where a municipality adopted none
    log: EventLog
    clock: Callable[[], datetime]

    async def open(self) -> None:
        """Open every box that waits."""
        async with reading(self.engine) as conn:
            if not await has_boxes(conn):
                return
        opened = BOXES_AT_ONCE
        while opened >= BOXES_AT_ONCE:
            opened = await self._open_some()

    async def _open_some(self) -> int:
        now = self.clock()
        async with transaction(self.engine) as conn:
            adopted = await read_catalogues(conn)
            telling = Telling(
                self.recorder.keys, lambda at: adopted.get(at, self.catalogue), now
            )
            counts = await open_boxes(conn, telling)
            for municipality, count in sorted(counts.items()):
                act = Act(
                    {"act": "sources-told", "boxes": count},
                    Kind.NOTICE,
                    municipality=municipality,
                )
                await self.recorder.record(conn, act)
        return sum(counts.values())

    async def tell_due(self) -> None:
        """Tell what is due, and erase what has expired."""
        now = self.clock()
        today = day_of(now)
        async with transaction(self.engine) as conn:
            telling = Telling(self.recorder.keys, lambda _: self.catalogue, now)
            verified = today - CONTACT_STALE_AFTER + TOLD_BEFORE
            stale = await find_stale_soon(conn, verified, CONTACT_STALE_AFTER)
            expiring = await find_expiring(conn, today, today + TOLD_BEFORE)
            await tell_once(conn, [*stale, *expiring], telling)
            erased = await erase_notices(conn, today)
            if erased:
                what: JsonObject = {"act": "notices-erased", "count": erased}
                await self.recorder.record(conn, Act(what, Kind.ERASURE))
        if erased:
            self.log.write(Event.ERASED, what="notices", count=erased)
