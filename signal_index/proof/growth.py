"""Proves that one tree extends another, from the few tiles that it takes.

Reads about two tiles per level, not the whole ledger: a checkpoint kept in June is held
against today's in a moment. Written apart from `signal_index.merkle` on purpose, after
the recursive definition (RFC 6962 section 2.1.2) instead of ranges: a mistake there is
not repeated here. What comes out is checked by `verify_consistency`; a tile that lies
gives a proof that fails, and one of another length is `MalformedProof`.
"""

from collections.abc import Awaitable, Callable, Sequence

from signal_index.proof.rfc9162 import fold_row, hash_node
from signal_index.proof.tiles import TILE_WIDTH, TileRef, split_tile

ReadTile = Callable[[TileRef], bytes]
_TILE_HEIGHT = 8


class TreeRead:
    """A tree of a known size, read tile by tile as its hashes are asked for."""

    def __init__(self, size: int, read_tile: ReadTile) -> None:
        self._size = size
        self._read_tile = read_tile
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def prove_growth(self, old: int) -> Sequence[bytes]:
        """Give the consistency proof from `old` leaves to all of them."""
        if old in {0, self._size}:
            return []
        return self._subproof(old, 0, self._size, known=True)

    def _subproof(
        self, old: int, start: int, end: int, *, known: bool
    ) -> Sequence[bytes]:
        """Give SUBPROOF(m, D[start:end], b): `known` says the root of D[m] is."""
        if old == end:
            return [] if known else [self._root(start, end)]
        middle = start + _largest_power_below(end - start)
        if old <= middle:
            left = self._subproof(old, start, middle, known=known)
            return [*left, self._root(middle, end)]
        right = self._subproof(old, middle, end, known=False)
        return [*right, self._root(start, middle)]

    def _root(self, start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1):
            middle = start + _largest_power_below(width)
            return hash_node(self._root(start, middle), self._root(middle, end))
        level = (width.bit_length() - 1) // _TILE_HEIGHT
        first, count = start >> _TILE_HEIGHT * level, width >> _TILE_HEIGHT * level
        hashes = self._tile(level, first // TILE_WIDTH)
        place = first % TILE_WIDTH
        return fold_row(hashes[place : place + count])

    def _tile(self, level: int, position: int) -> Sequence[bytes]:
        if (level, position) not in self._tiles:
            there = (self._size >> _TILE_HEIGHT * level) - position * TILE_WIDTH
            ref = TileRef(level, position, min(TILE_WIDTH, there))
            self._tiles[level, position] = split_tile(self._read_tile(ref), ref.width)
        return self._tiles[level, position]


async def fetch_growth(
    old: int, size: int, fetch: Callable[[TileRef], Awaitable[bytes]]
) -> Sequence[bytes]:
    """Give the consistency proof from `old` leaves to `size`, from tiles as they come.

    Raises what `fetch` does, and `MalformedProof`.
    """
    fetched: dict[TileRef, bytes] = {}
    tree = TreeRead(size, fetched.__getitem__)
    while True:
        try:
            return tree.prove_growth(old)
        except KeyError as missing:
            (ref,) = missing.args
            fetched[ref] = await fetch(ref)


def _largest_power_below(number: int) -> int:
    return 1 << (number - 1).bit_length() - 1
