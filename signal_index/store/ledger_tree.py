"""What the sequencer reads and writes: queue, leaves, tiles, sizes, checkpoints.

- `append_leaves` is compare-and-set on the size of the tree: of two sequencers, one
  writes and the other raises `LeadershipLost` and rolls back.
- Nothing here decides what may be signed; `signal_index.upkeep.sequencer` does.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from signal_index.errors import LeadershipLost, LedgerRenamed
from signal_index.merkle import FullTile
from signal_index.proof import origin_of
from signal_index.store.witnessing import (
    GENERATION,
    find_generation,
    find_succession,
    year_of_key,
)
from signal_index.tables.ledger import (
    ledger_checkpoint,
    ledger_entry,
    ledger_leaf,
    ledger_pending,
    ledger_tile,
    ledger_tree,
)

_SEQUENCER_LOCK = 0x5349474E_00000002  # one sequencer at a time; any constant will do


@dataclass(frozen=True)
class Tree:
    """The tree of a year: how many leaves it has, and how many are signed.

    `key` is what the database calls it (`store.witnessing`).
    """

    key: int
    origin: str
    size: int
    signed: int

    @property
    def year(self) -> int:
        """The calendar year whose entries it holds."""
        return year_of_key(self.key)


@dataclass(frozen=True)
class NewLeaf:
    """A leaf about to stand in the tree."""

    entry: UUID
    leaf_hash: bytes


@dataclass(frozen=True)
class Growth:
    """Leaves to append after the first `size`, and the tiles they complete."""

    key: int
    size: int
    leaves: Sequence[NewLeaf]
    tiles: Sequence[FullTile]


@asynccontextmanager
async def sequencer_lock(engine: AsyncEngine) -> AsyncIterator[bool]:
    """Hold the advisory lock of the sequencer; yields False where another has it.

    PostgreSQL only, where it goes with the session: a sequencer that dies lets go. On
    SQLite the sequencer locks a file.
    """
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        lock = {"lock": _SEQUENCER_LOCK}
        taken = await connection.scalar(
            text("SELECT pg_try_advisory_lock(:lock)"), lock
        )
        try:
            yield bool(taken)
        finally:
            if taken:
                await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)


async def find_trees(conn: AsyncConnection) -> Mapping[int, Tree]:
    """Give every tree of the ledger that is going on, by its key, oldest first."""
    generation = await find_generation(conn)
    signed = (
        select(func.coalesce(func.max(ledger_checkpoint.c.size), 0))
        .where(ledger_checkpoint.c.year == ledger_tree.c.year)
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(ledger_tree, signed.label("signed"))
        .where(ledger_tree.c.year >= generation * GENERATION)
        .order_by(ledger_tree.c.year)
    )
    return {row.year: Tree(row.year, row.origin, row.size, row.signed) for row in rows}


async def verify_ledger_name(conn: AsyncConnection, origin_base: str) -> None:
    """Hold that this is the name of the ledger that goes on, or `LedgerRenamed`."""
    succession = await find_succession(conn)
    trees = await find_trees(conn)
    if any(t.origin != origin_of(origin_base, t.year) for t in trees.values()) or (
        succession is not None and succession.origin != origin_base
    ):
        raise LedgerRenamed(
            "ledger_origin is not the name that the database knows; where it must "
            "begin anew, `signal-index ledger succeed` does it and records why"
        )


async def find_last_key(conn: AsyncConnection, before: int) -> int | None:
    """Give the key of the newest tree before this one, of whatever generation."""
    last = select(func.max(ledger_tree.c.year)).where(ledger_tree.c.year < before)
    found: int | None = await conn.scalar(last)
    return found


async def find_pending_years(conn: AsyncConnection) -> Sequence[int]:
    """Give the years that have entries which no tree holds yet, ascending."""
    years = select(ledger_pending.c.year).distinct().order_by(ledger_pending.c.year)
    return (await conn.scalars(years)).all()


async def find_pending(
    conn: AsyncConnection, year: int, limit: int
) -> Sequence[tuple[UUID, bytes]]:
    """Give id and leaf of entries that no tree holds yet, as they came."""
    rows = await conn.execute(
        select(ledger_pending.c.entry_id, ledger_entry.c.leaf)
        .join_from(ledger_pending, ledger_entry)
        .where(ledger_pending.c.year == year)
        .order_by(ledger_pending.c.arrived)
        .limit(limit)
    )
    return [(row.entry_id, row.leaf) for row in rows]


async def begin_tree(
    conn: AsyncConnection, tree: Tree, *, entry: UUID, leaf: bytes, now: datetime
) -> None:
    """Make an empty tree, and the entry that its first leaf is of."""
    await conn.execute(
        insert(ledger_tree).values(year=tree.key, origin=tree.origin, size=0)
    )
    await conn.execute(
        insert(ledger_entry).values(
            entry_id=entry,
            year=tree.year,
            kind="first-leaf",
            recorded_at=now,
            leaf=leaf,
        )
    )


async def append_leaves(conn: AsyncConnection, growth: Growth) -> None:
    """Write leaves and full tiles and move the size on, or raise `LeadershipLost`."""
    year, size, leaves = growth.key, growth.size, growth.leaves
    moved = await conn.execute(
        update(ledger_tree)
        .where(ledger_tree.c.year == year, ledger_tree.c.size == size)
        .values(size=size + len(leaves))
    )
    if moved.rowcount != 1:
        raise LeadershipLost("another sequencer moved the tree on")
    await conn.execute(
        insert(ledger_leaf),
        [
            {
                "year": year,
                "position": size + place,
                "entry_id": leaf.entry,
                "leaf_hash": leaf.leaf_hash,
            }
            for place, leaf in enumerate(leaves)
        ],
    )
    entries = [leaf.entry for leaf in leaves]
    await conn.execute(
        delete(ledger_pending).where(ledger_pending.c.entry_id.in_(entries))
    )
    if growth.tiles:
        await conn.execute(
            insert(ledger_tile), [_tile_row(year, tile) for tile in growth.tiles]
        )


def _tile_row(year: int, tile: FullTile) -> Mapping[str, object]:
    return {
        "year": year,
        "level": tile.level,
        "position": tile.position,
        "hashes": b"".join(tile.hashes),
        "root": tile.root,
    }


async def insert_checkpoint(
    conn: AsyncConnection, tree: Tree, note: str, now: datetime
) -> None:
    """Publish the signed checkpoint of a tree at its size."""
    await conn.execute(
        insert(ledger_checkpoint).values(
            year=tree.key, size=tree.size, note=note, signed_at=now
        )
    )
