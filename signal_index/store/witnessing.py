"""Keeps what witnesses cosigned last, and which generation of the ledger is going on.

- A ledger goes on for years under one name. Where what was signed cannot be gone on
  with (a backup came back, a fork), it is succeeded: the next generation has another
  name, its own trees, and an entry that says why.
- The key of a tree is its calendar year, plus 10,000 for each generation before: 2026,
  2027, and after one succession 12026, 12027. So the trees of a generation stay as they
  were, and the greatest key is the newest tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.tables.ledger import ledger_checkpoint, ledger_entry, ledger_tree
from signal_index.tables.witnessing import (
    ledger_hour,
    ledger_refusal,
    ledger_succession,
    ledger_witnessed,
)

GENERATION = 10_000
_ONE = 1


@dataclass(frozen=True)
class WitnessedCheckpoint:
    """The newest checkpoint of a tree that enough witnesses cosigned."""

    size: int
    note: str
    at: datetime


@dataclass(frozen=True)
class Succession:
    """That a ledger took the place of another: its number, its name, its entry."""

    generation: int
    origin: str
    entry: UUID
    at: datetime


@dataclass(frozen=True)
class LedgerPast:
    """When the first entry was recorded, if any was, and whether ever witnessed."""

    began: datetime | None
    was_witnessed: bool


def year_of_key(key: int) -> int:
    """Give the calendar year of a tree."""
    return key % GENERATION


async def find_generation(conn: AsyncConnection) -> int:
    """Give how often this ledger was succeeded: 0 for one that never was."""
    last = await conn.scalar(select(func.max(ledger_succession.c.generation)))
    return 0 if last is None else int(last)


async def find_key(conn: AsyncConnection, year: int) -> int:
    """Give the key of a year's tree in the ledger that goes on, made or not."""
    return GENERATION * await find_generation(conn) + year


async def find_succession(conn: AsyncConnection) -> Succession | None:
    """Give the last succession, None where there never was one."""
    row = (
        await conn.execute(
            select(ledger_succession)
            .order_by(ledger_succession.c.generation.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    return Succession(row.generation, row.origin, row.entry_id, row.succeeded_at)


async def insert_succession(conn: AsyncConnection, made: Succession) -> None:
    """Write that a ledger took the place of another; its entry is already written."""
    await conn.execute(
        insert(ledger_succession).values(
            generation=made.generation,
            origin=made.origin,
            entry_id=made.entry,
            succeeded_at=made.at,
        )
    )


async def keep_witnessed(
    conn: AsyncConnection, key: int, found: WitnessedCheckpoint
) -> None:
    """Keep the newest cosigned checkpoint of a tree; never one of a smaller tree.

    The first of an hour is kept for ever. For the sequencer, of which there is one at a
    time.
    """
    values = {"size": found.size, "note": found.note, "witnessed_at": found.at}
    table = ledger_witnessed
    known = await find_witnessed(conn, key)
    if known is None:
        await conn.execute(insert(table).values(year=key, **values))
    elif known.size <= found.size:
        await conn.execute(update(table).where(table.c.year == key).values(**values))
    if known is None or _hour_of(known.at) != _hour_of(found.at):
        await _keep_hour(conn, key, found)


async def _keep_hour(
    conn: AsyncConnection, key: int, found: WitnessedCheckpoint
) -> None:
    table, hour = ledger_hour, _hour_of(found.at)
    is_kept = (table.c.year == key) & (table.c.hour == hour)
    if await conn.scalar(select(table.c.size).where(is_kept)) is None:
        row = {"year": key, "hour": hour, "size": found.size, "note": found.note}
        await conn.execute(insert(table), row)


async def find_hours(conn: AsyncConnection, key: int) -> Sequence[str]:
    """Give the cosigned checkpoints of a tree, one an hour, the oldest first."""
    table = ledger_hour
    notes = select(table.c.note).where(table.c.year == key).order_by(table.c.hour)
    return (await conn.scalars(notes)).all()


def _hour_of(at: datetime) -> int:
    return int(at.timestamp()) // 3600


async def find_witnessed(conn: AsyncConnection, key: int) -> WitnessedCheckpoint | None:
    """Give the newest cosigned checkpoint of a tree, if there is one."""
    row = (
        await conn.execute(
            select(ledger_witnessed).where(ledger_witnessed.c.year == key)
        )
    ).one_or_none()
    return (
        None
        if row is None
        else WitnessedCheckpoint(row.size, row.note, row.witnessed_at)
    )


async def find_shown(conn: AsyncConnection, key: int | None = None) -> str | None:
    """Give the newest signed checkpoint of a tree, with its newest cosignatures.

    `key` None: of the newest tree. None where nothing was signed.
    """
    table = ledger_checkpoint
    newest = select(table.c.year, table.c.size, table.c.note).order_by(
        table.c.year.desc(), table.c.size.desc()
    )
    if key is not None:
        newest = newest.where(table.c.year == key)
    row = (await conn.execute(newest.limit(1))).one_or_none()
    if row is None:
        return None
    witnessed = await find_witnessed(conn, row.year)
    is_newest = witnessed is not None and witnessed.size == row.size
    return witnessed.note if witnessed is not None and is_newest else row.note


async def find_unwitnessed_since(conn: AsyncConnection) -> datetime | None:
    """Give since when nobody outside has confirmed that the ledger only grows.

    That is when the newest tree was last cosigned; where it never was, when it was
    first signed; where nothing was signed yet, when the first entry was recorded. None
    for a ledger without entries: there is nothing to confirm.
    """
    tree, witnessed = ledger_tree, ledger_witnessed
    row = (
        await conn.execute(
            select(tree.c.year, witnessed.c.witnessed_at)
            .join_from(tree, witnessed, witnessed.c.year == tree.c.year, isouter=True)
            .order_by(tree.c.year.desc())
            .limit(1)
        )
    ).one_or_none()
    at: datetime | None = None if row is None else row.witnessed_at
    if at is not None:
        return at
    if row is not None:
        first = (
            select(ledger_checkpoint.c.signed_at)
            .where(ledger_checkpoint.c.year == row.year)
            .order_by(ledger_checkpoint.c.size)
        )
        signed: datetime | None = await conn.scalar(first.limit(1))
        if signed is not None:
            return signed
    return await _find_beginning(conn)


async def note_refusal(conn: AsyncConnection, reason: str, now: datetime) -> None:
    """Say that nothing is signed on this ledger, and why; the first reason stays."""
    if await find_refused(conn) is None:
        row = {"one": _ONE, "reason": reason, "refused_at": now}
        await conn.execute(insert(ledger_refusal), row)


async def find_refused(conn: AsyncConnection) -> datetime | None:
    """Give since when nothing is signed on this ledger; None: it is gone on with."""
    since: datetime | None = await conn.scalar(select(ledger_refusal.c.refused_at))
    return since


async def clear_refusal(conn: AsyncConnection) -> None:
    """Say that the ledger is signed again."""
    await conn.execute(delete(ledger_refusal))


async def find_past(conn: AsyncConnection) -> LedgerPast:
    """Give when this database's ledger began, in whatever generation it is now."""
    witnessed = await conn.scalar(select(ledger_witnessed.c.year).limit(1))
    return LedgerPast(await _find_beginning(conn), witnessed is not None)


async def _find_beginning(conn: AsyncConnection) -> datetime | None:
    oldest = select(ledger_entry.c.recorded_at).order_by(ledger_entry.c.entry_id)
    recorded: datetime | None = await conn.scalar(oldest.limit(1))
    return recorded
