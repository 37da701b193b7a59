"""Makes a large ledger for the verifier: the files of an export, without a database.

Leaves have the form and the length of lookups; what they would open is random, for the
verifier reads leaves and hashes only. The tree is grown and signed by the index's own
code.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from signal_index.identifiers import make_uuid7
from signal_index.ledger import CheckpointKey, note_key, sign_checkpoint
from signal_index.merkle import FullTile, TreeEdge, grow
from signal_index.proof import (
    TILE_WIDTH,
    Checkpoint,
    FirstLeaf,
    Group,
    Kind,
    Leaf,
    Outcome,
    TileRef,
    encode_bundle,
    encode_first_leaf,
    encode_leaf,
    hash_leaf,
    origin_of,
)

ORIGIN = "index.measured.example"
YEAR = 2026
_KEY = CheckpointKey(b"\x01" * 32)
_BEGAN = datetime(YEAR, 1, 1, 0, 1, tzinfo=UTC)
_OIN = "00000001990000000002"


def make_ledger(folder: Path, entries: int) -> str:
    """Write a ledger of so many entries into a folder, and give its public key."""
    edge = TreeEdge(0, [])
    for start in range(0, entries, TILE_WIDTH):
        leaves = [_leaf(n) for n in range(start, min(start + TILE_WIDTH, entries))]
        edge, tiles = grow(edge, [hash_leaf(leaf) for leaf in leaves])
        bundle = TileRef(None, start // TILE_WIDTH, len(leaves))
        _write(folder, bundle, encode_bundle(leaves))
        _write_tiles(folder, tiles)
    _write_edge(folder, edge)
    origin = origin_of(ORIGIN, YEAR)
    note = sign_checkpoint(Checkpoint(origin, entries, edge.root()), _KEY)
    (folder / "checkpoint").write_text(note, "utf-8")
    return note_key(_KEY, origin).encode()


def _leaf(number: int) -> bytes:
    at = _BEGAN + timedelta(milliseconds=number * 25)
    entry = make_uuid7(at, number)
    if number == 0:
        return encode_first_leaf(FirstLeaf(entry, at, origin_of(ORIGIN, YEAR), None))
    seed = number.to_bytes(8)
    return encode_leaf(
        Leaf(
            entry=entry,
            kind=Kind.LOOKUP,
            minute=at,
            organisation=_OIN,
            municipality="9901",
            activity="lookup-wmo-onderzoek",
            policy="digest-of-the-policy-as-it-was-at-that-moment",
            outcome=Outcome.ANSWERED,
            groups={g: hashlib.sha256(seed + g.encode()).digest() for g in Group},
        )
    )


def _write_tiles(folder: Path, tiles: Sequence[FullTile]) -> None:
    for tile in tiles:
        _write(folder, TileRef(tile.level, tile.position), b"".join(tile.hashes))


def _write_edge(folder: Path, edge: TreeEdge) -> None:
    for level, hashes in enumerate(edge.partial):
        if hashes:
            position = (edge.size >> 8 * level) // TILE_WIDTH
            _write(folder, TileRef(level, position, len(hashes)), b"".join(hashes))


def _write(folder: Path, ref: TileRef, data: bytes) -> None:
    path = folder / ref.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
