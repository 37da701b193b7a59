"""Opening the database, and the one transaction in which things change.

- SQLite: WAL, synchronous=FULL, secure_delete, foreign keys; BEGIN IMMEDIATE, one
  writer at a time: no transaction finds out at its commit that another was first.
- PostgreSQL: READ COMMITTED, pool of 8 to 16, and the connection takes on the database
  role of its job (`DatabaseRole`), which is granted no more than that job needs. Each
  role has a login of its own (`open_database`); off this machine TLS is verified.
- A database file is made readable by its owner alone.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from ssl import SSLContext
from typing import Final

from sqlalchemy import Connection, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from keys.reaching import make_database_tls
from signal_index.errors import DatabaseNotMigrated, SettingsRefused
from signal_index.settings import Settings

_WRITER = "signal_index_writer"
_BEGIN = "signal_index_begin"
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # REPLACE must meet the triggers on leaves too
    "PRAGMA trusted_schema = OFF",
    "PRAGMA busy_timeout = 15000",
)


class DatabaseRole(StrEnum):
    """The PostgreSQL role of a job; SQLite knows none."""

    OWNER = "signal_index_owner"
    WEB = "signal_index_web"
    SEQUENCER = "signal_index_sequencer"
    UPKEEP = "signal_index_upkeep"
    REPORTING = "signal_index_reporting"
    ROTATION = "signal_index_rotation"


_LOGIN_OF: Final[Mapping[DatabaseRole | None, str]] = {
    DatabaseRole.WEB: "database_url",
    DatabaseRole.SEQUENCER: "sequencer_database_url",
    DatabaseRole.UPKEEP: "upkeep_database_url",
    DatabaseRole.OWNER: "admin_database_url",
    DatabaseRole.ROTATION: "admin_database_url",
    None: "admin_database_url",
}


def open_database(
    settings: Settings, role: DatabaseRole | None, *, pool_size: int = 8
) -> AsyncEngine:
    """Give an engine by the login of that role; None is the administrator's own.

    Where no logins are told apart (SQLite, a trial) the one there is does for all.
    Raises `SettingsRefused` where the certificates cannot be read, and as
    `open_engine` does.
    """
    url = find_login(settings, role)
    try:
        tls = make_database_tls(make_url(url).host, settings.database_authority)
    except OSError:
        raise SettingsRefused("database_authority: holds no certificates") from None
    return open_engine(url, role, pool_size=pool_size, tls=tls)


def find_login(settings: Settings, role: DatabaseRole | None) -> str:
    """Give the URL by which the settings let a role in; reporting has none of them."""
    url: str | None = getattr(settings, _LOGIN_OF[role])
    return url or settings.database_url


def open_engine(
    database_url: str,
    role: DatabaseRole | None,
    *,
    pool_size: int = 8,
    tls: SSLContext | None = None,
) -> AsyncEngine:
    """Give an engine that takes on `role` on PostgreSQL; None keeps the login's own.

    Only the migration, which makes the roles and the SQLite file, runs with None. The
    pool never grows beyond `pool_size`: past 16 connections PostgreSQL answers slower,
    not faster. Raises `DatabaseNotMigrated` where there is no SQLite file yet.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        _own_file(url, may_create=role is None)
        return _open_sqlite(url, pool_size)
    settings = {"application_name": "signal-index"}
    if role is not None:
        settings["role"] = role.value
    return create_async_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"server_settings": settings} | ({"ssl": tls} if tls else {}),
    )


def is_sqlite(engine: AsyncEngine) -> bool:
    """Tell whether this is the embedded database, of one process and one writer."""
    return engine.dialect.name == "sqlite"


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a writing transaction: commit at the end, else roll back.

    When the block has ended without an exception, the commit is durable. On SQLite
    writers of this process queue here; those of another process wait for the file.
    """
    writer = engine.get_execution_options().get(_WRITER)
    if writer is None:
        async with engine.begin() as connection:
            yield connection
        return
    async with writer, engine.begin() as connection:
        yield connection


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a read-only transaction that makes no writer wait."""
    async with engine.connect() as connection:
        if is_sqlite(engine):
            await connection.execution_options(**{_BEGIN: "BEGIN"})
        else:
            await connection.execution_options(postgresql_readonly=True)
        async with connection.begin():
            yield connection


async def truncate_wal(engine: AsyncEngine) -> None:
    """Let SQLite forget what its write-ahead log still holds of erased rows.

    Does nothing on PostgreSQL, whose own vacuum and archiving rules decide that.
    """
    if not is_sqlite(engine):
        return
    async with engine.connect() as connection:
        await connection.execution_options(**{_BEGIN: ""})
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _open_sqlite(url: URL, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        execution_options={_WRITER: asyncio.Lock()},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _own_file(url: URL, *, may_create: bool) -> None:
    path = Path(url.database or "")
    if path.is_file():
        return
    if not may_create:
        raise DatabaseNotMigrated("run `signal-index migrate` first")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _prepare_sqlite(
    dbapi_connection: AsyncAdapt_aiosqlite_connection, _record: object
) -> None:
    # We say BEGIN ourselves; the driver's own habit opens transactions too late.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE")
    if begin:
        connection.exec_driver_sql(begin)
