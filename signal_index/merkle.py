"""Grows a Merkle tree and makes its proofs (RFC 9162 section 2.1), from tiles.

The writing side: what it makes is checked by `signal_index.proof`, which shares only
the two hash functions with it.

- A proof is a list of ranges of leaves, leaf to root (RFC 9162 sections 2.1.3.1 and
  2.1.4.1); each range is a few perfect subtrees; each of these stands in one tile.
- Pure: `tiles_of` says which tiles are needed, the store reads them, `hash_ranges`
  does the rest.
- A `TreeEdge` is the partial tiles at the right of a tree: all it takes to grow it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from signal_index.proof import EMPTY_ROOT, TILE_WIDTH, TileRef, hash_node

Range: TypeAlias = tuple[int, int]
"""Leaves from the first number up to, not including, the second."""

Tiles: TypeAlias = Mapping[tuple[int, int], Sequence[bytes]]
"""Hashes of tiles by level and position."""

_TILE_HEIGHT = 8


@dataclass(frozen=True)
class FullTile:
    """A tile that has become full: it never changes again."""

    level: int
    position: int
    hashes: Sequence[bytes]
    root: bytes


@dataclass(frozen=True)
class TreeEdge:
    """Size of a tree and the hashes of its partial tiles, from level 0 upwards."""

    size: int
    partial: Sequence[Sequence[bytes]]

    def root(self) -> bytes:
        """Give the root hash of the tree."""
        rest: list[bytes] = []
        for hashes in self.partial:
            items = [*hashes, *rest]
            rest = [fold(items)] if items else []
        return rest[0] if rest else EMPTY_ROOT


def edge_tiles(size: int) -> Sequence[TileRef]:
    """Give the partial tiles of a tree of this size, lowest level first."""
    refs = []
    level, count = 0, size
    while count:
        if count % TILE_WIDTH:
            refs.append(TileRef(level, count // TILE_WIDTH, count % TILE_WIDTH))
        level, count = level + 1, count // TILE_WIDTH
    return refs


def make_edge(size: int, tiles: Tiles) -> TreeEdge:
    """Give the edge of a tree from the tiles that `edge_tiles` named."""
    partial: list[Sequence[bytes]] = []
    for ref in edge_tiles(size):
        level = ref.level or 0
        partial.extend(() for _ in range(level - len(partial)))
        partial.append(tiles[level, ref.position])
    return TreeEdge(size, partial)


def grow(
    edge: TreeEdge, leaf_hashes: Sequence[bytes]
) -> tuple[TreeEdge, Sequence[FullTile]]:
    """Append leaves: give the new edge and the tiles that became full, in order."""
    full: list[FullTile] = []
    partial: list[Sequence[bytes]] = []
    rising, level, before = list(leaf_hashes), 0, edge.size
    while rising or level < len(edge.partial):
        held = edge.partial[level] if level < len(edge.partial) else ()
        hashes = [*held, *rising]
        first = before // TILE_WIDTH
        whole = len(hashes) // TILE_WIDTH
        made = [
            _full_tile(level, first + n, hashes[n * TILE_WIDTH : (n + 1) * TILE_WIDTH])
            for n in range(whole)
        ]
        full.extend(made)
        partial.append(hashes[whole * TILE_WIDTH :])
        rising = [tile.root for tile in made]
        level, before = level + 1, before // TILE_WIDTH
    return TreeEdge(edge.size + len(leaf_hashes), partial), full


def _full_tile(level: int, position: int, hashes: Sequence[bytes]) -> FullTile:
    return FullTile(level, position, hashes, fold(hashes))


def fold(hashes: Sequence[bytes]) -> bytes:
    """Give the root over a row of subtree hashes; only the last may be incomplete."""
    row = list(hashes)
    while len(row) > 1:
        pairs = [hash_node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = pairs + row[-1:] if len(row) % 2 else pairs
    return row[0]


def inclusion_ranges(index: int, size: int) -> Sequence[Range]:
    """Give the ranges whose hashes prove the leaf at `index` (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("the place lies outside the tree")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> Sequence[Range]:
    """Give the ranges that prove the growth between two sizes (RFC 9162, 2.1.4.1)."""
    if not 0 <= first <= second:
        raise ValueError("a tree never shrinks")
    if first in {0, second}:
        return []
    ranges: list[Range] = []
    start, end = 0, second
    while end != first:
        middle = start + _largest_power_below(end - start)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    whole = [] if start == 0 else [(start, end)]
    return whole + ranges[::-1]


def _largest_power_below(number: int) -> int:
    return 1 << (number - 1).bit_length() - 1


def _perfect_subtrees(span: Range) -> Iterator[Range]:
    """Split a range that a proof names: largest first, as the tree is built."""
    start, end = span
    while start < end:
        width = 1 << (end - start).bit_length() - 1
        yield start, start + width
        start += width


def _tile_place(subtree: Range) -> tuple[int, int, int, int]:
    """Give level, position, first hash and number of hashes of a perfect subtree."""
    start, end = subtree
    level = ((end - start).bit_length() - 1) // _TILE_HEIGHT
    first, count = start >> _TILE_HEIGHT * level, end - start >> _TILE_HEIGHT * level
    return level, first // TILE_WIDTH, first % TILE_WIDTH, count


def tiles_of(ranges: Iterable[Range], size: int) -> Sequence[TileRef]:
    """Give the tiles that hold the ranges, as wide as they are in a tree of `size`."""
    places = {
        _tile_place(subtree)[:2]
        for span in ranges
        for subtree in _perfect_subtrees(span)
    }
    return [
        TileRef(
            level,
            position,
            min(TILE_WIDTH, (size >> _TILE_HEIGHT * level) - position * TILE_WIDTH),
        )
        for level, position in sorted(places)
    ]


def hash_ranges(ranges: Iterable[Range], tiles: Tiles) -> Sequence[bytes]:
    """Give the hash of each range, from the tiles that `tiles_of` named."""
    return [_hash_range(span, tiles) for span in ranges]


def _hash_range(span: Range, tiles: Tiles) -> bytes:
    found: bytes | None = None
    for subtree in reversed(list(_perfect_subtrees(span))):
        level, position, first, count = _tile_place(subtree)
        left = fold(tiles[level, position][first : first + count])
        found = left if found is None else hash_node(left, found)
    return EMPTY_ROOT if found is None else found
