"""Which row keys are in use: what the database says, and how a process takes it up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidRow
from keys.pseudonym import RowKeySecret, SealedRow
from signal_index.errors import RowKeyBusy
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.row_keys import (
    RowKeyRing,
    RowKeys,
    RowKeyState,
    RowKeyStates,
    RowKeyUse,
    derive_check,
)
from signal_index.store.acts import Act, Recorder
from signal_index.store.many_rows import in_parts
from signal_index.tables.registry import row_key_use
from signal_index.tables.signals import signal

ROWS_WRITTEN: Final = 0x5349474E_00000005
_HOLD: Final = text("SELECT pg_advisory_xact_lock_shared(:lock)")
_PATIENCE: Final = text("SET LOCAL lock_timeout = '5s'")  # who writes waits meanwhile
_WAIT: Final = text("SELECT pg_advisory_xact_lock(:lock)")
"""Shared by every transaction that wrote rows, from its last statement to its COMMIT;
whoever closes a key waits for them. On SQLite there is one writer anyhow."""


async def find_uses(conn: AsyncConnection) -> Sequence[RowKeyUse]:
    """Find the row keys under which rows may stand, by number."""
    rows = await conn.execute(select(row_key_use).order_by(row_key_use.c.number))
    return [
        RowKeyUse(row.number, bytes(row.check_value), RowKeyState(row.state), row.since)
        for row in rows
    ]


async def find_states(conn: AsyncConnection) -> RowKeyStates:
    """Find what each row key is used for."""
    return {one.number: one.state for one in await find_uses(conn)}


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


async def hold_rows(conn: AsyncConnection, keys: RowKeys) -> None:
    """Hold what was asked and written under keys until COMMIT, or raise `RowKeyLeft`.

    The last thing before COMMIT, however long ago the rows were derived: nothing that
    was read stood under another key, and what commits stands under one that is not
    closed, and is met by whoever counts after closing.
    """
    states = await _hold(conn)
    keys.verify_asked(states)
    keys.verify_written(states)


async def hold_written(
    conn: AsyncConnection, keys: RowKeys, under: Collection[int]
) -> None:
    """Hold until COMMIT the keys under which rows are written, or raise `RowKeyLeft`.

    `under`: the numbers of the keys that these were really made under. For whoever
    writes anew what was read: it may have moved since, and its key been closed. No
    statement where nothing is named.
    """
    if under:
        keys.verify_written(await _hold(conn), under)


async def _hold(conn: AsyncConnection) -> RowKeyStates:
    """Let no key be closed until COMMIT, and give what each is used for."""
    if conn.dialect.name == "postgresql":
        await conn.execute(_HOLD, {"lock": ROWS_WRITTEN})
    return await find_states(conn)


@asynccontextmanager
async def holding_rows(conn: AsyncConnection, ring: RowKeyRing) -> AsyncIterator[None]:
    """Have what the block writes stand under a key that is in use when it commits.

    The keys that are in use are taken up before it, and held after it until COMMIT.
    Raises `KeyFilesRefused` before it, `RowKeyLeft` after it.
    """
    await take_up(conn, ring)
    rows = ring.keys
    yield
    ring.verify_same(rows)
    await hold_rows(conn, rows)


async def close_use(conn: AsyncConnection, number: int, now: datetime) -> None:
    """Let nothing be written under a key from here on: what began before has ended.

    Raises `RowKeyBusy` where something that was written does not commit.
    """
    if conn.dialect.name == "postgresql":
        await conn.execute(_PATIENCE)
        try:
            await conn.execute(_WAIT, {"lock": ROWS_WRITTEN})
        except DBAPIError as error:
            raise RowKeyBusy("something is being written and stands still") from error
    await change_use(conn, number, RowKeyState.CLOSED, now)


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
