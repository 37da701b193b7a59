"""What must still hold of something on its way when it is kept: who sends, for what.

Who publishes was judged by the registry of ten seconds ago, or of longer where it stood
still. A key that was stolen would leave what it signed; what a source tells where it
publishes no more would stand behind what was withdrawn or passed on, seen by nobody
while its source believes that it is. So all of it is asked once more in the
transaction, under the lock that whoever ends it takes too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import StandingChanged
from signal_index.store.many_rows import in_parts
from signal_index.store.signals import lock_source
from signal_index.tables.registry import (
    coverage,
    organisation,
    signer,
    source,
    source_submitter,
)
from signal_index.wire.sources import SourceState

Place = tuple[str, str, str]
"""Where something is published: municipality, category, source."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Who sends, by which key, for which sources, and what is published where."""

    organisation: str
    kid: str
    sources: frozenset[str]
    places: Collection[Place] = ()


async def hold_sending(
    conn: AsyncConnection, sending: Sending, also: Collection[str] = ()
) -> None:
    """Lock what is sent for, hold that all of it goes on, or raise `StandingChanged`.

    `also`: other sources that this transaction changes something of. One lock for all:
    two that lock several never wait for each other.
    """
    await lock_source(conn, sending.organisation, *sending.sources, *also)
    if not (
        await _signs(conn, sending)
        and await _sends(conn, sending)
        and await _publishes(conn, sending.places)
    ):
        raise StandingChanged


async def _signs(conn: AsyncConnection, sending: Sending) -> bool:
    key = (signer.c.organisation == sending.organisation) & (
        signer.c.kid == sending.kid
    )
    goes_on = signer.c.ended_at.is_(None) & organisation.c.ended_at.is_(None)
    query = select(signer.c.kid).join(
        organisation, organisation.c.oin == signer.c.organisation
    )
    return (await conn.execute(query.where(key, goes_on))).first() is not None


async def _sends(conn: AsyncConnection, sending: Sending) -> bool:
    named = source.c.oin.in_(sorted(sending.sources))
    ended = named & (source.c.state == SourceState.ENDED.value)
    if (await conn.execute(select(source.c.oin).where(ended))).first() is not None:
        return False
    others = sending.sources - {sending.organisation}
    mandated = select(source_submitter.c.source).where(
        source_submitter.c.submitter == sending.organisation
    )
    return not others or others <= set(await conn.scalars(mandated))


async def _publishes(conn: AsyncConnection, places: Collection[Place]) -> bool:
    columns = coverage.c
    place = tuple_(columns.municipality, columns.category, columns.source)
    for part in in_parts(sorted(set(places))):
        query = select(columns.source).where(place.in_(part), columns.active)
        if len((await conn.execute(query)).all()) != len(part):
            return False
    return True
