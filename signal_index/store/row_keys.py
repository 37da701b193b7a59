"""Which row keys are in use: what the database says, and how a process takes it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidRow
from keys.pseudonym import RowKeySecret, SealedRow
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.row_keys import (
    RowKeyRing,
    RowKeys,
    RowKeyState,
    RowKeyUse,
    derive_check,
)
from signal_index.store.acts import Act, Recorder
from signal_index.store.many_rows import in_parts
from signal_index.tables.registry import row_key_use
from signal_index.tables.signals import signal


async def find_uses(conn: AsyncConnection) -> Sequence[RowKeyUse]:
    """Find the row keys under which rows may stand, by number."""
    rows = await conn.execute(select(row_key_use).order_by(row_key_use.c.number))
    return [
        RowKeyUse(row.number, bytes(row.check_value), RowKeyState(row.state))
        for row in rows
    ]


async def take_up(conn: AsyncConnection, ring: RowKeyRing) -> bool:
    """Hold the keys that are in use now, or raise `KeyFilesRefused`."""
    return ring.take_up(await find_uses(conn))


async def add_use(
    conn: AsyncConnection,
    number: int,
    key: RowKeySecret,
    state: RowKeyState,
    now: datetime,
) -> None:
    """Say that a key is in use from now on."""
    row = {"number": number, "check_value": derive_check(key), "state": state.value}
    await conn.execute(insert(row_key_use), {**row, "since": now})


async def change_use(
    conn: AsyncConnection, number: int, state: RowKeyState, now: datetime
) -> None:
    """Say what a key is used for from now on."""
    own = row_key_use.c.number == number
    await conn.execute(
        update(row_key_use).where(own).values(state=state.value, since=now)
    )


async def remove_use(conn: AsyncConnection, number: int) -> None:
    """Say that nothing stands under a key any more: every process forgets it."""
    await conn.execute(delete(row_key_use).where(row_key_use.c.number == number))


async def erase_unreadable(
    conn: AsyncConnection, keys: RowKeys, recorder: Recorder
) -> int:
    """Erase signals whose row does not open under these keys, and record how many.

    Nobody finds them any more. Their source misses them when it compares what it told
    with what stands here, and tells them again.
    """
    columns = signal.c
    query = select(columns.row_key, columns.id, columns.seal, columns.category)
    lost = []
    async for row in await conn.stream(query):
        try:
            keys.open(SealedRow(bytes(row.row_key), bytes(row.seal)), row.category)
        except InvalidRow:
            lost.append((bytes(row.row_key), row.id))
    for part in in_parts(lost):
        named = tuple_(columns.row_key, columns.id).in_(part)
        await conn.execute(delete(signal).where(named))
    what: JsonObject = {"act": "rows-given-up", "rows": len(lost)}
    await recorder.record(conn, Act(what, Kind.ADMINISTRATION))
    return len(lost)


async def find_since(conn: AsyncConnection, number: int) -> datetime | None:
    """Find since when a key is used as it is."""
    query = select(row_key_use.c.since).where(row_key_use.c.number == number)
    found = await conn.scalar(query)
    return found if isinstance(found, datetime) else None
