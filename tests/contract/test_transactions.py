"""The one writing transaction: whole or not at all, and one writer at a time."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.errors import DatabaseNotMigrated
from signal_index.store.connect import (
    DatabaseRole,
    open_engine,
    reading,
    transaction,
    truncate_wal,
)
from tests.store_builders import DATABASES, a_store, database_url

pytestmark = pytest.mark.anyio

INSERT = "INSERT INTO policy_activation VALUES (:digest, '2026-11-22 12:00:00')"
COUNT = "SELECT count(*) FROM policy_activation"


@pytest.fixture(params=DATABASES)
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AsyncEngine]:
    async with a_store(database_url(request.param, request, tmp_path)) as opened:
        yield opened


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with a_store(f"sqlite+aiosqlite:///{tmp_path}/index.sqlite") as opened:
        yield opened


async def _write(engine: AsyncEngine, *digests: str) -> None:
    async with transaction(engine) as conn:
        for digest in digests:
            await conn.execute(text(INSERT), {"digest": digest})


async def _count(engine: AsyncEngine) -> int:
    async with reading(engine) as conn:
        return int(await conn.scalar(text(COUNT)) or 0)


async def test_many_writers_at_once_all_succeed(engine: AsyncEngine) -> None:
    await asyncio.gather(*(_write(engine, str(n)) for n in range(40)))
    assert await _count(engine) == 40


async def test_a_failing_transaction_leaves_nothing(engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError):
        await _write(engine, "one", "one")
    assert await _count(engine) == 0


async def test_readers_see_what_was_committed_and_wait_for_nobody(
    engine: AsyncEngine,
) -> None:
    async with transaction(engine) as conn:
        await conn.execute(text(INSERT), {"digest": "one"})
        assert await asyncio.wait_for(_count(engine), timeout=2) == 0
    assert await _count(engine) == 1


async def test_a_reader_cannot_write_on_postgresql(postgres: str) -> None:
    async with a_store(postgres) as engine:
        with pytest.raises(DBAPIError, match="read-only"):
            async with reading(engine) as conn:
                await conn.execute(text(INSERT), {"digest": "one"})


async def test_two_engines_on_one_file_wait_for_each_other(
    embedded: AsyncEngine,
) -> None:
    other = open_engine(
        embedded.url.render_as_string(hide_password=False), DatabaseRole.OWNER
    )
    await asyncio.gather(
        *(_write(one, f"{n} {id(one)}") for n in range(20) for one in (embedded, other))
    )
    await other.dispose()
    assert await _count(embedded) == 40


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
    ],
)
async def test_sqlite_is_durable_and_forgets(
    embedded: AsyncEngine, pragma: str, value: object
) -> None:
    async with transaction(embedded) as conn:
        found = await conn.scalar(text(f"PRAGMA {pragma}"))
    assert found == value


async def test_the_file_is_its_owners_alone(embedded: AsyncEngine) -> None:
    await _write(embedded, "one")
    path = Path(str(embedded.url.database))
    files = [path, *path.parent.glob(f"{path.name}-*")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_erased_rows_do_not_stay_in_the_file(embedded: AsyncEngine) -> None:
    await _write(embedded, "b6d1f0e3-needle")
    async with transaction(embedded) as conn:
        await conn.execute(text("DELETE FROM policy_activation"))
    await truncate_wal(embedded)
    path = Path(str(embedded.url.database))
    held = [file.read_bytes() for file in path.parent.glob(f"{path.name}*")]
    assert held
    assert not any(b"b6d1f0e3-needle" in content for content in held)


def test_only_a_migration_makes_a_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseNotMigrated):
        open_engine(f"sqlite+aiosqlite:///{tmp_path}/none.sqlite", DatabaseRole.WEB)
    assert list(tmp_path.iterdir()) == []
