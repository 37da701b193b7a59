"""The one transaction of a command, in the name of who runs it.

- What is registered, suspended or established without an entry does not exist: both
  are written to the same connection, and one commit makes them durable.
- Who did it is the account of the operating system that ran the command.
"""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index import clock
from signal_index.key_files import load_year_keys
from signal_index.settings import Settings
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, open_database, transaction
from signal_index.store.schema import verify_schema


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """Give a connection in the one transaction of a command, as the owner role.

    Raises `DatabaseNotMigrated` before anything is written.
    """
    engine = open_database(settings, DatabaseRole.OWNER, pool_size=1)
    try:
        async with transaction(engine) as conn:
            await verify_schema(conn)
            yield conn
    finally:
        await engine.dispose()


@asynccontextmanager
async def administering(
    settings: Settings,
) -> AsyncIterator[tuple[AsyncConnection, Recorder]]:
    """Give the connection of a command and the recorder that goes with it."""
    keys = load_year_keys(settings.keys)
    recorder = Recorder(keys, name_operator(), clock.now)
    async with opened(settings) as conn:
        yield conn, recorder


def name_operator() -> str:
    """Give the name under which the ledger knows whoever runs this command."""
    return f"operator:{getpass.getuser()}"
