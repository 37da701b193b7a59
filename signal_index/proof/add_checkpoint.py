"""What a ledger sends to a witness (c2sp.org/tlog-witness, `add-checkpoint`).

The size that the witness saw last, the hashes that prove the growth since then, and the
signed checkpoint. The same text in a file is what `signal-index witness sign` takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from signal_index.proof.encoding import decode_hash, encode_b64, parse_size
from signal_index.proof.errors import MalformedProof
from signal_index.proof.note import MAX_NOTE_BYTES

SIZE_TYPE = "text/x.tlog.size"
"""Content type of the size in the answer 409."""

_OLD = "old "
_MAX_HASHES = 63
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 4 * 1024
"""The largest note, with so many hashes before it."""


@dataclass(frozen=True)
class AddCheckpoint:
    """A request to a witness: `path` proves the growth from `old` leaves onwards."""

    old: int
    path: Sequence[bytes]
    checkpoint: str

    def encode(self) -> str:
        """Give the text of the request."""
        hashes = "".join(f"{encode_b64(step)}\n" for step in self.path)
        return f"{_OLD}{self.old}\n{hashes}\n{self.checkpoint}"


def parse_add_checkpoint(text: str) -> AddCheckpoint:
    """Read a request, or raise `MalformedProof`."""
    head, separator, checkpoint = text.partition("\n\n")
    first, *hashes = head.split("\n")
    if not separator or not first.startswith(_OLD) or len(hashes) > _MAX_HASHES:
        raise MalformedProof("this is not a request to a witness")
    return AddCheckpoint(
        old=parse_size(first.removeprefix(_OLD)),
        path=tuple(decode_hash(line) for line in hashes),
        checkpoint=checkpoint,
    )
