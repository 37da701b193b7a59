"""Taking a source live, and back to trial: the owner's to change, nobody else's.

- No serving process may write the state of a source (`store.access`): a source that
  takes over the index's web process cannot make itself live.
- It holds at once: a reading joins the source of each signal (`shown_signals`).
- The caller records each `Change` in the ledger, in the same transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import RegistrationConflict, UnknownOrganisation
from signal_index.store.registry import Change
from signal_index.store.signals import lock_source
from signal_index.tables.registry import source
from signal_index.wire.sources import SourceState


async def get_source_state(conn: AsyncConnection, oin: str) -> SourceState:
    """Give the state of a source, or raise `UnknownOrganisation`."""
    found = await conn.scalar(select(source.c.state).where(source.c.oin == oin))
    if found is None:
        raise UnknownOrganisation("no source with that OIN is registered")
    return SourceState(found)


async def find_live_sources(conn: AsyncConnection) -> frozenset[str]:
    """Find the sources that are live now: anybody may hear that they take part."""
    query = select(source.c.oin).where(source.c.state == SourceState.LIVE.value)
    return frozenset(await conn.scalars(query))


async def find_live_until(conn: AsyncConnection, oin: str) -> datetime | None:
    """Give when a source was live no more; None where it is live, or never was."""
    query = select(source.c.live_until).where(source.c.oin == oin)
    return await conn.scalar(query)


async def make_live(conn: AsyncConnection, oin: str) -> Change:
    """Show what this source published and publishes, to whoever may see it."""
    await lock_source(conn, oin)
    if await _get_changeable(conn, oin) is SourceState.LIVE:
        return Change.UNCHANGED
    await _set(conn, oin, SourceState.LIVE, live_until=None)
    return Change.CHANGED


async def take_to_trial(conn: AsyncConnection, oin: str, *, now: datetime) -> Change:
    """Show nothing of this source any more; from now on answers call it late."""
    await lock_source(conn, oin)
    if await _get_changeable(conn, oin) is SourceState.TRIAL:
        return Change.UNCHANGED
    await _set(conn, oin, SourceState.TRIAL, live_until=now)
    return Change.CHANGED


async def _get_changeable(conn: AsyncConnection, oin: str) -> SourceState:
    state = await get_source_state(conn, oin)
    if state is SourceState.ENDED:
        raise RegistrationConflict("this source was ended")
    return state


async def _set(
    conn: AsyncConnection, oin: str, state: SourceState, *, live_until: datetime | None
) -> None:
    await conn.execute(
        update(source)
        .where(source.c.oin == oin)
        .values(state=state.value, live_until=live_until)
    )
