"""Signals that people gave by hand: confirmed, and given to a colleague.

Only of their own source, and only what was given by hand: what an agency's delivery
told is that delivery's to change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownContactHolder, UnknownOffer, UnknownSignal
from signal_index.keyring import YearKeys
from signal_index.ledger import Group
from signal_index.signals import SignalState
from signal_index.store.contacts import find_contact_owners
from signal_index.store.opened_entries import open_entries
from signal_index.tables.signals import signal

OFFERED: Final = "hand-signals-offered"
"""The act whose entry says what a colleague may take over."""


@dataclass(frozen=True, slots=True)
class StandingSignal:
    """What must be known of a signal before its life may be made longer."""

    category: str
    municipality: str
    valid_from: date
    valid_until: date
    informed: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody offered to a colleague, as its entry says."""

    by: str | None
    at: datetime
    references: frozenset[UUID]


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


async def hand_over_signals(
    conn: AsyncConnection, source: str, references: Collection[UUID], to: UUID
) -> None:
    """Let another contact holder of the source answer for these signals.

    Raises `UnknownContactHolder` for one that is not the source's own, `UnknownSignal`
    where one of them does not stand: then none is given.
    """
    if (await find_contact_owners(conn, [to])).get(to) != source:
        raise UnknownContactHolder
    given = await conn.execute(
        update(signal).where(*_own(source, *references)).values(contact_holder=to)
    )
    if given.rowcount != len(set(references)):
        raise UnknownSignal


async def find_given(
    conn: AsyncConnection,
    source: str,
    rows: Collection[bytes],
    municipality: str,
    today: date,
) -> Sequence[UUID]:
    """Find what this source itself has standing in these rows: by hand or delivered.

    A row is of one person and one category. Of any other source nothing is read.
    """
    columns = signal.c
    found = await conn.scalars(
        select(columns.reference)
        .where(
            columns.row_key.in_(rows),
            columns.source == source,
            columns.municipality == municipality,
            columns.state != SignalState.ENDED.value,
            columns.valid_until >= today,
        )
        .order_by(columns.reference)
    )
    return list(found)


async def verify_standing(
    conn: AsyncConnection, source: str, references: Collection[UUID]
) -> None:
    """Raise `UnknownSignal` unless each is a signal by hand that has not ended."""
    own = select(func.count()).select_from(signal).where(*_own(source, *references))
    if await conn.scalar(own) != len(set(references)):
        raise UnknownSignal


async def get_offered(
    conn: AsyncConnection, organisation: str, entry: UUID, keys: YearKeys
) -> Offered:
    """Read what an entry of this organisation offered, by whom, or `UnknownOffer`."""
    opened = (await open_entries(conn, [entry], keys.disclosures)).get(entry)
    if opened is None or opened.organisation != organisation:
        raise UnknownOffer
    if opened.text(Group.WHAT, "act") != OFFERED:
        raise UnknownOffer
    return Offered(
        by=opened.text(Group.WHO, "sub"),
        at=opened.recorded_at,
        references=frozenset(map(UUID, opened.texts(Group.WHAT, "references"))),
    )


def _own(source: str, *references: UUID) -> tuple[ColumnElement[bool], ...]:
    columns = signal.c
    return (
        columns.source == source,
        columns.reference.in_(references),
        columns.by_hand,
        columns.state != SignalState.ENDED.value,
    )
