"""Person events: which signals they end, and what later publications must know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.pseudonym import SealedRow
from signal_index.row_keys import Rows
from signal_index.signals import CONFIRMED_FOR, SignalState
from signal_index.tables.person_events import person_event
from signal_index.tables.registry import coverage
from signal_index.tables.signals import signal
from signal_index.wire.person_events import PersonEvent, PersonEventKind
from signal_index.wire.values import Oin


@dataclass(frozen=True, slots=True)
class TouchedSignal:
    """A signal that an event ends; nothing in it names the person."""

    source: Oin
    reference: UUID
    version: int
    category: str


async def is_event_known(conn: AsyncConnection, event: UUID) -> UUID | None:
    """Give the entry of an event that came before, or None."""
    found = await conn.scalar(
        select(person_event.c.entry_id).where(person_event.c.id == event)
    )
    return found if isinstance(found, UUID) else None


async def find_publishing(conn: AsyncConnection, municipality: str) -> Sequence[str]:
    """Find who publishes about people of a municipality: it names nobody."""
    here = coverage.c.municipality == municipality
    return (await conn.scalars(select(coverage.c.source).where(here).distinct())).all()


async def find_touched(
    conn: AsyncConnection, rows: Iterable[bytes], municipality: str
) -> Sequence[TouchedSignal]:
    """Give the signals under these row keys that stand in this municipality."""
    columns = signal.c
    found = await conn.execute(
        select(columns.source, columns.reference, columns.version, columns.category)
        .where(columns.row_key.in_(list(rows)))
        .where(columns.municipality == municipality)
        .where(columns.state != SignalState.ENDED.value)
        .order_by(columns.source, columns.reference)
    )
    return [TouchedSignal(*row) for row in found]


async def store_event(
    conn: AsyncConnection,
    event: PersonEvent,
    mark: SealedRow,
    *,
    entry: UUID,
    now: datetime,
) -> None:
    """Keep an event as long as a signal could live that contradicts it."""
    await conn.execute(
        insert(person_event),
        {
            "id": event.event,
            "mark": mark.row_key,
            "seal": mark.seal,
            "municipality": event.municipality,
            "source": event.source,
            "kind": event.kind.value,
            "happened_on": event.on,
            "entry_id": entry,
            "received_at": now,
            "until": now + CONFIRMED_FOR,
        },
    )


async def find_events(
    conn: AsyncConnection, marks: Iterable[Rows]
) -> Mapping[Rows, PersonEventKind]:
    """Give, per person, what holds of them: died, or else the last move.

    `marks`: where what is known of one person may stand, under each row key.
    """
    whose = {mark: person for person in marks for mark in person}
    if not whose:
        return {}
    rows = await conn.execute(
        select(person_event.c.mark, person_event.c.kind)
        .where(person_event.c.mark.in_(sorted(whose)))
        .order_by(
            person_event.c.happened_on, person_event.c.received_at, person_event.c.id
        )
    )
    found: dict[Rows, PersonEventKind] = {}
    for row in rows:
        person = whose[bytes(row.mark)]
        if found.get(person) is not PersonEventKind.DECEASED:
            found[person] = PersonEventKind(row.kind)
    return found
