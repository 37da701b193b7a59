"""A world with lookups in October 2026, seen from November, for tests of reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.ledger import Entry
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.store.ledger import insert_entries
from signal_index.store.mandates import end_mandate, give_mandate
from signal_index.upkeep.counting import Counting
from tests.holders_builders import LOOKUP_OIN
from tests.index_document import demand
from tests.overview_builders import a_lookup
from tests.store_builders import owning
from tests.world import World, index_keys

OCTOBER = datetime(2026, 10, 7, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
OFFICER = "privacy-officer-1"


def october_lookup(number: int, **changes: object) -> Entry:
    key = index_keys().get_disclosure_key(2026)
    at = OCTOBER + timedelta(minutes=number)
    given: dict[str, Any] = {"organisation": LOOKUP_OIN, "person": number, "key": key}
    return a_lookup(at, **(given | changes))


async def record_entries(world: World, entries: Sequence[Entry]) -> None:
    async with transaction(world.engine) as conn:
        await insert_entries(conn, entries)


async def engine_of(world: World, role: DatabaseRole) -> AsyncEngine:
    return open_engine(world.engine.url.render_as_string(hide_password=False), role)


async def count_days(world: World) -> None:
    engine = await engine_of(world, DatabaseRole.UPKEEP)
    await Counting(
        engine, world.index.keys, world.clock, lambda: 2021, world.index.events
    ).run()
    await engine.dispose()


async def change_mandate(world: World, until: date | None) -> None:
    async with owning(world.engine) as conn:
        if until is None:
            await end_mandate(conn, LOOKUP_OIN, OFFICER)
        else:
            now = world.clock()
            await give_mandate(conn, LOOKUP_OIN, OFFICER, until, now)


def verified(found: object, schema: str) -> dict[str, Any]:
    demand(schema, found)
    assert isinstance(found, dict)
    return found
