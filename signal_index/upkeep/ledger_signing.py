"""Signs a tree that was held to everything signed before, and has it cosigned.

First the file outside the database, then the witnesses, then the database: whatever
is published was durable outside before. Of a cosigned note the newest is kept, and one
an hour: what a cosignature says to the second, of every tree there was, would say when
each entry came.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from signal_index.ledger import sign_checkpoint
from signal_index.merkle import consistency_ranges
from signal_index.proof import Checkpoint, Cosignature
from signal_index.store.connect import reading, transaction
from signal_index.store.ledger_tiles import compute_root, prove_ranges
from signal_index.store.ledger_tree import Tree, find_trees, insert_checkpoint
from signal_index.store.witnessing import (
    WitnessedCheckpoint,
    find_witnessed,
    keep_witnessed,
)
from signal_index.upkeep.checkpoint_file import write_checkpoint
from signal_index.upkeep.cosigning import Signed
from signal_index.upkeep.ledger_checks import verify_tree
from signal_index.upkeep.ledger_parts import Sequencer

AGAIN = timedelta(seconds=60)


async def sign_tree(sequencer: Sequencer, key: int, now: datetime) -> None:
    """Sign a tree that grew: outside first, then cosigned, then published.

    `verify_tree` must have held before it grew.
    """
    async with reading(sequencer.engine) as conn:
        tree = (await find_trees(conn)).get(key)
        if tree is None or tree.signed == tree.size:
            return
        root = await compute_root(conn, key, tree.size)
    checkpoint = Checkpoint(tree.origin, tree.size, root)
    note = sign_checkpoint(checkpoint, *sequencer.key.at(now))
    await asyncio.to_thread(write_checkpoint, sequencer.checkpoint_file, key, note)
    note, witnessed = await _cosign(sequencer, key, checkpoint, now)
    async with transaction(sequencer.engine) as conn:
        await insert_checkpoint(conn, tree, note, now)
        if witnessed is not None:
            await keep_witnessed(conn, key, witnessed)


async def _cosign(
    sequencer: Sequencer, key: int, checkpoint: Checkpoint, now: datetime
) -> tuple[str, WitnessedCheckpoint | None]:
    """Give the note to publish, and the cosigned one where enough of them did.

    Too few are published with it, for whoever asks for no more; of enough the newest is
    kept beside it.
    """
    note = sign_checkpoint(checkpoint, *sequencer.key.at(now))
    if sequencer.witnesses is None:
        return note, None

    async def prove(old: int) -> Sequence[bytes]:
        async with reading(sequencer.engine) as conn:
            ranges = consistency_ranges(old, checkpoint.size)
            return await prove_ranges(conn, key, checkpoint.size, ranges)

    signed = Signed(checkpoint, note, prove)
    found = await sequencer.witnesses.cosign(signed, now=now)
    full = note + "".join(one.encode() for one in found)
    if _count(found) < sequencer.witnesses.quorum:
        return full, None
    return note, WitnessedCheckpoint(checkpoint.size, full, now)


def _count(found: Sequence[Cosignature]) -> int:
    return len({one.key.public for one in found})


async def cosign_again(sequencer: Sequencer, now: datetime) -> None:
    """Have the newest tree cosigned where that is a minute ago, or was not done yet."""
    if sequencer.witnesses is None:
        return
    async with reading(sequencer.engine) as conn:
        trees = await find_trees(conn)
        if not trees:
            return
        tree = trees[max(trees)]
        before = await find_witnessed(conn, tree.key)
    if not tree.signed or tree.signed < tree.size or not _is_due(tree, before, now):
        return
    await verify_tree(sequencer, tree.key)
    async with reading(sequencer.engine) as conn:
        root = await compute_root(conn, tree.key, tree.size)
    checkpoint = Checkpoint(tree.origin, tree.size, root)
    _, witnessed = await _cosign(sequencer, tree.key, checkpoint, now)
    if witnessed is not None:
        async with transaction(sequencer.engine) as conn:
            await keep_witnessed(conn, tree.key, witnessed)


def _is_due(tree: Tree, before: WitnessedCheckpoint | None, now: datetime) -> bool:
    # The distance, not the difference: after a clock jumped back it is due at once.
    return before is None or before.size < tree.signed or abs(now - before.at) >= AGAIN
