"""Databases for tests: empty, or with the schema of this version already in them.

The real migration runs once in a process and on a server (`migrated_file`,
`make_template`); every test that does not try the migration itself gets a copy.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from sqlalchemy.engine import make_url

from deploy.town.postgres import PostgresServer
from signal_index.store.connect import open_engine
from signal_index.store.schema import migrate

TEMPLATE = "migrated"


def copy_migrated(url: str) -> None:
    """Put a migrated SQLite database where this URL points, unless a file is there.

    Does nothing on PostgreSQL: the fixture `postgres` made that database as a copy.
    """
    database = make_url(url)
    if database.get_backend_name() != "sqlite":
        return
    path = Path(database.database or "")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(migrated_file(), path)


def make_template(server: PostgresServer) -> None:
    """Make the migrated database of which the server copies those of tests."""
    run_apart(migrate_database(server.create_database(TEMPLATE)))


@cache
def migrated_file() -> Path:
    """An empty, migrated SQLite database."""
    path = Path(tempfile.mkdtemp(prefix="signal-index-")) / "empty.sqlite"
    run_apart(migrate_database(f"sqlite+aiosqlite:///{path}"))
    return path


def run_apart(work: Coroutine[None, None, None]) -> None:
    """Run this to its end in a thread: who asks may be inside a running loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def migrate_database(url: str) -> None:
    """Bring the database of this URL to the schema of this version."""
    engine = open_engine(url, None, pool_size=1)
    try:
        await migrate(engine)
    finally:
        await engine.dispose()
