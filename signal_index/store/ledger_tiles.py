"""Reads the tree: checkpoints, tiles, entry bundles and the hashes of proofs.

- A full tile is one row; a partial tile is read from the level below (leaf hashes, or
  the roots of full tiles), at whatever width it once had: so every tile that a signed
  checkpoint needs stays readable, and none is stored twice.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.merkle import (
    Range,
    Tiles,
    TreeEdge,
    edge_tiles,
    hash_ranges,
    make_edge,
    tiles_of,
)
from signal_index.proof import (
    TILE_WIDTH,
    Checkpoint,
    TileRef,
    encode_bundle,
    parse_checkpoint,
    split_tile,
)
from signal_index.tables.ledger import (
    ledger_checkpoint,
    ledger_entry,
    ledger_leaf,
    ledger_tile,
)


async def find_checkpoint(conn: AsyncConnection, year: int | None = None) -> str | None:
    """Give the last signed checkpoint of a year, or of the newest year."""
    last = select(ledger_checkpoint.c.note).order_by(
        ledger_checkpoint.c.year.desc(), ledger_checkpoint.c.size.desc()
    )
    if year is not None:
        last = last.where(ledger_checkpoint.c.year == year)
    return await conn.scalar(last.limit(1))


def open_checkpoint(note: str) -> Checkpoint:
    """Give the checkpoint in a note of our own, without checking its signature."""
    return parse_checkpoint(note.rpartition("\n\n")[0] + "\n")


async def find_tile(conn: AsyncConnection, year: int, ref: TileRef) -> bytes | None:
    """Give the bytes of a tile or entry bundle, or None where the tree lacks it."""
    if ref.level is None:
        leaves = await _read_leaves(conn, year, ref)
        return encode_bundle(leaves) if len(leaves) == ref.width else None
    hashes = await _read_hashes(conn, year, ref)
    return b"".join(hashes) if len(hashes) == ref.width else None


async def read_edge(conn: AsyncConnection, year: int, size: int) -> TreeEdge:
    """Give the edge of a year's tree as it was at a size."""
    return make_edge(size, await _read_tiles(conn, year, edge_tiles(size)))


async def compute_root(conn: AsyncConnection, year: int, size: int) -> bytes:
    """Compute the root of a year's tree as it was at a size, from what is stored."""
    return (await read_edge(conn, year, size)).root()


async def prove_ranges(
    conn: AsyncConnection, year: int, size: int, ranges: Sequence[Range]
) -> Sequence[bytes]:
    """Give the hashes of ranges that a proof in the tree of this size names."""
    tiles = await _read_tiles(conn, year, tiles_of(ranges, size))
    return hash_ranges(ranges, tiles)


async def _read_tiles(
    conn: AsyncConnection, year: int, refs: Iterable[TileRef]
) -> Tiles:
    """Read tiles in at most three statements: full ones, roots below, leaves below.

    A proof takes two tiles a level; one statement each made most of its time.
    """
    found: dict[tuple[int, int], list[bytes]] = {}
    whole: list[tuple[int, int]] = []
    partial: list[TileRef] = []
    for ref in refs:
        if ref.width == TILE_WIDTH:
            whole.append((ref.level or 0, ref.position))
        else:
            partial.append(ref)
    tile = ledger_tile.c
    if whole:
        rows = await conn.execute(
            select(tile.level, tile.position, tile.hashes).where(
                tile.year == year, tuple_(tile.level, tile.position).in_(whole)
            )
        )
        for row in rows:
            hashes = split_tile(row.hashes, TILE_WIDTH)
            found[row.level, row.position] = list(hashes)
    above = [ref for ref in partial if ref.level]
    if above:
        found |= await _read_roots(conn, year, above)
    for ref in partial:
        if not ref.level:
            found[0, ref.position] = list(await _read_hashes(conn, year, ref))
    return found


async def _read_roots(
    conn: AsyncConnection, year: int, refs: Sequence[TileRef]
) -> dict[tuple[int, int], list[bytes]]:
    """Read partial tiles above the leaves: the roots of full tiles one level below."""
    tile = ledger_tile.c
    spans = [
        and_(
            tile.level == (ref.level or 0) - 1,
            tile.position >= ref.position * TILE_WIDTH,
            tile.position < ref.position * TILE_WIDTH + ref.width,
        )
        for ref in refs
    ]
    rows = await conn.execute(
        select(tile.level, tile.position, tile.root)
        .where(tile.year == year, or_(*spans))
        .order_by(tile.level, tile.position)
    )
    found: dict[tuple[int, int], list[bytes]] = {}
    for row in rows:
        place = (row.level + 1, row.position // TILE_WIDTH)
        found.setdefault(place, []).append(row.root)
    return found


async def _read_hashes(
    conn: AsyncConnection, year: int, ref: TileRef
) -> Sequence[bytes]:
    if ref.width == TILE_WIDTH:
        whole = await conn.scalar(
            select(ledger_tile.c.hashes).where(
                ledger_tile.c.year == year,
                ledger_tile.c.level == ref.level,
                ledger_tile.c.position == ref.position,
            )
        )
        return [] if whole is None else split_tile(whole, TILE_WIDTH)
    return (await conn.scalars(_partial_tile(year, ref))).all()


def _partial_tile(year: int, ref: TileRef) -> Select[bytes]:
    first = ref.position * TILE_WIDTH
    if ref.level == 0:
        return (
            select(ledger_leaf.c.leaf_hash)
            .where(
                ledger_leaf.c.year == year,
                ledger_leaf.c.position >= first,
                ledger_leaf.c.position < first + ref.width,
            )
            .order_by(ledger_leaf.c.position)
        )
    return (
        select(ledger_tile.c.root)
        .where(
            ledger_tile.c.year == year,
            ledger_tile.c.level == (ref.level or 0) - 1,
            ledger_tile.c.position >= first,
            ledger_tile.c.position < first + ref.width,
        )
        .order_by(ledger_tile.c.position)
    )


async def _read_leaves(
    conn: AsyncConnection, year: int, ref: TileRef
) -> Sequence[bytes]:
    first = ref.position * TILE_WIDTH
    leaves = await conn.scalars(
        select(ledger_entry.c.leaf)
        .join_from(ledger_leaf, ledger_entry)
        .where(
            ledger_leaf.c.year == year,
            ledger_leaf.c.position >= first,
            ledger_leaf.c.position < first + ref.width,
        )
        .order_by(ledger_leaf.c.position)
    )
    return leaves.all()
