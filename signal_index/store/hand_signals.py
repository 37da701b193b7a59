"""Signals that people gave by hand: confirmed, and given to a colleague.

Only of their own source, and only what was given by hand: what an agency's delivery
told is that delivery's to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownContactHolder, UnknownSignal
from signal_index.signals import SignalState
from signal_index.store.contacts import find_contact_owners
from signal_index.tables.signals import signal


@dataclass(frozen=True, slots=True)
class StandingSignal:
    """What must be known of a signal before its life may be made longer."""

    category: str
    municipality: str
    valid_from: date
    valid_until: date
    informed: str


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
    conn: AsyncConnection, source: str, reference: UUID, until: date, *, today: date
) -> None:
    """Note that a signal still holds, as of today, and until which day."""
    await conn.execute(
        update(signal)
        .where(*_own(source, reference))
        .values(confirmed_on=today, valid_until=until)
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
