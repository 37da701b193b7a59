"""What a verifier brings along: keys, checkpoints once seen, witnesses it believes."""

from collections.abc import Sequence
from dataclasses import dataclass

from signal_index.proof import (
    Checkpoint,
    ConsistencyRefused,
    MalformedProof,
    NoteKey,
    Witnessed,
    WitnessKey,
    key_of_year,
    verify_checkpoint,
    verify_quorum,
    year_of_origin,
)
from signal_index.verify.errors import CannotJudge


@dataclass(frozen=True)
class Quorum:
    """The witnesses that are believed, and how many of them must have cosigned."""

    keys: Sequence[WitnessKey]
    count: int


@dataclass(frozen=True)
class Trust:
    """What the verifier brings along.

    One key signs every year, each under that year's name; `year` None accepts any.
    `quorum` None: no witness is asked for, which the verdict then says.
    """

    key: NoteKey
    earlier: Sequence[str] = ()
    year: int | None = None
    quorum: Quorum | None = None

    def verify_signed(self, note: str) -> tuple[Checkpoint, NoteKey]:
        """Hold that the ledger signed this, and its witnesses; give it, and the key.

        Raises a `ProofRefused` leaf, or `CannotJudge` where the tree is empty.
        """
        year = self.year or year_of_origin(note.partition("\n")[0])
        key = key_of_year(self.key, year)
        signed = verify_checkpoint(note, [key], origin=key.name)
        if signed.size == 0:
            raise CannotJudge("the tree is empty")
        return signed, key

    def verify_witnessed(self, note: str) -> Witnessed | None:
        """Hold that enough witnesses cosigned this, where any are believed."""
        if self.quorum is None:
            return None
        return verify_quorum(note, self.quorum.keys, self.quorum.count)

    def verify_earlier(self, signed: Checkpoint, key: NoteKey) -> Sequence[Checkpoint]:
        """Give the checkpoints once seen, each smaller than what is signed now."""
        return [_verify_earlier(note, signed, key) for note in self.earlier]


def make_quorum(keys: Sequence[WitnessKey], count: int | None) -> Quorum | None:
    """Give the quorum asked for: all of the witnesses where no number is.

    Raises `CannotJudge` for one that could not refuse, or never be reached: naming no
    witness and asking for some is a mistake, not a pass.
    """
    if not keys and count is None:
        return None
    wanted = len(keys) if count is None else count
    if not 1 <= wanted <= len({key.public for key in keys}):
        raise CannotJudge("the quorum is not between one and the witnesses named")
    return Quorum(keys, wanted)


def read_note(data: bytes) -> str:
    """Give the text of a checkpoint, or raise `MalformedProof`."""
    try:
        return data.decode()
    except UnicodeDecodeError as cause:
        raise MalformedProof("the checkpoint is not text") from cause


def _verify_earlier(note: str, signed: Checkpoint, key: NoteKey) -> Checkpoint:
    earlier = verify_checkpoint(note, [key], origin=signed.origin)
    if earlier.size > signed.size:
        raise ConsistencyRefused(
            "the ledger is smaller than an earlier checkpoint: it was rolled back"
        )
    return earlier
