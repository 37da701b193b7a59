"""Connect to the desk's own database: SQLite by default, PostgreSQL by the setting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from desk.tables import metadata

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=5000",
)


class Database:
    """One engine. Every use is one transaction that commits or leaves nothing."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = create_async_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine.sync_engine, "connect", _set_pragmas)

    async def prepare(self) -> None:
        """Make the tables that are not there yet."""
        async with self.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose changes commit together at the end."""
        async with self.engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
