"""Holds two checkpoints of one ledger against each other, without reading its entries.

Reads the few tiles that a proof of growth takes. Says nothing about entries: only that
nothing which was signed then has been changed or dropped since.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from signal_index.proof import (
    Checkpoint,
    TileRef,
    TreeRead,
    Witnessed,
    verify_consistency,
)
from signal_index.verify.errors import CannotJudge
from signal_index.verify.sources import LedgerSource
from signal_index.verify.trust import Trust, read_note


@dataclass(frozen=True)
class ProvenGrowth:
    """That the ledger extends every checkpoint that was brought along."""

    signed: Checkpoint
    earlier: Sequence[Checkpoint]
    witnessed: Witnessed | None
    is_former: bool


def judge_growth(source: LedgerSource, trust: Trust) -> ProvenGrowth:
    """Give what holds of the checkpoints, or raise.

    `ProofRefused`: false. `MalformedProof` or `CannotJudge`: it cannot be said; also
    where no earlier checkpoint was brought along, for then nothing is compared.
    """
    data = source.read("checkpoint")
    if data is None:
        raise CannotJudge("there is no checkpoint at that place")
    note = read_note(data)
    found = trust.verify_signed(note)
    signed = found.checkpoint
    if not trust.earlier and found.witnessed is None:
        raise CannotJudge("there is nothing to compare the checkpoint with")
    earlier = trust.verify_earlier(signed)
    tree = TreeRead(signed.size, lambda ref: _read_tile(source, ref))
    for before in earlier:
        path = tree.prove_growth(before.size)
        verify_consistency(before.size, signed.size, path, before.root, signed.root)
    return ProvenGrowth(signed, earlier, found.witnessed, found.is_former)


def _read_tile(source: LedgerSource, ref: TileRef) -> bytes:
    data = source.read(ref.path())
    if data is None:
        raise CannotJudge("a tile of the ledger is missing")
    return data
