"""Rebuilds a tree from its leaf hashes, tile by tile, in constant memory.

Written apart from `signal_index.merkle` on purpose: a mistake there is not repeated
here. Every tile that the source shows is compared with the one rebuilt.
"""

from collections.abc import Callable, Sequence
from hmac import compare_digest

from signal_index.proof import (
    EMPTY_ROOT,
    TILE_WIDTH,
    ConsistencyRefused,
    InclusionRefused,
    TileRef,
    fold_row,
)

ReadTile = Callable[[TileRef], bytes]


class TreeRebuilt:
    """Takes leaf hashes in order; knows the root at any size passed so far."""

    def __init__(self, read_tile: ReadTile) -> None:
        self._read_tile = read_tile
        self._rows: list[list[bytes]] = [[]]
        self._full: list[int] = [0]
        self.size = 0

    def append(self, hashes: Sequence[bytes]) -> None:
        """Add the hashes of one tile of level 0: 256, or fewer at the very end."""
        self.size += len(hashes)
        self._rows[0].extend(hashes)
        level = 0
        while len(self._rows[level]) == TILE_WIDTH:
            self._close_tile(level)
            level += 1

    def _close_tile(self, level: int) -> None:
        row = self._rows[level]
        if level:  # level 0 is what we are rebuilding from
            self._compare(TileRef(level, self._full[level]), row)
        if level + 1 == len(self._rows):
            self._rows.append([])
            self._full.append(0)
        self._rows[level + 1].append(fold_row(row))
        self._full[level] += 1
        self._rows[level] = []

    def compare_partial_tiles(self) -> None:
        """Compare the partial tiles above level 0, once all leaves are there."""
        for level, row in enumerate(self._rows):
            if level and row:
                self._compare(TileRef(level, self._full[level], len(row)), row)

    def _compare(self, ref: TileRef, row: Sequence[bytes]) -> None:
        if not compare_digest(self._read_tile(ref), b"".join(row)):
            raise InclusionRefused(
                "a tile of the tree is not the one that its entries give"
            )

    def root_with(self, more: Sequence[bytes] = ()) -> bytes:
        """Give the root of the tree so far and a few more leaf hashes."""
        rest: list[bytes] = list(more)
        for row in self._rows:
            items = [*row, *rest]
            rest = [fold_row(items)] if items else []
        return rest[0] if rest else EMPTY_ROOT


def verify_root(found: bytes, signed: bytes, *, earlier: bool) -> None:
    """Hold that a rebuilt root is the signed one, or raise."""
    if compare_digest(found, signed):
        return
    if earlier:
        raise ConsistencyRefused(
            "the ledger does not extend the earlier checkpoint: it was rewritten"
        )
    raise InclusionRefused("the entries do not give the root that was signed")
