"""A database with a sequencer beside it, for tests of the ledger."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.ledger import Entry
from signal_index.proof import NoteKey, origin_of
from signal_index.store.connect import (
    DatabaseRole,
    is_sqlite,
    open_engine,
    reading,
    transaction,
)
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_tiles import find_checkpoint
from signal_index.upkeep.cosigning import Cosigners
from signal_index.upkeep.sequencer import Sequencer, sequence_once
from tests.databases import copy_migrated
from tests.ledger_builders import CHECKPOINT_KEY, NOON, ORIGIN, an_entry


@dataclass(frozen=True)
class LedgerWorld:
    """`web` writes entries, `sequencer` signs, `owner` may do whatever SQL can."""

    web: AsyncEngine
    owner: AsyncEngine
    sequencer: Sequencer

    async def record(self, *entries: Entry) -> None:
        async with transaction(self.web) as conn:
            await insert_entries(conn, entries)

    async def record_some(self, numbers: Sequence[int]) -> None:
        await self.record(*(an_entry(number) for number in numbers))

    async def sequence(self, now: datetime = NOON) -> int:
        return await sequence_once(self.sequencer, now=now)

    async def checkpoint(self, year: int = 2026) -> str:
        async with reading(self.web) as conn:
            note = await find_checkpoint(conn, year)
        assert note is not None
        return note

    async def run_sql(self, *statements: str) -> None:
        """Do what the operator of the database can: triggers are no obstacle."""
        async with transaction(self.owner) as conn:
            for statement in statements:
                await conn.execute(text(statement))

    async def drop_guards(self) -> None:
        """Take away the triggers that keep the ledger append-only."""
        async with transaction(self.owner) as conn:
            if is_sqlite(self.owner):
                found = await conn.scalars(
                    text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                )
                for name in found.all():
                    await conn.execute(text(f"DROP TRIGGER {name}"))
            else:
                await conn.execute(text("SET session_replication_role = replica"))
                for table in ("entry", "leaf", "tile", "checkpoint", "tree"):
                    await conn.execute(
                        text(f"ALTER TABLE ledger_{table} DISABLE TRIGGER ALL")
                    )


def key_of(year: int = 2026) -> NoteKey:
    return NoteKey(origin_of(ORIGIN, year), CHECKPOINT_KEY.public)


@asynccontextmanager
async def a_ledger(
    url: str, folder: Path, *, witnesses: Cosigners | None = None
) -> AsyncIterator[LedgerWorld]:
    """An empty ledger in a migrated database.

    On PostgreSQL each engine has its own role.
    """
    copy_migrated(url)
    owner = open_engine(url, None)
    if is_sqlite(owner):
        web = signing = owner
    else:
        web = open_engine(url, DatabaseRole.WEB)
        signing = open_engine(url, DatabaseRole.SEQUENCER)
    sequencer = Sequencer(
        signing, CHECKPOINT_KEY, ORIGIN, folder / "checkpoint.json", witnesses
    )
    try:
        yield LedgerWorld(web, owner, sequencer)
    finally:
        for engine in {owner, web, signing}:
            await engine.dispose()
