"""The newest key config that this desk took, kept in its own database.

A desk that starts again holds the holders to it: no older one and no other key under
its epoch is passed on to a page. It is public.
"""

from typing import Final

from sqlalchemy import delete, insert, select

from desk.database import Database
from desk.tables import key_config
from keys.config import KeyConfig
from keys.config_document import parse_document

_ONE: Final = 1


class KnownConfig:
    """One config, the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self) -> KeyConfig | None:
        """Give the config that was taken last; None before the first."""
        async with self._database.transaction() as connection:
            document = await connection.scalar(select(key_config.c.document))
        return None if document is None else parse_document(KeyConfig, document)

    async def keep(self, config: KeyConfig) -> None:
        """Keep a config that was taken."""
        row = {"one": _ONE, "document": config.encode()}
        async with self._database.transaction() as connection:
            await connection.execute(delete(key_config))
            await connection.execute(insert(key_config), row)
