"""What SQLAlchemy makes of a statement, kept for every engine of this process.

An engine keeps what it compiled for itself. A test opens an engine of its own, and
compiling each statement anew took a tenth of all that tests cost. What is kept depends
on the dialect and the driver alone: they are part of the key, as the engine's own
dialect is elsewhere.
"""

from collections.abc import Iterator, MutableMapping
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.engine.interfaces import Compiled

Key = tuple[Any, ...]


class SharedStatements(MutableMapping[Key, Compiled]):
    """Compiled statements by their key, whichever engine compiled them."""

    def __init__(self) -> None:
        self._found: dict[Key, Compiled] = {}

    def __getitem__(self, key: Key) -> Compiled:
        return self._found[_without_engine(key)]

    def __setitem__(self, key: Key, value: Compiled) -> None:
        self._found[_without_engine(key)] = value

    def __delitem__(self, key: Key) -> None:
        del self._found[_without_engine(key)]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _without_engine(key: Key) -> Key:
    dialect: Dialect = key[0]
    return (dialect.name, dialect.driver, *key[1:])


def share_statements() -> None:
    """Have every engine of this process keep and find its statements in one place."""
    shared = SharedStatements()

    def use(connection: Connection) -> None:
        connection.execution_options(compiled_cache=shared)

    event.listen(Engine, "engine_connect", use)
