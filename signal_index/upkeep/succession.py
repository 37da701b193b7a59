"""Begins a ledger anew where what was signed cannot be gone on with, and records why.

A backup that came back is older than what was signed: nothing can be signed on it that
does not contradict what others hold. So the ledger gets another name, and with it new
trees; the old ones stay as they are, their proofs and receipts keep their meaning, and
the first leaf of the new one carries the last checkpoint of the old one that is left.

- Only where the sequencer refuses: a ledger that is as it was signed is never succeeded
  (`LedgerGoesOn`).
- The entry says who decided, what was refused, which checkpoint was signed, and how
  much of that the database still holds: the difference is what was lost.
- Everybody notices: desks refuse receipts under the new name until their settings say
  it, and witnesses until they are told of the new key.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import (
    CheckpointMissing,
    LedgerForked,
    LedgerGoesOn,
    LedgerNotNamed,
    LedgerRolledBack,
    StartRefused,
)
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import reading
from signal_index.store.ledger_tree import find_trees, verify_ledger_name
from signal_index.store.witnessing import (
    Succession,
    find_generation,
    insert_succession,
)
from signal_index.upkeep.checkpoint_file import read_checkpoints
from signal_index.upkeep.ledger_checks import verify_start
from signal_index.upkeep.ledger_parts import Sequencer

_REFUSALS: dict[type[StartRefused], str] = {
    LedgerRolledBack: "rolled-back",
    LedgerForked: "forked",
    CheckpointMissing: "checkpoint-missing",
}


@dataclass(frozen=True)
class Decision:
    """Who decided, when, that the ledger begins anew, under which name."""

    origin: str
    by_role: str
    on: date


async def find_refusal(sequencer: Sequencer, *, now: datetime) -> StartRefused:
    """Give why the ledger of this name cannot be gone on with, or `LedgerGoesOn`.

    Raises `LedgerNotNamed` where the database knows it under another name.
    """
    async with reading(sequencer.engine) as conn:
        try:
            await verify_ledger_name(conn, sequencer.origin_base)
        except StartRefused:
            raise LedgerNotNamed("the ledger that goes on is not called so") from None
    try:
        await verify_start(sequencer, now=now)
    except (LedgerRolledBack, LedgerForked, CheckpointMissing) as refusal:
        return refusal
    raise LedgerGoesOn("the ledger is as it was signed: go on with it")


async def succeed(
    conn: AsyncConnection,
    recorder: Recorder,
    sequencer: Sequencer,
    decision: Decision,
    refusal: StartRefused,
) -> Succession:
    """Record that the ledger begins anew; both commit with the caller's transaction."""
    if decision.origin == sequencer.origin_base:
        raise LedgerNotNamed("give the new ledger another name in ledger_origin first")
    trees = await find_trees(conn)
    held = trees[max(trees)] if trees else None
    outside = _read_outside(sequencer)
    what: JsonObject = {
        "act": "ledger-succeeded",
        "from": sequencer.origin_base,
        "to": decision.origin,
        "byRole": decision.by_role,
        "on": decision.on.isoformat(),
        "refusal": _REFUSALS[type(refusal)],
        "signed": outside,
        "held": None if held is None else {"origin": held.origin, "size": held.size},
    }
    entry = await recorder.record(conn, Act(what, Kind.WITNESS))
    generation = await find_generation(conn) + 1
    made = Succession(generation, decision.origin, entry, recorder.clock())
    await insert_succession(conn, made)
    return made


def _read_outside(sequencer: Sequencer) -> str | None:
    """Give the last checkpoint that was signed, where the file can still be read."""
    try:
        notes = read_checkpoints(sequencer.checkpoint_file)
    except CheckpointMissing:
        return None
    return notes[max(notes)] if notes else None
