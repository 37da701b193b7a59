"""Counts each day's lookups for the officer's overview, and takes stock of signals.

- A day is counted again until it is settled (`signal_index.overview.days`); what was
  missed while nothing ran is counted when something runs again.
- Entries are opened here, in memory, and what is kept of them is sealed again with the
  key of their year: neither database nor backup tells more than it did.
- Whom a lookup was about is never opened. An entry that was altered does not open: it
  is in no count, and the log says how many there are each time their day is counted.
- Counting waits for everything else: it gives way after each batch.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from keys.events import EventLog
from signal_index.days import day_of
from signal_index.events import Event
from signal_index.keyring import YearKeys
from signal_index.overview.counts import Counts
from signal_index.overview.days import Counted, days_to_count, stage_of
from signal_index.overview.facts import LookupSeen, count_lookups
from signal_index.overview.hours import bounds_of
from signal_index.overview.sealing import NONCE_BYTES, CountedDay, seal_counts
from signal_index.store.connect import reading, transaction
from signal_index.store.lookups_seen import (
    Period,
    SealedLookup,
    find_repeated,
    read_lookups,
)
from signal_index.store.outcomes import find_outcomes
from signal_index.store.overview import (
    SealedDay,
    find_counted,
    find_first_day,
    replace_day,
    take_stock,
)

COUNT_SECONDS: Final = 60.0
STOCK_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Counting:
    """What counting takes. `first_kept_year`: entries of earlier ones are erased."""

    engine: AsyncEngine
    keys: YearKeys
    clock: Callable[[], datetime]
    first_kept_year: Callable[[], int]
    log: EventLog

    async def run(self) -> None:
        """Count every day that is not counted as finally as it could be."""
        now = self.clock()
        today = day_of(now)
        async with reading(self.engine) as conn:
            first = await find_first_day(conn)
            if first is None:
                return
            first = max(first, date(self.first_kept_year(), 1, 1))
            counted = await find_counted(conn, first, today)
        for day in days_to_count(counted, first, today, now):
            await self.count_day(day)

    async def count_day(self, day: date) -> None:
        """Count one day anew and keep the result."""
        now = self.clock()
        found: dict[CountedDay, Counts] = {}
        lookups = 0
        async with reading(self.engine) as conn:
            async for batch in read_lookups(conn, Period(*bounds_of(day)), None):
                lookups += len(batch)
                for place, counts in (await self._count(conn, day, batch)).items():
                    found[place] = found.get(place, Counts()) + counts
                await asyncio.sleep(0)
        counted = Counted(day, stage_of(day, now), lookups, now)
        sealed = [
            SealedDay(place, self._seal(place, counts))
            for place, counts in found.items()
        ]
        async with transaction(self.engine) as conn:
            await replace_day(conn, counted, sealed)

    async def take_stock(self) -> None:
        """Keep how many signals there are today, of which source, since when."""
        async with transaction(self.engine) as conn:
            await take_stock(conn, day_of(self.clock()))

    async def _count(
        self, conn: AsyncConnection, day: date, batch: Sequence[SealedLookup]
    ) -> Mapping[CountedDay, Counts]:
        repeated = await find_repeated(conn, batch)
        keys = self.keys.disclosures
        opened = {
            one.entry: found
            for one in batch
            if (found := one.open(keys)) and not found.is_unreadable
        }
        unreadable = sum(one.year in keys for one in batch) - len(opened)
        if unreadable:
            self.log.write(Event.ENTRIES_UNREADABLE, count=unreadable)
        said = await find_outcomes(conn, opened.values(), keys)
        seen: dict[CountedDay, list[LookupSeen]] = {}
        for one in batch:
            if one.entry in opened:
                place = CountedDay(day, one.municipality, one.organisation)
                lookup = LookupSeen(
                    one.recorded_at,
                    opened[one.entry].groups or {},
                    one.entry in repeated,
                    said.get(one.entry, {}),
                )
                seen.setdefault(place, []).append(lookup)
        return {place: count_lookups(own) for place, own in seen.items()}

    def _seal(self, place: CountedDay, counts: Counts) -> bytes:
        key = self.keys.get_disclosure_key(place.day.year)
        return seal_counts(
            place, counts, key=key, nonce=secrets.token_bytes(NONCE_BYTES)
        )
