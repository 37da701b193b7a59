"""Puts recorded entries into the tree of their year, and signs it.

- One at a time: an advisory lock (a file lock on SQLite), and compare-and-set on the
  size of the tree for a sequencer that wrongly believes it holds the lock.
- The order in which a crash at any point loses and reveals nothing: (1) leaves, tiles
  and size commit together; (2) the checkpoint is signed and made durable in the file
  outside the database; (3) it is published in the database.
- It signs only a tree that extends the one in the file and the last one published.
  `LedgerRolledBack`, `LedgerForked` and `CheckpointMissing` mean: do not sign, call a
  person. Proven by tests/attack/test_ledger_rollback_is_detected.py.
- A year's tree begins with the last checkpoint of the year before. It begins half a
  minute into the year, for acts still under way at midnight; an entry that comes later
  yet still goes into the tree of its own year, as its receipt promised.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from signal_index.errors import (
    CheckpointMissing,
    LedgerForked,
    LedgerRolledBack,
)
from signal_index.identifiers import new_uuid7
from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.merkle import Edge, grow
from signal_index.proof import (
    Checkpoint,
    FirstLeaf,
    encode_first_leaf,
    hash_leaf,
    origin_of,
)
from signal_index.store.connect import is_sqlite, reading, transaction
from signal_index.store.ledger_tiles import (
    compute_root,
    find_checkpoint,
    open_checkpoint,
    read_edge,
)
from signal_index.store.ledger_tree import (
    Growth,
    NewLeaf,
    Tree,
    append_leaves,
    begin_tree,
    find_pending,
    find_pending_years,
    find_trees,
    insert_checkpoint,
    sequencer_lock,
)
from signal_index.upkeep.checkpoint_file import (
    file_lock,
    read_checkpoints,
    write_checkpoint,
)

BATCH = 4096
_AFTER_MIDNIGHT = timedelta(seconds=30)


@dataclass(frozen=True)
class Sequencer:
    """What sequencing takes: database, key, the ledger's name, the file outside."""

    engine: AsyncEngine
    key: CheckpointKey
    origin_base: str
    checkpoint_file: Path


async def sequence_once(sequencer: Sequencer, *, now: datetime) -> int:
    """Put every recorded entry into its tree, sign, and give how many there were.

    To be called at least every second; costs two small reads when nothing is new. Gives
    0 at once where another sequencer is at work.
    """
    async with _lock(sequencer) as held:
        if not held:
            return 0
        async with reading(sequencer.engine) as conn:
            pending = set(await find_pending_years(conn))
            trees = await find_trees(conn)
        behind = {tree.year for tree in trees.values() if tree.signed < tree.size}
        done = 0
        for year in sorted(pending | behind):
            await _verify_year(sequencer, year)
            done += await _integrate_year(sequencer, year, now)
            await _sign_year(sequencer, year, now)
        return done


async def verify_start(sequencer: Sequencer) -> None:
    """Hold that the database extends every tree that the file says was signed.

    To be called before the first `sequence_once`. Raises `LedgerRolledBack`,
    `LedgerForked` or `CheckpointMissing`.
    """
    async with reading(sequencer.engine) as conn:
        trees = await find_trees(conn)
    for year in sorted({*trees, *read_checkpoints(sequencer.checkpoint_file)}):
        await _verify_year(sequencer, year)


@asynccontextmanager
async def _lock(sequencer: Sequencer) -> AsyncIterator[bool]:
    if is_sqlite(sequencer.engine):
        with file_lock(sequencer.checkpoint_file) as held:
            yield held
        return
    async with sequencer_lock(sequencer.engine) as held:
        yield held


async def _integrate_year(sequencer: Sequencer, year: int, now: datetime) -> int:
    done, last = 0, BATCH
    while last == BATCH:
        async with transaction(sequencer.engine) as conn:
            last = await _integrate_batch(conn, sequencer, year, now)
        done += last
    return done


async def _integrate_batch(
    conn: AsyncConnection, sequencer: Sequencer, year: int, now: datetime
) -> int:
    pending = await find_pending(conn, year, BATCH)
    leaves = [NewLeaf(entry, hash_leaf(leaf)) for entry, leaf in pending]
    tree = (await find_trees(conn)).get(year)
    if tree is not None:
        edge = await read_edge(conn, year, tree.size)
    elif leaves and _may_begin(year, now):
        edge = Edge(0, [])
        leaves.insert(0, await _begin_year(conn, sequencer, year, now))
    else:
        return 0
    if leaves:
        _, tiles = grow(edge, [leaf.leaf_hash for leaf in leaves])
        await append_leaves(conn, Growth(year, edge.size, leaves, tiles))
    return len(pending)


def _may_begin(year: int, now: datetime) -> bool:
    return now >= datetime(year, 1, 1, tzinfo=UTC) + _AFTER_MIDNIGHT


async def _begin_year(
    conn: AsyncConnection, sequencer: Sequencer, year: int, now: datetime
) -> NewLeaf:
    earlier = [before for before in await find_trees(conn) if before < year]
    previous = await find_checkpoint(conn, max(earlier)) if earlier else None
    origin = origin_of(sequencer.origin_base, year)
    entry = new_uuid7(now)
    leaf = encode_first_leaf(FirstLeaf(entry, now, origin, previous))
    tree = Tree(year, origin, size=0, signed=0)
    await begin_tree(conn, tree, entry=entry, leaf=leaf, now=now)
    return NewLeaf(entry, hash_leaf(leaf))


async def _sign_year(sequencer: Sequencer, year: int, now: datetime) -> None:
    async with reading(sequencer.engine) as conn:
        tree = (await find_trees(conn)).get(year)
        if tree is None or tree.signed == tree.size:
            return
        root = await compute_root(conn, year, tree.size)
    note = sign_checkpoint(Checkpoint(tree.origin, tree.size, root), sequencer.key)
    await asyncio.to_thread(write_checkpoint, sequencer.checkpoint_file, year, note)
    async with transaction(sequencer.engine) as conn:
        await insert_checkpoint(conn, tree, note, now)


async def _verify_year(sequencer: Sequencer, year: int) -> None:
    """Hold the tree of a year to all that was signed, before it grows any further."""
    outside = read_checkpoints(sequencer.checkpoint_file).get(year)
    async with reading(sequencer.engine) as conn:
        tree = (await find_trees(conn)).get(year)
        published = await find_checkpoint(conn, year)
        if published is not None and outside is None:
            raise CheckpointMissing(f"the checkpoint file lacks the year {year}")
        for note in {note for note in (outside, published) if note is not None}:
            await _verify_extends(conn, year, tree, open_checkpoint(note))


async def _verify_extends(
    conn: AsyncConnection, year: int, tree: Tree | None, signed: Checkpoint
) -> None:
    if tree is None or tree.size < signed.size:
        raise LedgerRolledBack(
            f"the tree of {year} is smaller than the one that was signed last"
        )
    if signed.origin != tree.origin:
        raise LedgerForked(f"the tree of {year} has another origin than was signed")
    if await compute_root(conn, year, signed.size) != signed.root:
        raise LedgerForked(f"the tree of {year} is not the one that was signed")
