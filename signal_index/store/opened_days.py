"""Reads the entries of some days with their sealed groups, for whoever reconciles.

Only entries that stand in a tree: one that waits for the sequencer cannot be held to a
leaf yet. In pages, so that a day of any size takes constant memory.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import make_uuid7
from signal_index.ledger import Kind
from signal_index.tables.ledger import (
    ledger_disclosure,
    ledger_entry,
    ledger_leaf,
    ledger_pending,
)

_PAGE = 500


@dataclass(frozen=True, slots=True, repr=False)
class SealedEntry:
    """An entry in the tree whose groups were not erased."""

    entry: UUID
    year: int
    kind: Kind
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """Entries from `start` until `end`, and all of kind completeness after it."""

    start: datetime
    end: datetime


async def find_sealed(conn: AsyncConnection, span: Span) -> AsyncIterator[SealedEntry]:
    """Give the entries of a span in the order of their ids."""
    after = _first_id(span.start)
    is_near = ledger_entry.c.entry_id < _first_id(span.end)
    wanted = or_(is_near, ledger_entry.c.kind == Kind.COMPLETENESS.value)
    statement = (
        select(
            ledger_disclosure.c.entry_id,
            ledger_entry.c.year,
            ledger_entry.c.kind,
            ledger_disclosure.c.sealed,
        )
        .join_from(ledger_disclosure, ledger_entry)
        .join(ledger_leaf, ledger_leaf.c.entry_id == ledger_disclosure.c.entry_id)
        .where(wanted)
        .order_by(ledger_disclosure.c.entry_id)
        .limit(_PAGE)
    )
    while True:
        page = statement.where(ledger_disclosure.c.entry_id > after)
        rows = (await conn.execute(page)).all()
        for row in rows:
            yield SealedEntry(row.entry_id, row.year, Kind(row.kind), row.sealed)
        if len(rows) < _PAGE:
            return
        after = rows[-1].entry_id


async def find_oldest_pending(conn: AsyncConnection) -> datetime | None:
    """Give when the oldest entry was recorded that no tree holds yet."""
    oldest = await conn.scalar(select(func.min(ledger_pending.c.entry_id)))
    if oldest is None:
        return None
    entry = oldest if isinstance(oldest, UUID) else UUID(str(oldest))
    return datetime.fromtimestamp((entry.int >> 80) / 1000, UTC)


def _first_id(instant: datetime) -> UUID:
    return make_uuid7(instant, bytes(10))
