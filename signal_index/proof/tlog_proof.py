"""Offline proofs that an entry is in the ledger (c2sp.org/tlog-proof).

A text of a few lines: the place of the leaf, the hashes on the way to the root, and
the signed checkpoint. With the leaf and the ledger's public key anyone can check it,
without asking us.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from signal_index.proof.checkpoint import Checkpoint, verify_checkpoint
from signal_index.proof.encoding import decode_hash, encode_b64, parse_size
from signal_index.proof.errors import MalformedProof
from signal_index.proof.note import NoteKey
from signal_index.proof.rfc9162 import hash_leaf, verify_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"
_MAX_HASHES = 64


@dataclass(frozen=True)
class TlogProof:
    """Place of a leaf, the hashes beside its way to the root, and a signed note."""

    index: int
    path: Sequence[bytes]
    checkpoint: str

    def encode(self) -> str:
        """Give the text of the proof."""
        hashes = "".join(f"{encode_b64(step)}\n" for step in self.path)
        return f"{_HEADER}\nindex {self.index}\n{hashes}\n{self.checkpoint}"


def parse_tlog_proof(text: str) -> TlogProof:
    """Read a proof, or raise `MalformedProof`. Extra data is skipped, never trusted."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != _HEADER:
        raise MalformedProof("this is not a tlog-proof")
    rest = lines[2:] if lines[1:] and lines[1].startswith("extra ") else lines[1:]
    if not rest or not rest[0].startswith("index ") or len(rest) > 1 + _MAX_HASHES:
        raise MalformedProof("a tlog-proof names no place, or too many hashes")
    return TlogProof(
        index=parse_size(rest[0].removeprefix("index ")),
        path=tuple(decode_hash(line) for line in rest[1:]),
        checkpoint=checkpoint,
    )


def verify_tlog_proof(
    proof: TlogProof, leaf: bytes, keys: Sequence[NoteKey], *, origin: str
) -> Checkpoint:
    """Hold that the leaf is in the tree that the proof's checkpoint signs.

    Gives that checkpoint. Raises `SignatureRefused`, `OriginRefused`,
    `InclusionRefused` or `MalformedProof`.
    """
    checkpoint = verify_checkpoint(proof.checkpoint, keys, origin=origin)
    verify_inclusion(
        hash_leaf(leaf), proof.index, checkpoint.size, proof.path, checkpoint.root
    )
    return checkpoint
