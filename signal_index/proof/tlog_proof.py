"""Offline proofs that an entry is in the ledger (c2sp.org/tlog-proof).

A text of a few lines: the place of the leaf, the hashes on the way to the root, and
the signed checkpoint. With the leaf and the ledger's public key anyone can check it,
without asking us.

- The specification leaves one line to the application, `extra`: ours carries the leaf
  itself and the disclosures of exactly the groups that this reader may see, so that one
  file says what was recorded and proves it. Nothing in it is believed for standing
  there: the leaf must hash to its place, each disclosure to the leaf.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from keys.base64url import encode_b64u
from signal_index.proof.checkpoint import Checkpoint, verify_checkpoint
from signal_index.proof.disclosure import Disclosure, verify_disclosure
from signal_index.proof.encoding import (
    decode_b64,
    decode_b64u,
    decode_hash,
    decode_json,
    encode_b64,
    encode_json,
    parse_size,
)
from signal_index.proof.errors import DisclosureRefused, MalformedProof
from signal_index.proof.leaf import FirstLeaf, Leaf, parse_leaf
from signal_index.proof.note import NoteKey
from signal_index.proof.rfc9162 import hash_leaf, verify_inclusion

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_MAX_HASHES = 64


@dataclass(frozen=True, repr=False)
class Shown:
    """What a proof file shows of its entry: the leaf, and the groups opened for it."""

    leaf: bytes
    disclosures: Sequence[str]

    def encode(self) -> bytes:
        """Give the opaque bytes of the line `extra`."""
        return encode_json(
            {"disclosures": list(self.disclosures), "leaf": encode_b64u(self.leaf)}
        )


@dataclass(frozen=True, repr=False)
class OpenedEntry:
    """An entry that is proven to stand in the tree, as far as it was opened."""

    leaf: Leaf | FirstLeaf
    groups: Sequence[Disclosure]
    index: int
    checkpoint: Checkpoint


@dataclass(frozen=True)
class TlogProof:
    """Place of a leaf, the hashes beside its way to the root, and a signed note.

    `extra` is what the application adds, None where it adds nothing (`Shown.encode`).
    """

    index: int
    path: Sequence[bytes]
    checkpoint: str
    extra: bytes | None = None

    def encode(self) -> str:
        """Give the text of the proof."""
        extra = "" if self.extra is None else f"{_EXTRA}{encode_b64(self.extra)}\n"
        hashes = "".join(f"{encode_b64(step)}\n" for step in self.path)
        return f"{PROOF_HEADER}\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"


def parse_tlog_proof(text: str) -> TlogProof:
    """Read a proof, or raise `MalformedProof`. Extra data is kept, never trusted."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != PROOF_HEADER:
        raise MalformedProof("this is not a tlog-proof")
    has_extra = len(lines) > 1 and lines[1].startswith(_EXTRA)
    rest = lines[2:] if has_extra else lines[1:]
    if not rest or not rest[0].startswith("index ") or len(rest) > 1 + _MAX_HASHES:
        raise MalformedProof("a tlog-proof names no place, or too many hashes")
    return TlogProof(
        index=parse_size(rest[0].removeprefix("index ")),
        path=tuple(decode_hash(line) for line in rest[1:]),
        checkpoint=checkpoint,
        extra=decode_b64(lines[1].removeprefix(_EXTRA)) if has_extra else None,
    )


def parse_shown(proof: TlogProof) -> Shown:
    """Read what a proof file shows of its entry, or raise `MalformedProof`."""
    if proof.extra is None:
        raise MalformedProof("the proof does not hold the entry that it is of")
    match decode_json(proof.extra):
        case {"disclosures": [*texts], "leaf": str(leaf), **rest} if not rest:
            disclosures = [text for text in texts if isinstance(text, str)]
            if len(disclosures) == len(texts):
                return Shown(decode_b64u(leaf), disclosures)
    raise MalformedProof("what a proof shows is not a leaf and its disclosures")


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


def verify_proof_file(
    proof: TlogProof, keys: Sequence[NoteKey], *, origin: str
) -> OpenedEntry:
    """Hold that the entry in a proof file is in the tree and reads as it is opened.

    Besides what `verify_tlog_proof` raises: `DisclosureRefused` where an opened group
    is not the one in the leaf, or is opened twice.
    """
    shown = parse_shown(proof)
    checkpoint = verify_tlog_proof(proof, shown.leaf, keys, origin=origin)
    leaf = parse_leaf(shown.leaf)
    opened: Sequence[Disclosure] = ()
    if isinstance(leaf, Leaf):
        opened = [verify_disclosure(leaf.groups, text) for text in shown.disclosures]
    if len({one.group for one in opened}) != len(shown.disclosures):
        raise DisclosureRefused("a group is opened twice, or the entry has none")
    return OpenedEntry(leaf, opened, proof.index, checkpoint)
