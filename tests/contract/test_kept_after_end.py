"""Signals of a category that a checked statute allows keeping after their end."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.store.connect import transaction
from signal_index.store.erasure import Cause, Terms, end_signals, erase_signals
from tests.store_builders import (
    DATABASES,
    NOW,
    TODAY,
    a_signal_row,
    a_store,
    database_url,
    insert_contact_holder,
    insert_signals,
    register_source,
)

pytestmark = pytest.mark.anyio

TERMS = Terms(
    frozenset({"bijstand"}), NOW - timedelta(days=730), TODAY - timedelta(days=100)
)


@pytest.fixture(params=DATABASES)
async def conn(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AsyncConnection]:
    url = database_url(request.param, request, tmp_path)
    async with a_store(url) as engine, transaction(engine) as connection:
        await register_source(connection)
        yield connection


async def _insert(conn: AsyncConnection, **changes: object) -> None:
    holder = await insert_contact_holder(conn)
    await insert_signals(conn, a_signal_row(holder, **changes))


async def _ends(conn: AsyncConnection) -> list[tuple[str, str]]:
    found = await conn.execute(text("SELECT state, ended_on FROM signal"))
    return [(row.state, str(row.ended_on)) for row in found]


async def test_what_runs_out_ends_on_its_last_day_and_is_kept(
    conn: AsyncConnection,
) -> None:
    await _insert(conn, valid_until=date(2026, 11, 1))
    await end_signals(conn, TERMS, TODAY)
    assert await erase_signals(conn, [TERMS], TODAY) == {}
    assert await _ends(conn) == [("ended", "2026-11-01")]


async def test_what_nobody_confirms_ends_today_and_is_kept(
    conn: AsyncConnection,
) -> None:
    await _insert(conn, confirmed_on=NOW.date() - timedelta(days=800))
    await end_signals(conn, TERMS, TODAY)
    assert await _ends(conn) == [("ended", str(TODAY))]


async def test_what_was_kept_long_enough_is_erased(conn: AsyncConnection) -> None:
    await _insert(conn, state="ended", ended_on=TODAY - timedelta(days=101))
    gone = await erase_signals(conn, [TERMS], TODAY)
    assert [erased.cause for erased in gone] == [Cause.ENDED]
    assert await _ends(conn) == []
