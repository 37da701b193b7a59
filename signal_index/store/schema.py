"""Bringing a database to the schema of this version, and refusing any other.

- `migrate` is one transaction: it happens whole or not at all.
- On PostgreSQL it first makes the roles and logins that are missing and hands the
  tables to the owner role; whoever migrates therefore needs CREATEROLE, or roles made
  beforehand. After the last revision each role is granted its own rights
  (`store.grants`).
- A serving process never migrates: it compares (`verify_schema`) and refuses to start.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from signal_index.errors import DatabaseNotMigrated
from signal_index.store.connect import DatabaseRole, is_sqlite, transaction
from signal_index.store.grants import grant_access, verify_access
from signal_index.store.logins import make_logins

BASE = "base"
NO_LOGINS: Final[Mapping[DatabaseRole, URL]] = MappingProxyType({})

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_UNKNOWN = "another version made this database; before 1.0.0, begin with an empty one"
_MIGRATION_LOCK = 0x5349474E_00000001  # one migration at a time; any constant will do


async def migrate(
    engine: AsyncEngine, logins: Mapping[DatabaseRole, URL] = NO_LOGINS
) -> None:
    """Bring the database to the newest revision, and its roles to their rights.

    Makes these logins too (`store.logins`). Raises `DatabaseNotMigrated` where another
    version made it, before anything changes. The engine must have been opened without
    a role (`open_engine(url, None)`).
    """
    async with transaction(engine) as connection:
        if is_sqlite(engine):
            await connection.run_sync(_upgrade)
            return
        await _prepare_roles(connection, logins)
        await connection.run_sync(_upgrade)
        await grant_access(connection)


async def downgrade(engine: AsyncEngine, revision: str) -> None:
    """Take the database back to a revision; what later revisions held is lost."""
    async with transaction(engine) as connection:
        if not is_sqlite(engine):
            await _prepare_roles(connection, NO_LOGINS)
        await connection.run_sync(_downgrade, revision)


async def verify_schema(connection: AsyncConnection) -> None:
    """Raise `DatabaseNotMigrated` unless schema and rights are this version's."""
    found = await connection.run_sync(_find_revision)
    expected = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    if found != expected:
        raise DatabaseNotMigrated("run `signal-index migrate` first")
    if connection.dialect.name != "sqlite":
        await verify_access(connection)


async def _prepare_roles(
    connection: AsyncConnection, logins: Mapping[DatabaseRole, URL]
) -> None:
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK}
    )
    present = set(await connection.scalars(text("SELECT rolname FROM pg_roles")))
    for role in DatabaseRole:
        if role.value not in present:
            await connection.execute(text(f"CREATE ROLE {role.value} NOLOGIN"))
            await connection.execute(text(f"GRANT {role.value} TO CURRENT_USER"))
        await connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role.value}"))
    await make_logins(connection, logins)
    owner = DatabaseRole.OWNER.value
    await connection.execute(text(f"GRANT CREATE ON SCHEMA public TO {owner}"))
    await connection.execute(text(f"SET LOCAL ROLE {owner}"))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    scripts = ScriptDirectory(str(_MIGRATIONS)).walk_revisions()
    known = {None, *(each.revision for each in scripts)}
    if _find_revision(connection) not in known:
        raise DatabaseNotMigrated(_UNKNOWN)
    command.upgrade(_config(connection), "head")


def _downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(_config(connection), revision)


def _find_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
