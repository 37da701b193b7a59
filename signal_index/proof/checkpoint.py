"""Checkpoints (c2sp.org/tlog-checkpoint): the signed size and root of a tree.

- A checkpoint belongs to one origin; the origin of our trees ends in the calendar year.
- Whoever holds an older checkpoint of an origin holds the ledger to it: the later tree
  must extend it (`verify_consistency`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from signal_index.proof.encoding import decode_hash, encode_b64, parse_size
from signal_index.proof.errors import MalformedProof, OriginRefused
from signal_index.proof.note import NoteKey, verify_note


@dataclass(frozen=True)
class Checkpoint:
    """Size and root hash of the tree of one origin.

    `extensions`: further lines that the ledger signed. Ours has none; those of others
    are kept as they are, and nothing is made of them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def encode(self) -> str:
        """Give the text that is signed."""
        lines = (self.origin, str(self.size), encode_b64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint, or raise `MalformedProof`.

    Says nothing about a signature: `verify_checkpoint` does.
    """
    *lines, end = text.split("\n")
    if len(lines) < 3 or end or not all(lines):
        raise MalformedProof("a checkpoint is not origin, size and root hash")
    origin, size, root, *extensions = lines
    return Checkpoint(origin, parse_size(size), decode_hash(root), tuple(extensions))


def verify_checkpoint(
    note: str, keys: Sequence[NoteKey], *, origin: str | None = None
) -> Checkpoint:
    """Give the checkpoint that a key of its own origin signed.

    Only keys named as the origin count: a key of one ledger or year never vouches for
    another. Raises `SignatureRefused`, `OriginRefused` (another origin than asked for)
    or `MalformedProof`.
    """
    claimed = note.partition("\n")[0]
    if origin is not None and claimed != origin:
        raise OriginRefused("the checkpoint is of another ledger or year")
    text = verify_note(note, [key for key in keys if key.name == claimed])
    return parse_checkpoint(text)


def year_of_origin(origin: str) -> int:
    """Give the calendar year in which an origin ends, or raise `MalformedProof`."""
    base, separator, year = origin.rpartition("/")
    if not (base and separator and len(year) == 4):
        raise MalformedProof("an origin does not end in a year")
    return parse_size(year)


def origin_of(base: str, year: int) -> str:
    """Give the origin of a year's tree: the ledger's own name and the year."""
    return f"{base}/{year:04d}"


def move_to_year(name: str, year: int) -> str:
    """Give the origin that a ledger of this name has in another year."""
    return origin_of(name.rpartition("/")[0], year)
