"""Connect to the desk's own database: SQLite by default, PostgreSQL by the setting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from desk.errors import DatabaseRefused, SettingsRefused
from desk.tables import VERSION, metadata, schema_version
from keys.reaching import make_database_tls

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=5000",
)


class Database:
    """One engine. Every use is one transaction that commits or leaves nothing.

    Off this machine it is spoken to over TLS, verified with `authority` or with what
    the system trusts. Raises `SettingsRefused` where that cannot be read.
    """

    def __init__(self, url: str, authority: Path | None = None) -> None:
        try:
            tls = make_database_tls(make_url(url).host, authority)
        except OSError:
            raise SettingsRefused("database_authority: holds no certificates") from None
        arguments = {"ssl": tls} if tls else {}
        self.engine: AsyncEngine = create_async_engine(url, connect_args=arguments)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine.sync_engine, "connect", _set_pragmas)

    async def prepare(self) -> None:
        """Make the tables where there are none; raise `DatabaseRefused` for others.

        Never repairs: receipts are evidence, and a table that only looks like ours
        would lose them later.
        """
        async with self.engine.begin() as connection:
            await connection.run_sync(_prepare)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose changes commit together at the end."""
        async with self.engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()


def _prepare(connection: Connection) -> None:
    there = set(inspect(connection).get_table_names()).intersection(metadata.tables)
    if not there:
        metadata.create_all(connection)
        connection.execute(insert(schema_version), {"version": VERSION})
        return
    known = schema_version.name in there
    found = connection.scalar(select(schema_version.c.version)) if known else None
    if found != VERSION:
        raise DatabaseRefused("made by another version of the desk")


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
