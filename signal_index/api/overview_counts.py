"""Reading the counts of a period: opened here, in memory, and added up.

A year of a large municipality is some thousands of sealed rows. They are opened in a
thread of their own, so that no lookup waits for an officer's overview.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.keyring import YearKeys
from signal_index.overview.counts import Counts, add_all, narrow
from signal_index.overview.days import Counted, Stage
from signal_index.overview.sealing import open_counts
from signal_index.overview.stock import Stock
from signal_index.store.overview import (
    SealedDay,
    count_stock,
    find_counted,
    find_days,
    find_stock,
)
from signal_index.store.scope import OfficerScope
from signal_index.wire.overview import LookupFilter


@dataclass(frozen=True, slots=True, repr=False)
class DayStock:
    """The active signals of a day."""

    day: date
    stocks: Sequence[Stock]


@dataclass(frozen=True, slots=True, repr=False)
class SealedPeriod:
    """A period as it is kept: which days were counted, and their sealed counts."""

    first: date
    last: date
    counted: Mapping[date, Counted]
    days: Sequence[SealedDay]
    stock: DayStock | None


@dataclass(frozen=True, slots=True, repr=False)
class CountedPeriod:
    """The counts of a period, by day and by organisation.

    `settled` holds only days on which nobody can say anything more of a lookup.
    """

    by_day: Mapping[date, Counts]
    by_organisation: Mapping[str, Counts]
    settled: Counts

    @property
    def all(self) -> Counts:
        """Give the counts of the whole period."""
        return add_all(self.by_organisation.values())


async def find_period(
    conn: AsyncConnection, scope: OfficerScope, first: date, last: date, today: date
) -> SealedPeriod:
    """Read the counts of a period that this officer may see, and the stock at its end.

    The stock of today is counted now; that of an earlier day was kept on that day.
    """
    stock: DayStock | None
    if last >= today:
        here = await count_stock(conn, scope)
        stock = DayStock(today, here.get(scope.municipality, ()))
    else:
        kept = await find_stock(conn, scope, last)
        stock = None if kept is None else DayStock(*kept)
    counted = await find_counted(conn, first, last)
    days = await find_days(conn, scope, first, last)
    return SealedPeriod(first, last, counted, days, stock)


async def open_period(
    sealed: SealedPeriod, wanted: LookupFilter, keys: YearKeys
) -> CountedPeriod:
    """Open the counts of a period beside the event loop, and keep what is wanted."""
    return await asyncio.to_thread(_open, sealed, wanted, keys)


def _open(sealed: SealedPeriod, wanted: LookupFilter, keys: YearKeys) -> CountedPeriod:
    by_day: dict[date, list[Counts]] = defaultdict(list)
    by_organisation: dict[str, list[Counts]] = defaultdict(list)
    settled = []
    for one in sealed.days:
        place = one.place
        key = keys.disclosures.get(place.day.year)
        if key is None or wanted.organisation not in {None, place.organisation}:
            continue
        opened = open_counts(place, one.sealed, key=key)
        counts = narrow(opened, team=wanted.team, purpose=wanted.purpose)
        by_day[place.day].append(counts)
        by_organisation[place.organisation].append(counts)
        if sealed.counted[place.day].stage is Stage.SETTLED:
            settled.append(counts)
    return CountedPeriod(
        {day: add_all(parts) for day, parts in by_day.items()},
        {oin: add_all(parts) for oin, parts in by_organisation.items()},
        add_all(settled),
    )


def counted_until(sealed: SealedPeriod) -> datetime | None:
    """Give up to when the newest count of the period reaches."""
    moments = [one.counted_at for one in sealed.counted.values()]
    return max(moments, default=None)
