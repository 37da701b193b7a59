"""Opens entries of the ledger for an officer, but for the person asked about.

And tells where in the tree one stands. Whoever calls this records that it was opened,
in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownEntry
from signal_index.ledger import DisclosureKey, Kind, Opened, open_entry
from signal_index.store.scope import OfficerScope, within
from signal_index.store.witnessing import GENERATION
from signal_index.tables.ledger import (
    ledger_checkpoint,
    ledger_disclosure,
    ledger_entry,
    ledger_leaf,
)
from signal_index.wire.ledger_entries import EntryPlace

OPENED: Final = (
    ledger_entry.c.entry_id,
    ledger_entry.c.year,
    ledger_entry.c.kind,
    ledger_entry.c.recorded_at,
    ledger_entry.c.organisation,
    ledger_entry.c.leaf,
    ledger_disclosure.c.sealed,
)
"""What `open_row` needs of an entry; `sealed` is null where it was erased."""


def open_row(row: Row[*tuple[Any, ...]], keys: Mapping[int, DisclosureKey]) -> Opened:
    """Open one row; of a year whose key is gone nothing can be read any more."""
    closed = Opened(
        entry=row.entry_id,
        kind=Kind(row.kind),
        recorded_at=row.recorded_at,
        organisation=row.organisation,
        leaf=row.leaf,
    )
    key = keys.get(row.year)
    if row.sealed is None or key is None:
        return closed
    return open_entry(closed, row.sealed, key)


async def get_entry(
    conn: AsyncConnection,
    scope: OfficerScope,
    entry: UUID,
    keys: Mapping[int, DisclosureKey],
) -> Opened:
    """Open one entry in the officer's scope, or raise `UnknownEntry`."""
    found = await conn.execute(
        select(*OPENED)
        .join_from(ledger_entry, ledger_disclosure, isouter=True)
        .where(ledger_entry.c.entry_id == entry)
        .where(within(scope, ledger_entry.c.municipality, ledger_entry.c.organisation))
    )
    row = found.one_or_none()
    if row is None:
        raise UnknownEntry
    return open_row(row, keys)


async def open_entries(
    conn: AsyncConnection,
    entries: Collection[UUID],
    keys: Mapping[int, DisclosureKey],
) -> Mapping[UUID, Opened]:
    """Open these entries; one that was erased is not among them."""
    rows = await conn.execute(
        select(*OPENED)
        .join_from(ledger_entry, ledger_disclosure)
        .where(ledger_entry.c.entry_id.in_(entries))
    )
    return {row.entry_id: open_row(row, keys) for row in rows if row.year in keys}


async def find_place(conn: AsyncConnection, entry: UUID) -> EntryPlace | None:
    """Find where an entry stands; None until the sequencer has put it in the tree."""
    row = (
        await conn.execute(
            select(ledger_leaf.c.year, ledger_leaf.c.position).where(
                ledger_leaf.c.entry_id == entry
            )
        )
    ).one_or_none()
    if row is None:
        return None
    size = await conn.scalar(
        select(func.max(ledger_checkpoint.c.size)).where(
            ledger_checkpoint.c.year == row.year
        )
    )
    return EntryPlace(
        year=row.year % GENERATION,
        position=row.position,
        isSigned=row.position < (size or 0),
    )
