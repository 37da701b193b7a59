"""What a witness refuses.

    WitnessError
    ├── WitnessUnusable        settings, key or memory: it does not start
    └── CheckpointRefused      a request that gets no cosignature
        ├── UnknownOrigin        of a ledger that it was not told of
        ├── NotSigned            no signature of that ledger's key holds
        ├── NotARequest          malformed, or it would shrink by its own words
        ├── OldSizeDiffers       not the size that we saw last; says which it was
        ├── RootDiffers          another tree of the size that we cosigned
        └── GrowthNotProven      the proof does not lead from our root to theirs

`OldSizeDiffers` is everyday: a ledger that restarts asks anew. `RootDiffers` under a
valid signature proves that the ledger forked, and `GrowthNotProven` that it forked or
that who sent it made the proof up: both are kept as evidence (`witness.memory`).
"""


class WitnessError(Exception):
    """Anything that a witness says did not hold."""


class WitnessUnusable(WitnessError):
    """The witness does not start: settings, key or memory are not what they must be."""


class CheckpointRefused(WitnessError):
    """The checkpoint is not cosigned.

    `evidence`: what it shows of a ledger that signed it, by itself ("fork"), or unless
    who sent it made the proof up ("growth"); None: nothing.
    """

    evidence: str | None = None


class UnknownOrigin(CheckpointRefused):
    """The checkpoint is of a ledger that this witness was not told of."""


class NotSigned(CheckpointRefused):
    """No signature of the ledger's key holds."""


class NotARequest(CheckpointRefused):
    """The request is malformed, or its old size is larger than its checkpoint."""


class OldSizeDiffers(CheckpointRefused):
    """The old size is not that of the checkpoint that we cosigned last.

    `is_fork`: it is another tree of the size that we cosigned all the same.
    """

    def __init__(self, size: int, *, is_fork: bool = False) -> None:
        super().__init__(f"the last checkpoint cosigned here has {size} entries")
        self.size = size
        self.evidence = "fork" if is_fork else None


class RootDiffers(CheckpointRefused):
    """We cosigned another tree of this size: the ledger forked."""

    evidence = "fork"


class GrowthNotProven(CheckpointRefused):
    """The proof does not lead from the tree that we cosigned to this one."""

    evidence = "growth"
