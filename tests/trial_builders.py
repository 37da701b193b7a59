"""Sources in trial, in the world in memory: an administrator's commands, done here."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import update

from signal_index.store.source_states import make_live, take_to_trial
from signal_index.tables.registry import source
from signal_index.wire.rehearsals import REHEARSED_SIGNALS, RehearsalCase
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


def a_rehearsal(agency: Agency, **changed: object) -> dict[str, object]:
    """The body with which an agency begins, with three references of its own."""
    return {
        "rehearsal": str(uuid4()),
        "source": agency.oin,
        "delivery": str(uuid4()),
        "references": [str(uuid4()) for _ in range(REHEARSED_SIGNALS)],
    } | changed


def a_rehearsal_result(*failed: RehearsalCase) -> dict[str, object]:
    """The body with which it ends: every case passed but these."""
    cases = [
        {
            "case": case.value,
            "passed": case not in failed,
            "seen": "refused" if case in failed else "as-expected",
        }
        for case in RehearsalCase
    ]
    return {"cases": cases}
