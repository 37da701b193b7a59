"""Paths and contents of tiles and entry bundles (c2sp.org/tlog-tiles).

- A tile holds 256 consecutive hashes of one level; a level is eight levels of the tree.
- Only the last tile of a level may hold fewer: a partial tile, named with its width.
- The same paths serve over HTTP, in a directory and in an exported file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signal_index.proof.encoding import HASH_BYTES, parse_size
from signal_index.proof.errors import MalformedProof

TILE_WIDTH = 256
_LENGTH_BYTES = 2
_ENTRIES = "entries"


@dataclass(frozen=True)
class TileRef:
    """Which tile: level (None for an entry bundle), number, and number of hashes."""

    level: int | None
    position: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Give the path below the ledger's prefix, without a leading slash."""
        level = _ENTRIES if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_encode_position(self.position)}{partial}"


def _encode_position(position: int) -> str:
    text = f"{position % 1000:03d}"
    while position := position // 1000:
        text = f"x{position % 1000:03d}/{text}"
    return text


def parse_tile_path(path: str) -> TileRef:
    """Read a tile's path as `TileRef.path` gives it, or raise `MalformedProof`."""
    parts = path.split("/")
    if len(parts) < 3 or parts[0] != "tile":
        raise MalformedProof("this is not the path of a tile")
    level = None if parts[1] == _ENTRIES else parse_size(parts[1])
    numbers, width = parts[2:], TILE_WIDTH
    if len(numbers) > 1 and numbers[-2].endswith(".p"):
        width = parse_size(numbers[-1])
        numbers = [*numbers[:-2], numbers[-2].removesuffix(".p")]
    digits = "".join(part.removeprefix("x") for part in numbers)
    if len(digits) > 18 or not (digits.isascii() and digits.isdigit()):
        raise MalformedProof("the number of a tile is not one")
    ref = TileRef(level, int(digits), width)
    if not 1 <= width <= TILE_WIDTH or (level or 0) > 63 or ref.path() != path:
        raise MalformedProof("the path of a tile is not in its one form")
    return ref


def list_tiles(level: int, size: int) -> Iterator[TileRef]:
    """Give the tiles of one level of a tree of this size, the partial one last."""
    count = size // TILE_WIDTH**level
    for position in range(count // TILE_WIDTH):
        yield TileRef(level, position)
    if count % TILE_WIDTH:
        yield TileRef(level, count // TILE_WIDTH, count % TILE_WIDTH)


def list_bundles(size: int) -> Iterator[TileRef]:
    """Give the entry bundles of a tree with `size` leaves."""
    for tile in list_tiles(0, size):
        yield TileRef(None, tile.position, tile.width)


def split_tile(data: bytes, width: int) -> Sequence[bytes]:
    """Give the hashes of a tile of this width, or raise `MalformedProof`."""
    if len(data) != width * HASH_BYTES:
        raise MalformedProof("a tile does not have the length of its hashes")
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """Give an entry bundle: each leaf after its length as a big-endian uint16."""
    return b"".join(len(leaf).to_bytes(_LENGTH_BYTES) + leaf for leaf in leaves)


def parse_bundle(data: bytes, width: int) -> Sequence[bytes]:
    """Give the leaves of an entry bundle of this width, or raise `MalformedProof`."""
    leaves, at = [], 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[start - _LENGTH_BYTES : start])
        leaves.append(data[start:at])
    if at != len(data) or len(leaves) != width:
        raise MalformedProof("an entry bundle does not hold the leaves it should")
    return leaves
