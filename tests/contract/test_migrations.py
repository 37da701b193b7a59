"""The schema of the index: up, down and up again, on both databases."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.errors import DatabaseNotMigrated
from signal_index.store.connect import open_engine, reading, transaction
from signal_index.store.schema import BASE, downgrade, migrate, verify_schema
from signal_index.tables.metadata import metadata

WITHOUT_MUNICIPALITY = {
    "key_config": "belongs to the whole index",
    "row_key_use": "belongs to the whole index",
    "sharing_use": "belongs to the whole index",
    "ceremony_record": "belongs to the whole index",
    "policy_activation": "belongs to the whole index",
    "policy_bundle": "a text under its digest; several may adopt it",
    "replaced_outbox": "an outbox is of an organisation, of all its municipalities",
    "spent_ticket": "a ticket is not given for a municipality",
    "notice_damping": "a keyed hash of who knows whom about what",
    "embargo_step": "what became of an embargo, which carries it",
    "match_step": "a keyed hash; whose match it is must not show",
    "ledger_pending": "a queue of entries, which carry theirs",
    "ledger_person": "a person's number counts over all municipalities",
    "ledger_tree": "one tree per year",
    "ledger_leaf": "a hash; its entry carries the municipality",
    "ledger_tile": "hashes",
    "ledger_checkpoint": "one tree per year",
    "ledger_witnessed": "one tree per year",
    "ledger_hour": "one tree per year",
    "ledger_refusal": "belongs to the whole index",
    "ledger_succession": "belongs to the whole index",
    "processing_log": "one place per year's tree",
    "watched": "one moment for the whole ledger",
    "decoy": "a keyed hash of nobody, watched in all municipalities",
    "overview_count": "a day is counted for all municipalities at once",
}


@pytest.fixture(params=["sqlite", "postgresql"])
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AsyncEngine]:
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/index.sqlite"
    else:
        url = request.getfixturevalue("empty_postgres")
    opened = open_engine(url, None)
    yield opened
    await opened.dispose()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


@pytest.mark.anyio
async def test_migrations_make_the_tables_of_the_code(engine: AsyncEngine) -> None:
    await migrate(engine)
    async with reading(engine) as connection:
        assert await connection.run_sync(_differences) == []


def _shape(connection: Connection) -> dict[str, set[str]]:
    """All that the database itself says of its tables; in no order."""
    found = inspect(connection)
    said = (
        found.get_multi_columns(),
        found.get_multi_pk_constraint(),
        found.get_multi_unique_constraints(),
        found.get_multi_foreign_keys(),
        found.get_multi_check_constraints(),
        found.get_multi_indexes(),
        found.get_multi_table_options(),
    )
    return {
        name: {_words(one) for each in said for one in _each(each[None, name])}
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def _each(said: object) -> list[object]:
    return said if isinstance(said, list) else [said]


def _words(said: object) -> str:
    return " ".join(json.dumps(said, default=str).replace("\\n", " ").split())


@pytest.mark.anyio
async def test_the_tables_of_the_code_are_made_to_the_last_check(
    engine: AsyncEngine,
) -> None:
    await migrate(engine)
    async with reading(engine) as connection:
        migrated = await connection.run_sync(_shape)
    await downgrade(engine, BASE)
    async with transaction(engine) as connection:
        await connection.run_sync(metadata.create_all)
        assert await connection.run_sync(_shape) == migrated


@pytest.mark.anyio
async def test_migrating_twice_changes_nothing(engine: AsyncEngine) -> None:
    await migrate(engine)
    await migrate(engine)
    async with reading(engine) as connection:
        await verify_schema(connection)


@pytest.mark.anyio
async def test_a_database_of_another_version_is_refused_in_words(
    engine: AsyncEngine,
) -> None:
    await migrate(engine)
    async with transaction(engine) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num='0019'"))
    with pytest.raises(DatabaseNotMigrated, match="another version"):
        await migrate(engine)


@pytest.mark.anyio
async def test_migrations_go_down_to_nothing_and_up_again(engine: AsyncEngine) -> None:
    await migrate(engine)
    await downgrade(engine, BASE)
    async with reading(engine) as connection:
        assert await connection.run_sync(_tables) == {"alembic_version"}
    await migrate(engine)
    async with reading(engine) as connection:
        assert await connection.run_sync(_tables) == {
            *metadata.tables,
            "alembic_version",
        }


@pytest.mark.anyio
async def test_another_schema_is_refused(engine: AsyncEngine) -> None:
    await migrate(engine)
    async with transaction(engine) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0'"))
    async with reading(engine) as connection:
        with pytest.raises(DatabaseNotMigrated):
            await verify_schema(connection)


@pytest.mark.anyio
async def test_an_empty_database_is_refused(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        with pytest.raises(DatabaseNotMigrated):
            await verify_schema(connection)


@pytest.mark.anyio
async def test_a_failed_migration_leaves_nothing(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await connection.execute(text("CREATE TABLE delivery (id INTEGER)"))
    with pytest.raises(Exception, match="delivery"):
        await migrate(engine)
    async with reading(engine) as connection:
        assert await connection.run_sync(_tables) == {"delivery"}


def test_every_row_carries_its_municipality() -> None:
    without = {
        name for name, table in metadata.tables.items() if "municipality" not in table.c
    }
    assert without == set(WITHOUT_MUNICIPALITY)
