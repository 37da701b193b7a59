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

`OldSizeDiffers` is everyday: a ledger that restarts asks anew. `RootDiffers` and
`GrowthNotProven` under a valid signature prove that the ledger forked.
"""


class WitnessError(Exception):
    """Anything that a witness says did not hold."""


class WitnessUnusable(WitnessError):
    """The witness does not start: settings, key or memory are not what they must be."""


class CheckpointRefused(WitnessError):
    """The checkpoint is not cosigned."""


class UnknownOrigin(CheckpointRefused):
    """The checkpoint is of a ledger that this witness was not told of."""


class NotSigned(CheckpointRefused):
    """No signature of the ledger's key holds."""


class NotARequest(CheckpointRefused):
    """The request is malformed, or its old size is larger than its checkpoint."""


class OldSizeDiffers(CheckpointRefused):
    """The old size is not that of the checkpoint that we cosigned last."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the last checkpoint cosigned here has {size} entries")
        self.size = size


class RootDiffers(CheckpointRefused):
    """We cosigned another tree of this size: the ledger forked."""

    def __init__(self, size: int) -> None:
        super().__init__("another tree of this size was cosigned before")
        self.size = size


class GrowthNotProven(CheckpointRefused):
    """The proof does not lead from the tree that we cosigned to this one."""
