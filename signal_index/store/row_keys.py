"""Which row keys are in use: what the database says, and how a process takes it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.pseudonym import RowKeySecret
from signal_index.row_keys import RowKeyRing, RowKeyState, RowKeyUse, derive_check
from signal_index.tables.registry import row_key_use


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


async def find_since(conn: AsyncConnection, number: int) -> datetime | None:
    """Find since when a key is used as it is."""
    query = select(row_key_use.c.since).where(row_key_use.c.number == number)
    found = await conn.scalar(query)
    return found if isinstance(found, datetime) else None
