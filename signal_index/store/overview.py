"""Keeping the counts of days, and the stock of signals on each.

- The upkeep replaces a day as a whole, in one transaction: a reader sees the day as it
  was counted before or after, never half.
- What an officer reads comes by `OfficerScope`; the counts stay sealed here, and are
  opened by whoever holds the year's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.ledger import Kind
from signal_index.overview.days import Counted, Stage
from signal_index.overview.sealing import CountedDay
from signal_index.overview.stock import Stock
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import ledger_entry
from signal_index.tables.overview import (
    overview_count,
    overview_day,
    overview_stock,
    report_request,
)
from signal_index.tables.signals import shown_signals

_ACTIVE: Final = "active"


@dataclass(frozen=True, slots=True, repr=False)
class SealedDay:
    """The counts of a day of one organisation, as they are kept."""

    place: CountedDay
    sealed: bytes


async def find_first_day(conn: AsyncConnection) -> date | None:
    """Give the Dutch day of the oldest lookup in the ledger."""
    first = await conn.scalar(
        select(ledger_entry.c.recorded_at)
        .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        .order_by(ledger_entry.c.entry_id)
        .limit(1)
    )
    return None if first is None else day_of(first)


async def find_counted(
    conn: AsyncConnection, first: date, last: date
) -> Mapping[date, Counted]:
    """Give which days of a period were counted."""
    rows = await conn.execute(
        select(overview_count).where(overview_count.c.day.between(first, last))
    )
    return {
        row.day: Counted(row.day, Stage(row.stage), row.lookups, row.counted_at)
        for row in rows
    }


async def replace_day(
    conn: AsyncConnection, counted: Counted, days: Sequence[SealedDay]
) -> None:
    """Keep what was counted of a day, instead of what was kept of it before."""
    for table in (overview_day, overview_count):
        await conn.execute(delete(table).where(table.c.day == counted.day))
    await conn.execute(
        insert(overview_count),
        {
            "day": counted.day,
            "stage": counted.stage.value,
            "lookups": counted.lookups,
            "counted_at": counted.counted_at,
        },
    )
    if days:
        await conn.execute(insert(overview_day), [_row_of(day) for day in days])


def _row_of(day: SealedDay) -> Mapping[str, object]:
    return {
        "day": day.place.day,
        "municipality": day.place.municipality,
        "organisation": day.place.organisation,
        "year": day.place.day.year,
        "sealed": day.sealed,
    }


async def find_days(
    conn: AsyncConnection, scope: OfficerScope, first: date, last: date
) -> Sequence[SealedDay]:
    """Give the counts of a period that this officer may see, still sealed."""
    columns = overview_day.c
    rows = await conn.execute(
        select(overview_day)
        .where(columns.day.between(first, last))
        .where(within(scope, columns.municipality, columns.organisation))
        .order_by(columns.day, columns.organisation)
    )
    return [
        SealedDay(CountedDay(row.day, row.municipality, row.organisation), row.sealed)
        for row in rows
    ]


async def forget_counts(conn: AsyncConnection, first: date, last: date) -> int:
    """Forget that days were counted, so that the upkeep counts them anew."""
    gone = await conn.execute(
        delete(overview_count).where(overview_count.c.day.between(first, last))
    )
    return int(gone.rowcount)


async def count_stock(
    conn: AsyncConnection, scope: OfficerScope | None
) -> Mapping[str, Sequence[Stock]]:
    """Give the active signals of this moment, by municipality; None sees everybody's.

    Only the upkeep, which keeps the stock of each day, passes no scope. What a source
    in trial publishes is in none of them.
    """
    names = ("municipality", "source", "category", "valid_from", "state")
    held = shown_signals(*names).c
    columns = (held.municipality, held.source, held.category, held.valid_from)
    statement = (
        select(*columns, func.count().label("number"))
        .where(held.state == _ACTIVE)
        .group_by(*columns)
        .order_by(*columns)
    )
    if scope is not None:
        inside = within(scope, held.municipality, held.source)
        statement = statement.where(inside)
    began: dict[tuple[str, str, str], dict[date, int]] = {}
    for row in await conn.execute(statement):
        place = (row.municipality, row.source, row.category)
        began.setdefault(place, {})[row.valid_from] = row.number
    stocks: dict[str, list[Stock]] = {}
    for (municipality, source, category), days in began.items():
        stocks.setdefault(municipality, []).append(Stock(source, category, days))
    return stocks


async def take_stock(conn: AsyncConnection, day: date) -> None:
    """Keep how many active signals there are now, as the stock of this day."""
    rows = [
        {
            "day": day,
            "municipality": municipality,
            "source": stock.source,
            "category": stock.category,
            "began": {day.isoformat(): n for day, n in stock.began.items()},
        }
        for municipality, stocks in (await count_stock(conn, None)).items()
        for stock in stocks
    ]
    await conn.execute(delete(overview_stock).where(overview_stock.c.day == day))
    if rows:
        await conn.execute(insert(overview_stock), rows)


async def find_stock(
    conn: AsyncConnection, scope: OfficerScope, until: date
) -> tuple[date, Sequence[Stock]] | None:
    """Give the newest stock of a day no later than this one, and of which day it is."""
    columns = overview_stock.c
    inside = within(scope, columns.municipality, columns.source)
    day = await conn.scalar(
        select(func.max(columns.day)).where(columns.day <= until).where(inside)
    )
    if day is None:
        return None
    rows = await conn.execute(
        select(overview_stock)
        .where(columns.day == day)
        .where(inside)
        .order_by(columns.source, columns.category)
    )
    return day, [
        Stock(
            row.source,
            row.category,
            {date.fromisoformat(began): n for began, n in row.began.items()},
        )
        for row in rows
    ]


async def erase_counts(conn: AsyncConnection, before_year: int) -> int:
    """Delete counts, stocks and requests for reports of years before this one."""
    first = date(before_year, 1, 1)
    tables: Sequence[Table] = (overview_day, overview_count, overview_stock)
    gone = [
        (await conn.execute(delete(table).where(table.c.day < first))).rowcount
        for table in tables
    ]
    asked = await conn.execute(
        delete(report_request).where(report_request.c.year < before_year)
    )
    return sum(gone) + int(asked.rowcount)
