"""The outbox of the processing log: the ledger itself, and how far it was confirmed.

Nothing is written twice: an entry that is durable is in the ledger, in one order for
ever. What the collector has confirmed is one number a year; it moves only after the
collector said that it has written, so that a dead collector delays and never loses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.ledger import Entry
from signal_index.ledger.trace import TraceContext
from signal_index.tables.completeness import processing_log, trace_context
from signal_index.tables.ledger import (
    ledger_disclosure,
    ledger_entry,
    ledger_leaf,
    ledger_tree,
)


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """An entry that is not confirmed yet; `sealed` is None once erased."""

    position: int
    entry: UUID
    leaf: bytes
    recorded_at: datetime
    sealed: bytes | None
    trace: TraceContext | None


async def insert_traces(
    conn: AsyncConnection, entries: Sequence[Entry], trace: TraceContext | None
) -> None:
    """Keep what the caller said of its trace, in the transaction of the entries."""
    if trace is None or not entries:
        return
    await conn.execute(
        insert(trace_context),
        [
            {
                "entry_id": entry.id,
                "municipality": entry.facts.municipality,
                "trace_id": trace.trace_id,
                "span_id": trace.span_id,
            }
            for entry in entries
        ],
    )


async def find_places(conn: AsyncConnection) -> Mapping[int, int]:
    """Give for each year's tree that has more, how many leaves are confirmed."""
    confirmed = processing_log.c.position
    rows = await conn.execute(
        select(ledger_tree.c.year, ledger_tree.c.size, confirmed)
        .outerjoin(processing_log, processing_log.c.year == ledger_tree.c.year)
        .order_by(ledger_tree.c.year)
    )
    return {
        row.year: row.position or 0 for row in rows if (row.position or 0) < row.size
    }


async def find_waiting(
    conn: AsyncConnection, year: int, place: int, limit: int
) -> Sequence[Waiting]:
    """Give the next entries of a year's tree, in its order."""
    rows = await conn.execute(
        select(
            ledger_leaf.c.position,
            ledger_leaf.c.entry_id,
            ledger_entry.c.leaf,
            ledger_entry.c.recorded_at,
            ledger_disclosure.c.sealed,
            trace_context.c.trace_id,
            trace_context.c.span_id,
        )
        .join(ledger_entry, ledger_entry.c.entry_id == ledger_leaf.c.entry_id)
        .outerjoin(
            ledger_disclosure, ledger_disclosure.c.entry_id == ledger_leaf.c.entry_id
        )
        .outerjoin(trace_context, trace_context.c.entry_id == ledger_leaf.c.entry_id)
        .where(ledger_leaf.c.year == year, ledger_leaf.c.position >= place)
        .order_by(ledger_leaf.c.position)
        .limit(limit)
    )
    return [
        Waiting(
            position=row.position,
            entry=row.entry_id,
            leaf=row.leaf,
            recorded_at=row.recorded_at,
            sealed=row.sealed,
            trace=row.trace_id and TraceContext(row.trace_id, row.span_id),
        )
        for row in rows
    ]


async def confirm(
    conn: AsyncConnection, year: int, done: Sequence[Waiting], *, now: datetime
) -> None:
    """Note that everything up to and with these entries is confirmed."""
    place = {"position": done[-1].position + 1, "confirmed_at": now}
    moved = await conn.execute(
        update(processing_log)
        .where(processing_log.c.year == year)
        .where(processing_log.c.position == done[0].position)
        .values(place)
    )
    if moved.rowcount == 0 and done[0].position == 0:
        await conn.execute(insert(processing_log), {"year": year, **place})
    traced = [one.entry for one in done if one.trace is not None]
    if traced:
        await conn.execute(
            delete(trace_context).where(trace_context.c.entry_id.in_(traced))
        )
