"""A source's own signals as they stand, a page at a time: all, or those by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.signals import SignalState
from signal_index.store.readable import read_each
from signal_index.tables.signals import signal
from signal_index.wire.own_registration import OutboxSignals
from signal_index.wire.signals import OwnSignal

NameCategory = Callable[[str, str], str]
"""What a category is called in a municipality: (municipality, category) -> label."""

_COLUMNS = (
    signal.c.reference,
    signal.c.version,
    signal.c.category,
    signal.c.municipality,
    signal.c.state,
    signal.c.valid_from,
    signal.c.valid_until,
    signal.c.contact_holder,
    signal.c.confirmed_on,
    signal.c.outbox,
    signal.c.by_hand,
    signal.c.taken_over_from,
    signal.c.untold,
)


@dataclass(frozen=True, slots=True)
class ListedSignals:
    """A page of own signals, and the references of those that cannot be read."""

    items: Sequence[OwnSignal]
    unreadable: list[UUID]
    next: UUID | None


async def list_own_signals(
    conn: AsyncConnection,
    source: str,
    label: NameCategory,
    page: tuple[UUID | None, int],
    *,
    only_by_hand: bool = False,
    began_on: date | None = None,
) -> ListedSignals:
    """Read a page of a source's own signals in the order of their references.

    `page`: after which reference, and how many. `began_on`: only those of that day.
    """
    after, limit = page
    query = select(*_COLUMNS).where(signal.c.source == source)
    if only_by_hand:
        query = query.where(signal.c.by_hand)
    if began_on is not None:
        query = query.where(signal.c.valid_from == began_on)
    if after is not None:
        query = query.where(signal.c.reference > after)
    found = await conn.execute(query.order_by(signal.c.reference).limit(limit + 1))
    rows = found.all()
    read, broken = read_each(rows[:limit], lambda row: _signal(row, label))
    return ListedSignals(
        items=read,
        unreadable=[row.reference for row in broken],
        next=rows[limit - 1].reference if len(rows) > limit else None,
    )


def _signal(row: Row[*tuple[Any, ...]], label: NameCategory) -> OwnSignal:
    return OwnSignal(
        reference=row.reference,
        version=row.version,
        category=row.category,
        categoryLabel=label(row.municipality, row.category),
        municipality=row.municipality,
        state=row.state,
        validFrom=row.valid_from,
        validUntil=row.valid_until,
        contactHolder=row.contact_holder,
        confirmedOn=row.confirmed_on,
        outbox=row.outbox,
        byHand=row.by_hand,
        takenOverFrom=row.taken_over_from,
        untold=row.untold,
    )


async def count_by_outbox(
    conn: AsyncConnection, sources: Sequence[str]
) -> list[OutboxSignals]:
    """Count what stands of these sources by the outbox that delivered it, and where.

    Not what people gave by hand, nor what was taken over and not told anew since.
    """
    by = signal.c.source, signal.c.outbox, signal.c.category, signal.c.municipality
    rows = await conn.execute(
        select(*by, func.count().label("count"))
        .where(
            signal.c.source.in_(sources),
            signal.c.outbox.is_not(None),
            signal.c.state != SignalState.ENDED.value,
            signal.c.untold.is_(False),
            signal.c.by_hand.is_(False),
        )
        .group_by(*by)
        .order_by(*by)
    )
    return [OutboxSignals.model_validate(dict(row)) for row in rows.mappings()]
