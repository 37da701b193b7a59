"""What each database role may do: the table of the code, and PostgreSQL itself."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.errors import DatabaseNotMigrated, SettingsRefused
from signal_index.settings import LOGINS, load_settings
from signal_index.store.access import ACCESS, ALL, VIEWS
from signal_index.store.connect import (
    DatabaseRole,
    open_database,
    open_engine,
    reading,
    transaction,
)
from signal_index.store.grants import find_grants, list_grants
from signal_index.store.logins import SERVING, verify_login
from signal_index.store.schema import migrate, verify_schema
from signal_index.tables.metadata import metadata
from tests.holders_builders import a_bsn
from tests.store_builders import write_settings
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
    sealed = {
        (name, column.name)
        for name, table in metadata.tables.items()
        for column in table.c
        if column.name in {"seal", "person_seal"}
    }
    assert {table for table, _ in sealed} == {
        *("signal", "embargo", "correction"),
        *("person_event", "access_request"),
    }
    read = {
        (grant.table, grant.column)
        for grant in list_grants()
        if grant.privilege == "SELECT" and grant.role != DatabaseRole.ROTATION
    }
    assert read
    assert read.isdisjoint(sealed | {(table, "*") for table, _ in sealed})


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


def _logins(postgres: str) -> dict[DatabaseRole, URL]:
    """Names of this test alone: logins are of the server, not of one database."""
    return {
        role: make_url(postgres).set(username=f"{role.value}_{uuid4().hex}")
        for role in SERVING
    }


@pytest.mark.anyio
async def test_migrating_makes_logins_that_may_each_take_on_one_role(
    engine: AsyncEngine, postgres: str
) -> None:
    logins = _logins(postgres)
    await migrate(engine, logins)
    await migrate(engine, logins)
    for role, url in logins.items():
        for other in DatabaseRole:
            opened = open_engine(
                url.render_as_string(hide_password=False), other, pool_size=1
            )
            if other is role:
                async with reading(opened) as connection:
                    found = await connection.scalar(text("SELECT current_user"))
                assert found == role.value
            else:
                with pytest.raises(ProgrammingError, match="denied to set role"):
                    async with reading(opened):
                        pass
            await opened.dispose()
    await engine.dispose()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "more", ["GRANT signal_index_owner TO {}", "ALTER ROLE {} SUPERUSER"]
)
async def test_a_login_that_may_more_is_refused_by_the_name_of_its_setting(
    engine: AsyncEngine, postgres: str, tmp_path: Path, more: str
) -> None:
    logins = _logins(postgres)
    await migrate(engine, logins)
    urls = dict(zip(LOGINS, [*logins.values(), make_url(postgres)], strict=True))
    lines = [
        f'{name} = "{urls[name].render_as_string(hide_password=False)}"'
        for name in LOGINS[1:]
    ]
    text = "\n".join([*lines, ""])
    web = urls["database_url"].render_as_string(hide_password=False)
    settings = load_settings(write_settings(tmp_path, web, text))
    opened = open_database(settings, DatabaseRole.WEB, pool_size=1)
    await verify_login(settings, opened, DatabaseRole.WEB)
    async with transaction(engine) as connection:
        name = str(urls["database_url"].username)
        await connection.exec_driver_sql(more.format(name))
    with pytest.raises(SettingsRefused, match=r"^database_url: "):
        await verify_login(settings, opened, DatabaseRole.WEB)
    await opened.dispose()
    await engine.dispose()
