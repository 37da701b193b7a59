"""Telling sources: boxes opened within seconds, what is due told once a day.

- Each round of boxes is one transaction with its ledger entry, by municipality: how
  many were opened, hit or miss, told or silent.
- What does not open stops nothing else, stays, and is counted in the log each hour.
- What is due: a contact holder that shows as stale within two weeks, a signal that
  ends within two weeks. Both stand in the clear here, and are told once a month.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from keys.events import EventLog
from policy.catalogue import Catalogue
from signal_index.answers import CONTACT_STALE_AFTER
from signal_index.days import day_of
from signal_index.events import Event
from signal_index.keyring import LeaderKeys
from signal_index.ledger import Kind
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import reading, transaction
from signal_index.store.notice_due import (
    AT_ONCE,
    Due,
    find_expiring,
    find_stale_soon,
)
from signal_index.store.notice_opening import (
    BOXES_AT_ONCE,
    count_unreadable,
    find_boxes,
    open_boxes,
    tell_once,
)
from signal_index.store.notice_rows import Telling
from signal_index.store.policies import read_catalogues
from signal_index.store.row_keys import holding_rows, take_up

OPEN_SECONDS: Final = 2.0
DUE_SECONDS: Final = 3600.0
TOLD_BEFORE: Final = timedelta(days=14)

FindDue = Callable[[AsyncConnection, tuple[Any, ...] | None], Awaitable[Due]]
"""Finds a part of what is due, after what the part before ended with."""


@dataclass(frozen=True, slots=True)
class NoticeUpkeep:
    """What telling takes."""

    engine: AsyncEngine
    recorder: Recorder
    keys: LeaderKeys
    catalogue: Catalogue  # the shipped one: holds where a municipality adopted none
    log: EventLog
    clock: Callable[[], datetime]
    due_at_once: int = AT_ONCE

    async def open(self) -> None:
        """Open every box that waits."""
        async with reading(self.engine) as conn:
            waiting = await find_boxes(conn)
        outcomes: list[UUID] = []
        for some in _cut(waiting):
            outcomes += await self._open_some(some, outcomes=False)
        for some in _cut(outcomes):
            await self._open_some(some, outcomes=True)

    async def _open_some(
        self, boxes: Sequence[UUID], *, outcomes: bool
    ) -> Sequence[UUID]:
        now = self.clock()
        ring = self.keys.ring
        async with transaction(self.engine) as conn, holding_rows(conn, ring):
            adopted = await read_catalogues(conn)
            telling = Telling(
                self.keys, lambda at: adopted.get(at, self.catalogue), now
            )
            opened = await open_boxes(conn, boxes, telling, outcomes=outcomes)
            for municipality, count in sorted(opened.counts.items()):
                act = Act(
                    {"act": "sources-told", "boxes": count},
                    Kind.NOTICE,
                    municipality=municipality,
                )
                await self.recorder.record(conn, act)
        return opened.outcomes

    async def tell_due(self) -> None:
        """Tell what is due, and say what does not open."""
        now = self.clock()
        today = day_of(now)
        verified = today - CONTACT_STALE_AFTER + TOLD_BEFORE
        await self._tell_parts(
            lambda conn, after: find_stale_soon(
                conn, verified, CONTACT_STALE_AFTER, after, at_once=self.due_at_once
            )
        )
        await self._tell_parts(
            lambda conn, after: find_expiring(
                conn, today, today + TOLD_BEFORE, after, at_once=self.due_at_once
            )
        )
        async with reading(self.engine) as conn:
            await take_up(conn, self.keys.ring)
            unreadable = await count_unreadable(conn, self.keys)
        if unreadable:
            self.log.write(Event.NOTICES_UNREADABLE, count=unreadable)

    async def _tell_parts(self, find: FindDue) -> None:
        """Tell all of one thing that is due; each part is a transaction."""
        telling = Telling(self.keys, lambda _: self.catalogue, self.clock())
        after: tuple[Any, ...] | None = None
        while True:
            async with transaction(self.engine) as conn:
                due = await find(conn, after)
                await tell_once(conn, due.notices, telling)
            if due.next is None:
                return
            after = due.next


def _cut(boxes: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    """Give as many boxes at a time as one transaction opens."""
    for start in range(0, len(boxes), BOXES_AT_ONCE):
        yield boxes[start : start + BOXES_AT_ONCE]
