"""Which database the town's index stands on, and a PostgreSQL of its own if asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from deploy.town.places import Places, choose_places
from deploy.town.postgres import running_postgres

NAME = "signal_index"


class Database(StrEnum):
    """What the index keeps its data in."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@contextmanager
def opened_places(
    folder: Path, database: Database, *, desk_port: int | None = None
) -> Iterator[Places]:
    """Give the town's places, with its PostgreSQL running for as long as needed.

    Raises `PostgresUnusable` where no server programs are installed.
    """
    if database is Database.SQLITE:
        yield choose_places(folder, desk_port=desk_port)
        return
    with running_postgres(folder.resolve() / "postgresql") as server:
        known = server.run_sql("SELECT datname FROM pg_database").split()
        url = server.url(NAME) if NAME in known else server.create_database(NAME)
        yield choose_places(folder, desk_port=desk_port, database_url=url)
