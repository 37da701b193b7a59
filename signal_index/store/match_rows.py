"""Rows of matches: read and written by name, and counted, so that a missing one shows.

A step is one row that points at nothing, so the last one of a match leaves no gap. For
each last day one more row holds, sealed, how many there are and the sum of their names.
It is rewritten with each of them, and says only that something was written.

Who also puts back an older copy of that row is not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.keyring import YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.matching import Tally, derive_tally_handle, open_tally, seal_tally
from signal_index.proof import DisclosureRefused
from signal_index.store.many_rows import in_parts
from signal_index.tables.matches import match_step


async def find_step_rows(
    conn: AsyncConnection, handles: Collection[bytes]
) -> Mapping[bytes, bytes]:
    """Read what stands under these names, sealed."""
    found: dict[bytes, bytes] = {}
    for part in in_parts(sorted(handles)):
        these = select(match_step).where(match_step.c.handle.in_(part))
        for row in await conn.execute(these):
            found[bytes(row.handle)] = bytes(row.sealed)
    return found


async def insert_step_row(
    conn: AsyncConnection, handle: bytes, sealed: bytes, until: date
) -> bool:
    """Write a row under a name; False where that is taken, and nothing was written."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    row = {"handle": handle, "sealed": sealed, "until": until}
    done = await conn.execute(
        dialect.insert(match_step).values(row).on_conflict_do_nothing()
    )
    return bool(done.rowcount)


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """A row that was written, to be counted: its name, its last day, whose key."""

    handle: bytes
    until: date
    key: DisclosureKey


async def tally_rows(conn: AsyncConnection, written: Iterable[Written]) -> None:
    """Count rows in, once all of a transaction are written; then nobody waits for us.

    A tally that was altered is left as it is: it shows until its day is past.
    """
    days: dict[tuple[date, int], list[Written]] = defaultdict(list)
    for one in written:
        days[one.until, one.key.year].append(one)
    for (until, _), rows in sorted(days.items()):
        handles = [one.handle for one in rows]
        await _count_in(conn, until, Tally.of(handles), rows[0].key)


async def _count_in(
    conn: AsyncConnection, until: date, more: Tally, key: DisclosureKey
) -> None:
    name = derive_tally_handle(key, until)
    row = match_step.c.handle == name
    await insert_step_row(conn, name, seal_tally(name, Tally.of(()), key), until)
    sealed = await conn.scalar(select(match_step.c.sealed).where(row).with_for_update())
    try:
        tally = open_tally(name, bytes(sealed or b""), key)
    except DisclosureRefused:
        return
    counted = seal_tally(name, tally + more, key)
    await conn.execute(update(match_step).where(row).values(sealed=counted))


async def count_missing(conn: AsyncConnection, keys: YearKeys) -> int:
    """Count, by last day, the rows that were there and are not; one where unclear."""
    days: dict[date, set[bytes]] = defaultdict(set)
    for row in await conn.execute(select(match_step.c.handle, match_step.c.until)):
        days[row.until].add(bytes(row.handle))
    missing = 0
    for day, handles in days.items():
        names = {
            derive_tally_handle(key, day): key for key in keys.disclosures.values()
        }
        found = await find_step_rows(conn, names)
        there = Tally.of(handles - found.keys())
        try:
            told = [open_tally(name, row, names[name]) for name, row in found.items()]
        except DisclosureRefused:
            missing += 1
            continue
        tally = sum(told, Tally.of(()))
        if tally != there:
            missing += max(1, tally.count - there.count)
    return missing
