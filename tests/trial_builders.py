"""Sources in trial, in the world in memory: an administrator's commands, done here."""

from __future__ import annotations

from sqlalchemy import update

from signal_index.store.source_states import make_live, take_to_trial
from signal_index.tables.registry import source
from signal_index.wire.sources import SourceState
from tests.store_builders import owning
from tests.world import Agency, World


async def put_in_trial(world: World, agency: Agency) -> None:
    """As a source that was registered and never live yet."""
    async with owning(world.engine) as conn:
        await conn.execute(
            update(source)
            .where(source.c.oin == agency.oin)
            .values(state=SourceState.TRIAL.value, live_until=None)
        )
    world.index.standing.forget()


async def take_back(world: World, agency: Agency) -> None:
    """Take a live source back to trial; what the process knew is not renewed."""
    async with owning(world.engine) as conn:
        await take_to_trial(conn, agency.oin, now=world.clock())


async def go_live(world: World, agency: Agency) -> None:
    """Make a source live; what the process knew is not renewed."""
    async with owning(world.engine) as conn:
        await make_live(conn, agency.oin)
