"""Holds the database to all that was signed, before anything more is.

Against the file outside the database, the checkpoints in it, and what the witnesses
saw. Proven by tests/attack/test_ledger_rollback_is_detected.py and
tests/attack/test_operator_rolls_the_ledger_back.py.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import (
    CheckpointMissing,
    LedgerForked,
    LedgerRenamed,
    LedgerRolledBack,
)
from signal_index.ledger import sign_checkpoint
from signal_index.proof import EMPTY_ROOT, Checkpoint, origin_of
from signal_index.store.connect import reading, transaction
from signal_index.store.ledger_tiles import (
    compute_root,
    find_checkpoint,
    open_checkpoint,
)
from signal_index.store.ledger_tree import Tree, find_trees, verify_ledger_name
from signal_index.store.witnessing import (
    GENERATION,
    find_generation,
    note_refusal,
    year_of_key,
)
from signal_index.upkeep.checkpoint_file import read_checkpoints
from signal_index.upkeep.cosigning import Signed
from signal_index.upkeep.ledger_parts import Sequencer

_REFUSALS = (LedgerRolledBack, LedgerForked, LedgerRenamed, CheckpointMissing)


async def verify_start(sequencer: Sequencer, *, now: datetime) -> None:
    """Hold that the database extends every tree that was signed, or raise.

    To be called before the first `sequence_once`. Held against the file outside the
    database and, where they answer, against what the witnesses saw: so a backup is
    found out also when the file came back with it. Raises `LedgerRolledBack`,
    `LedgerForked`, `LedgerRenamed` or `CheckpointMissing`.
    """
    async with telling_refusal(sequencer, now):
        await _verify_start(sequencer, now)


@asynccontextmanager
async def telling_refusal(sequencer: Sequencer, now: datetime) -> AsyncIterator[None]:
    """Let every process know at once where this ledger may not be signed any further.

    They answer emergencies alone until it is signed again (`api.witnessing`).
    """
    try:
        yield
    except _REFUSALS as refusal:
        # whatever else fails, what is raised is why it is not signed
        with suppress(SQLAlchemyError):
            async with transaction(sequencer.engine) as conn:
                await note_refusal(conn, type(refusal).__name__, now)
        raise


async def _verify_start(sequencer: Sequencer, now: datetime) -> None:
    async with reading(sequencer.engine) as conn:
        await verify_ledger_name(conn, sequencer.origin_base)
        first = GENERATION * await find_generation(conn)
        trees = await find_trees(conn)
    outside = read_checkpoints(sequencer.checkpoint_file)
    for key in sorted({*trees, *(key for key in outside if key >= first)}):
        await verify_tree(sequencer, key)
    sizes = {tree.year: tree.size for tree in trees.values()}
    for year in sorted({*list(sizes)[-1:], now.year}):
        await _verify_seen(sequencer, year, sizes.get(year, 0), now)


async def _verify_seen(
    sequencer: Sequencer, year: int, size: int, now: datetime
) -> None:
    if sequencer.witnesses is None:
        return
    empty = Checkpoint(origin_of(sequencer.origin_base, year), 0, EMPTY_ROOT)
    note = sign_checkpoint(empty, *sequencer.key.at(now))
    signed = Signed(empty, note, _prove_nothing)
    seen = await sequencer.witnesses.find_seen(signed)
    if seen > size:
        raise LedgerRolledBack(
            f"a witness saw {seen} entries of {year}, and the database holds {size}"
        )


async def _prove_nothing(_old: int) -> Sequence[bytes]:
    return ()


async def verify_tree(sequencer: Sequencer, key: int) -> None:
    """Hold a tree to all that was signed, before it grows any further."""
    outside = read_checkpoints(sequencer.checkpoint_file).get(key)
    async with reading(sequencer.engine) as conn:
        tree = (await find_trees(conn)).get(key)
        published = await find_checkpoint(conn, key)
        if published is not None and outside is None:
            raise CheckpointMissing(
                f"the checkpoint file lacks the year {year_of_key(key)}"
            )
        for note in {note for note in (outside, published) if note is not None}:
            await _verify_extends(conn, key, tree, open_checkpoint(note))


async def _verify_extends(
    conn: AsyncConnection, key: int, tree: Tree | None, signed: Checkpoint
) -> None:
    year = year_of_key(key)
    if tree is None or tree.size < signed.size:
        raise LedgerRolledBack(
            f"the tree of {year} is smaller than the one that was signed last"
        )
    if signed.origin != tree.origin:
        raise LedgerForked(f"the tree of {year} has another origin than was signed")
    if await compute_root(conn, key, signed.size) != signed.root:
        raise LedgerForked(f"the tree of {year} is not the one that was signed")
