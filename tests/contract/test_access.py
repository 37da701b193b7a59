"""What each database role may do: the table of the code, and PostgreSQL itself."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.errors import DatabaseNotMigrated
from signal_index.store.access import ACCESS, ALL, VIEWS
from signal_index.store.connect import (
    DatabaseRole,
    open_engine,
    reading,
    transaction,
)
from signal_index.store.grants import find_grants, list_grants
from signal_index.store.schema import migrate, verify_schema
from signal_index.tables.metadata import metadata
from tests.holders_builders import a_bsn
from tests.world import open_world


def test_no_table_is_without_a_row() -> None:
    assert set(ACCESS) == {*metadata.tables, *VIEWS, "alembic_version"}


def test_every_column_that_is_named_is_there() -> None:
    named = {
        (grant.table, grant.column) for grant in list_grants() if (grant.column,) != ALL
    }
    there = {(t.name, c.name) for t in metadata.tables.values() for c in t.c}
    assert named
    assert named <= there


def test_nobody_reads_a_seal() -> None:
    sealed = {name for name, table in metadata.tables.items() if "seal" in table.c}
    assert sealed == {"signal", "embargo"}
    read = {
        grant.column
        for grant in list_grants()
        if grant.table in sealed and grant.privilege == "SELECT"
    }
    assert read
    assert read.isdisjoint({"*", "seal"})


@pytest.fixture
def engine(postgres: str) -> AsyncEngine:
    return open_engine(postgres, None)


@pytest.mark.anyio
async def test_postgresql_grants_exactly_the_table(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        assert await find_grants(connection) == list_grants()
    await engine.dispose()


@pytest.mark.anyio
async def test_statistics_read_no_signal_of_a_source_in_trial(
    registered_postgres: str, tmp_path: Path
) -> None:
    """The same signals: of a live source they count, of one in trial none does."""
    async with open_world(tmp_path, registered_postgres) as world:
        await world.publish(world.debt_help, [a_bsn(1), a_bsn(2)])
    owner = open_engine(registered_postgres, None)
    reporting = open_engine(registered_postgres, DatabaseRole.REPORTING)
    counted = []
    for state in ("live", "trial"):
        async with transaction(owner) as connection:
            said = text("UPDATE source SET state = :state")
            await connection.execute(said, {"state": state})
        async with reading(reporting) as connection:
            query = text("SELECT count(*) FROM reported_signal")
            counted.append(await connection.scalar(query))
    assert counted == [2, 0]
    async with reading(reporting) as connection:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await connection.scalar(text("SELECT count(source) FROM signal"))
    await reporting.dispose()
    await owner.dispose()


CHANGED = [
    "GRANT SELECT (seal) ON signal TO signal_index_web",
    "GRANT DELETE ON ledger_entry TO signal_index_upkeep",
    "GRANT SELECT ON ledger_disclosure TO PUBLIC",
    "REVOKE SELECT ON organisation FROM signal_index_reporting",
]


@pytest.mark.anyio
@pytest.mark.parametrize("changed", CHANGED)
async def test_other_rights_are_refused_until_migrating_mends_them(
    engine: AsyncEngine, changed: str
) -> None:
    async with transaction(engine) as connection:
        await connection.execute(text(changed))
    as_web = open_engine(str(engine.url), DatabaseRole.WEB)
    async with reading(as_web) as connection:
        with pytest.raises(DatabaseNotMigrated, match="other rights"):
            await verify_schema(connection)
    await migrate(engine)
    async with reading(as_web) as connection:
        await verify_schema(connection)
    await as_web.dispose()
    await engine.dispose()
