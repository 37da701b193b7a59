"""Reads the entries of some days with their sealed groups, for what goes outside.

Only entries that stand in a tree: one that waits for the sequencer cannot be held to a
leaf yet. In pages, so that a day of any size takes constant memory.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import end_id, first_id, read_uuid7_minute
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
    leaf: bytes
    recorded_at: datetime
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """Entries from `start` until `end`."""

    start: datetime
    end: datetime


def find_around(conn: AsyncConnection, span: Span) -> AsyncIterator[SealedEntry]:
    """Give the entries of a span, and all of kind completeness after it."""
    is_near = ledger_entry.c.entry_id < end_id(span.end)
    is_later = ledger_entry.c.kind == Kind.COMPLETENESS.value
    return _find(conn, or_(is_near, is_later), first_id(span.start))


def find_of_kinds(
    conn: AsyncConnection, span: Span, kinds: Collection[Kind]
) -> AsyncIterator[SealedEntry]:
    """Give the entries of a span that are of these kinds."""
    is_near = ledger_entry.c.entry_id < end_id(span.end)
    is_wanted = ledger_entry.c.kind.in_([kind.value for kind in kinds])
    return _find(conn, and_(is_near, is_wanted), first_id(span.start))


async def _find(
    conn: AsyncConnection, wanted: ColumnElement[bool], after: UUID
) -> AsyncIterator[SealedEntry]:
    statement = (
        select(
            ledger_disclosure.c.entry_id,
            ledger_entry.c.year,
            ledger_entry.c.leaf,
            ledger_entry.c.recorded_at,
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
            yield SealedEntry(*row)
        if len(rows) < _PAGE:
            return
        after = rows[-1].entry_id


async def find_oldest_pending(conn: AsyncConnection) -> datetime | None:
    """Give in which minute the oldest entry was recorded that no tree holds yet."""
    column = ledger_pending.c.entry_id
    oldest = await conn.scalar(select(column).order_by(column).limit(1))
    return None if oldest is None else read_uuid7_minute(oldest)
