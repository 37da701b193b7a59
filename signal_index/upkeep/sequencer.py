"""Puts recorded entries into the tree of their year, and signs it.

- One at a time: an advisory lock (a file lock on SQLite), and compare-and-set on the
  size of the tree for a sequencer that wrongly believes it holds the lock.
- The order in which a crash at any point loses and reveals nothing: (1) leaves, tiles
  and size commit together; (2) the checkpoint is signed and made durable in the file
  outside the database; (3) the witnesses cosign it; (4) it is published in the
  database, and beside it what enough of them cosigned.
- It signs only a tree that extends the one in the file, the last one published, and
  what the witnesses saw. `LedgerRolledBack`, `LedgerForked`, `LedgerRenamed` and
  `CheckpointMissing` mean: do not sign, call a person. Proven by
  tests/attack/test_ledger_rollback_is_detected.py.
- A quiet ledger is cosigned again once a minute, so that the newest cosignature always
  says that the ledger is watched now.
- A year's tree begins with the last cosigned checkpoint of the year before (the last
  signed one where nobody witnesses: a trial). It begins half a minute into the year,
  for acts still under way at midnight; an entry that comes later yet still goes into
  the tree of its own year, as its receipt promised.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import new_uuid7
from signal_index.merkle import TreeEdge, grow
from signal_index.proof import FirstLeaf, encode_first_leaf, hash_leaf, origin_of
from signal_index.store.connect import is_sqlite, reading, transaction
from signal_index.store.ledger_tiles import find_checkpoint, read_edge
from signal_index.store.ledger_tree import (
    Growth,
    NewLeaf,
    Tree,
    append_leaves,
    begin_tree,
    find_last_key,
    find_pending,
    find_pending_years,
    find_trees,
    sequencer_lock,
    verify_ledger_name,
)
from signal_index.store.witnessing import (
    GENERATION,
    clear_refusal,
    find_generation,
    find_refused,
    find_witnessed,
    year_of_key,
)
from signal_index.upkeep.checkpoint_file import file_lock
from signal_index.upkeep.ledger_checks import telling_refusal, verify_start, verify_tree
from signal_index.upkeep.ledger_parts import Sequencer
from signal_index.upkeep.ledger_signing import cosign_again, sign_tree

__all__ = ["BATCH", "Sequencer", "sequence_once", "verify_start"]

BATCH = 4096
_AFTER_MIDNIGHT = timedelta(seconds=30)


async def sequence_once(sequencer: Sequencer, *, now: datetime) -> int:
    """Put every recorded entry into its tree, sign, and give how many there were.

    To be called at least every second; costs a few small reads when nothing is new.
    Gives 0 at once where another sequencer is at work.
    """
    async with _lock(sequencer) as held, telling_refusal(sequencer, now):
        return await _sequence(sequencer, now) if held else 0


async def _sequence(sequencer: Sequencer, now: datetime) -> int:
    async with reading(sequencer.engine) as conn:
        await verify_ledger_name(conn, sequencer.origin_base)
        before = GENERATION * await find_generation(conn)
        pending = {before + year for year in await find_pending_years(conn)}
        trees = await find_trees(conn)
        refused = await find_refused(conn)
    behind = {tree.key for tree in trees.values() if tree.signed < tree.size}
    done = 0
    for key in sorted(pending | behind):
        await verify_tree(sequencer, key)
        done += await _integrate_tree(sequencer, key, now)
        await sign_tree(sequencer, key, now)
    await cosign_again(sequencer, now)
    if refused is not None:
        await _go_on(sequencer, refused, now)
    return done


async def _go_on(sequencer: Sequencer, refused: datetime, now: datetime) -> None:
    """Say that the ledger is signed again: as it was signed, and seen since.

    A witness that refused it and is silent now has not come round.
    """
    await verify_start(sequencer, now=now)
    async with transaction(sequencer.engine) as conn:
        trees = await find_trees(conn)
        seen = await find_witnessed(conn, max(trees)) if trees else None
        if sequencer.witnesses is None or (seen is not None and seen.at > refused):
            await clear_refusal(conn)


@asynccontextmanager
async def _lock(sequencer: Sequencer) -> AsyncIterator[bool]:
    if is_sqlite(sequencer.engine):
        with file_lock(sequencer.checkpoint_file) as held:
            yield held
        return
    async with sequencer_lock(sequencer.engine) as held:
        yield held


async def _integrate_tree(sequencer: Sequencer, key: int, now: datetime) -> int:
    done, last = 0, BATCH
    while last == BATCH:
        async with transaction(sequencer.engine) as conn:
            last = await _integrate_batch(conn, sequencer, key, now)
        done += last
    return done


async def _integrate_batch(
    conn: AsyncConnection, sequencer: Sequencer, key: int, now: datetime
) -> int:
    year = year_of_key(key)
    pending = await find_pending(conn, year, BATCH)
    leaves = [NewLeaf(entry, hash_leaf(leaf)) for entry, leaf in pending]
    tree = (await find_trees(conn)).get(key)
    if tree is not None:
        edge = await read_edge(conn, key, tree.size)
    elif leaves and _may_begin(year, now):
        edge = TreeEdge(0, [])
        leaves.insert(0, await _begin_tree(conn, sequencer, key, now))
    else:
        return 0
    if leaves:
        _, tiles = grow(edge, [leaf.leaf_hash for leaf in leaves])
        await append_leaves(conn, Growth(key, edge.size, leaves, tiles))
    return len(pending)


def _may_begin(year: int, now: datetime) -> bool:
    return now >= datetime(year, 1, 1, tzinfo=UTC) + _AFTER_MIDNIGHT


async def _begin_tree(
    conn: AsyncConnection, sequencer: Sequencer, key: int, now: datetime
) -> NewLeaf:
    origin = origin_of(sequencer.origin_base, year_of_key(key))
    entry = new_uuid7(now)
    previous = await _find_previous(conn, key)
    leaf = encode_first_leaf(FirstLeaf(entry, now, origin, previous))
    tree = Tree(key, origin, size=0, signed=0)
    await begin_tree(conn, tree, entry=entry, leaf=leaf, now=now)
    return NewLeaf(entry, hash_leaf(leaf))


async def _find_previous(conn: AsyncConnection, key: int) -> str | None:
    """Give the checkpoint that a new tree goes on from: the last one cosigned."""
    before = await find_last_key(conn, key)
    if before is None:
        return None
    witnessed = await find_witnessed(conn, before)
    return await find_checkpoint(conn, before) if witnessed is None else witnessed.note
