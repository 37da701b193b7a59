"""Databases for tests: empty, or with the schema of this version already in them.

The real migration runs once in a process and on a server (`migrated_file`,
`make_template`); every test that does not try the migration itself gets a copy.
"""

import asyncio
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import make_url

from deploy.town.postgres import PostgresServer, find_program
from signal_index.store.connect import open_engine
from signal_index.store.schema import migrate

TEMPLATE = "migrated"

T = TypeVar("T")


class Copies:
    """Databases of one test each, copied and dropped by one psql that stays.

    There are five hundred: starting a psql for each took longer than the copying.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        where = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres"]
        self._psql = subprocess.Popen(  # noqa: S603 - our own fixed program
            [find_program("psql"), *where, "-qAt", "-v", "ON_ERROR_STOP=1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def copy(self, template: str) -> Iterator[str]:
        """Give the URL (superuser) of a new copy, and drop it in the end."""
        name = f"t{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        yield self._server.url(name)
        # Nine megabytes each, and five hundred of them would all be written out.
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        """End psql."""
        self._psql.communicate()

    def _run(self, statement: str) -> None:
        asked, answered = self._psql.stdin, self._psql.stdout
        assert asked is not None
        assert answered is not None
        asked.write(f"{statement};\n\\echo done\n")
        asked.flush()
        assert answered.readline() == "done\n", statement


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


def run_apart(work: Coroutine[None, None, T]) -> T:
    """Run this to its end in a thread: who asks may be inside a running loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def migrate_database(url: str) -> None:
    """Bring the database of this URL to the schema of this version."""
    engine = open_engine(url, None, pool_size=1)
    try:
        await migrate(engine)
    finally:
        await engine.dispose()
