"""Signals that people gave by hand: listed, confirmed, and given to a colleague.

Only of their own source, and only what was given by hand: what an agency's delivery
told is that delivery's to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.errors import UnknownContactHolder, UnknownSignal
from signal_index.signals import CONFIRM_BY_HAND_WITHIN, SignalState
from signal_index.store.contacts import find_contact_owners
from signal_index.store.signals import NameCategory
from signal_index.tables.signals import signal
from signal_index.wire.hand_signals import HandSignal


@dataclass(frozen=True, slots=True)
class StandingSignal:
    """What must be known of a signal before its life may be made longer."""

    category: str
    municipality: str
    valid_from: date
    valid_until: date
    informed: str


async def list_hand_signals(
    conn: AsyncConnection,
    source: str,
    label: NameCategory,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[HandSignal]:
    """Read a source's signals by hand in the order of their references."""
    columns = signal.c
    query = select(
        columns.reference,
        columns.version,
        columns.category,
        columns.municipality,
        columns.state,
        columns.valid_from,
        columns.valid_until,
        columns.contact_holder,
        columns.confirmed_at,
    ).where(columns.source == source, columns.by_hand)
    if after is not None:
        query = query.where(columns.reference > after)
    rows = await conn.execute(query.order_by(columns.reference).limit(limit))
    return [
        HandSignal(
            reference=row.reference,
            version=row.version,
            category=row.category,
            categoryLabel=label(row.municipality, row.category),
            municipality=row.municipality,
            state=row.state,
            validFrom=row.valid_from,
            validUntil=row.valid_until,
            contactHolder=row.contact_holder,
            confirmedAt=row.confirmed_at,
            confirmBy=day_of(row.confirmed_at + CONFIRM_BY_HAND_WITHIN),
        )
        for row in rows
    ]


async def get_standing_signal(
    conn: AsyncConnection, source: str, reference: UUID
) -> StandingSignal:
    """Read a signal by hand that has not ended, or raise `UnknownSignal`."""
    columns = signal.c
    row = (
        await conn.execute(
            select(
                columns.category,
                columns.municipality,
                columns.valid_from,
                columns.valid_until,
                columns.informed_code,
            ).where(*_own(source, reference))
        )
    ).one_or_none()
    if row is None:
        raise UnknownSignal
    return StandingSignal(*row)


async def confirm_hand_signal(
    conn: AsyncConnection, source: str, reference: UUID, until: date, *, now: datetime
) -> None:
    """Note that a signal still holds, as of now, and until which day."""
    await conn.execute(
        update(signal)
        .where(*_own(source, reference))
        .values(confirmed_at=now, valid_until=until)
    )


async def hand_over_signal(
    conn: AsyncConnection, source: str, reference: UUID, to: UUID
) -> None:
    """Let another contact holder of the source answer for one signal.

    Raises `UnknownContactHolder` for one that is not the source's own, `UnknownSignal`.
    """
    if (await find_contact_owners(conn, [to])).get(to) != source:
        raise UnknownContactHolder
    given = await conn.execute(
        update(signal).where(*_own(source, reference)).values(contact_holder=to)
    )
    if given.rowcount != 1:
        raise UnknownSignal


def _own(source: str, reference: UUID) -> tuple[ColumnElement[bool], ...]:
    columns = signal.c
    return (
        columns.source == source,
        columns.reference == reference,
        columns.by_hand,
        columns.state != SignalState.ENDED.value,
    )
