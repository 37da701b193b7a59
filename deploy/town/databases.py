"""Which database the town's index stands on, and a PostgreSQL of its own if asked."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path

from deploy.town.places import Places, choose_places
from deploy.town.ports import Ports
from deploy.town.postgres import PostgresServer, running_postgres

NAME = "signal_index"


class Database(StrEnum):
    """What the index keeps its data in."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@contextmanager
def opened_places(
    folder: Path,
    database: Database = Database.SQLITE,
    *,
    desk_port: int | None = None,
    fronted: bool = False,
) -> Iterator[Places]:
    """Give the town's places, its ports held and its PostgreSQL running meanwhile.

    Raises `PostgresUnusable` where no server programs are installed.
    """
    with Ports() as ports, ExitStack() as stack:
        url = None
        if database is Database.POSTGRESQL:
            home = folder.resolve() / "postgresql"
            url = _open_database(stack.enter_context(running_postgres(home)))
        yield choose_places(
            folder, ports, desk_port=desk_port, database_url=url, fronted=fronted
        )


def _open_database(server: PostgresServer) -> str:
    known = server.run_sql("SELECT datname FROM pg_database").split()
    return server.url(NAME) if NAME in known else server.create_database(NAME)
