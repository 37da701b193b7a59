"""Where in the tree an entry stands, and whether a signed checkpoint holds it yet."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.store.witnessing import GENERATION
from signal_index.tables.ledger import ledger_checkpoint, ledger_leaf


@dataclass(frozen=True, slots=True)
class LeafPlace:
    """A leaf's place in a calendar year's tree, counted from 0."""

    year: int
    position: int
    is_signed: bool


async def find_place(conn: AsyncConnection, entry: UUID) -> LeafPlace | None:
    """Give where an entry stands; None until the sequencer has put it in the tree."""
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
    return LeafPlace(row.year % GENERATION, row.position, row.position < (size or 0))
