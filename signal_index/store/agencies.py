"""What an agency sees and tends of its own: signals, deliveries, contacts, agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.endings import NOBODYS, TOMBSTONE_FOR, Ended, open_ending
from signal_index.errors import KeyFilesRefused, UnknownContactHolder, UnknownEntry
from signal_index.keyring import YearKeys
from signal_index.ledger import Kind
from signal_index.proof import DisclosureRefused
from signal_index.store.own_signals import NameCategory
from signal_index.store.readable import read_each
from signal_index.store.transfers import TRANSFERRED_FOR
from signal_index.tables.ledger import ledger_entry
from signal_index.tables.registry import contact_holder
from signal_index.tables.signals import delivery, signal, tombstone
from signal_index.tables.transfers import signal_transfer
from signal_index.wire.deliveries import ClosedDelivery, Hearing
from signal_index.wire.signals import SignalCount, SignalEnding
from signal_index.wire.values import Slug


async def count_own_signals(
    conn: AsyncConnection, source: str, label: NameCategory
) -> tuple[list[SignalCount], int]:
    """Count a source's own signals by category, municipality and state.

    Gives also how many stand in a place that cannot be read.
    """
    place = (signal.c.category, signal.c.municipality, signal.c.state)
    rows = await conn.execute(
        select(*place, func.count().label("number"))
        .where(signal.c.source == source)
        .group_by(*place)
        .order_by(*place)
    )
    counted, broken = read_each(
        rows,
        lambda row: SignalCount(
            category=row.category,
            categoryLabel=label(row.municipality, row.category),
            municipality=row.municipality,
            state=row.state,
            count=row.number,
        ),
    )
    return counted, sum(row.number for row in broken)


async def count_signals_of_contacts(
    conn: AsyncConnection, source: str
) -> Mapping[UUID, int]:
    """Count, per contact holder, the source's signals that name it."""
    rows = await conn.execute(
        select(signal.c.contact_holder, func.count())
        .where(signal.c.source == source)
        .group_by(signal.c.contact_holder)
    )
    return {row[0]: int(row[1]) for row in rows}


async def list_endings(
    conn: AsyncConnection,
    source: str,
    label: NameCategory,
    keys: YearKeys,
    page: tuple[UUID | None, int],
    *,
    today: date,
) -> tuple[list[SignalEnding], int, UUID | None]:
    """Read a source's signals that ended in the last 90 days, by reference.

    What another source took over is among them, and says by whom. Gives also of how
    many the seal does not open, and after which reference a next page begins.
    `page`: after which reference, and how many.
    """
    (after, limit), columns = page, tombstone.c
    lately = today + TRANSFERRED_FOR - TOMBSTONE_FOR
    query = (
        select(tombstone, signal_transfer.c.successor)
        .outerjoin(signal_transfer, signal_transfer.c.id == columns.transfer)
        .where(columns.source == source)
        .where(columns.transfer.is_(None) | (columns.until > lately))
    )
    if after is not None:
        query = query.where(columns.reference > after)
    found = await conn.execute(query.order_by(columns.reference).limit(limit + 1))
    rows = found.all()
    read = [(row, _open_ending(row, keys)) for row in rows[:limit]]
    endings = [
        SignalEnding(
            reference=row.reference,
            category=Slug(ended.category),
            categoryLabel=label(row.municipality, ended.category),
            municipality=row.municipality,
            reason=ended.reason,
            endedOn=ended.on,
            successor=row.successor,
        )
        for row, ended in read
        if ended is not None
        and ended.category != NOBODYS
        and today - ended.on <= TOMBSTONE_FOR
    ]
    following = read[-1][0].reference if len(rows) > limit else None
    return endings, sum(ended is None for _, ended in read), following


def _open_ending(row: Row[*tuple[Any, ...]], keys: YearKeys) -> Ended | None:
    try:
        key = keys.get_disclosure_key(row.year)
        return open_ending(row.source, row.reference, bytes(row.sealed), key)
    except (DisclosureRefused, KeyFilesRefused):
        return None


async def list_deliveries(
    conn: AsyncConnection, source: str, *, limit: int
) -> tuple[list[ClosedDelivery], int]:
    """Read a source's newest closed deliveries, newest first.

    Gives also how many of those cannot be read.
    """
    newest = (
        select(delivery.c.id, func.max(delivery.c.closed_at).label("at"))
        .where(delivery.c.source == source)
        .group_by(delivery.c.id)
        .order_by(func.max(delivery.c.closed_at).desc(), delivery.c.id)
        .limit(limit)
        .subquery()
    )
    rows = await conn.execute(
        select(delivery)
        .join(newest, newest.c.id == delivery.c.id)
        .order_by(newest.c.at.desc(), delivery.c.id)
    )
    told = [list(places) for _, places in groupby(rows, key=lambda row: row.id)]
    found, broken = read_each(told, _delivery)
    return found, len(broken)


def _delivery(places: Sequence[Row[*tuple[Any, ...]]]) -> ClosedDelivery:
    """Join the places of one delivery, each of which is a row."""
    first = places[0]
    return ClosedDelivery.model_validate(
        {
            "delivery": first.id,
            "kind": first.kind,
            "from": first.period_from,
            "until": first.period_until,
            "closedAt": first.closed_at,
            "categories": sorted({row.category for row in places}),
            "municipalities": sorted({row.municipality for row in places}),
            "hearing": Hearing.HEARD,  # what was closed before there was another
            **first.counts,
        }
    )


async def verify_own_publication(
    conn: AsyncConnection, organisation: str, entry: UUID
) -> None:
    """Raise `UnknownEntry` unless this entry is what the organisation published."""
    kinds = {Kind.PUBLICATION.value, Kind.WITHDRAWAL.value, Kind.PERSON_EVENT.value}
    found = await conn.scalar(
        select(ledger_entry.c.kind)
        .where(ledger_entry.c.entry_id == entry)
        .where(ledger_entry.c.organisation == organisation)
    )
    if found not in kinds:
        raise UnknownEntry("no such publication of this organisation")


async def hand_over(
    conn: AsyncConnection, organisation: str, given: UUID, taken: UUID
) -> int:
    """Let one contact holder take over all signals of another; give how many.

    Both must be the organisation's own, or `UnknownContactHolder` is raised.
    """
    own = await conn.scalar(
        select(func.count())
        .select_from(contact_holder)
        .where(contact_holder.c.organisation == organisation)
        .where(contact_holder.c.id.in_([given, taken]))
    )
    if own != len({given, taken}):
        raise UnknownContactHolder
    moved = await conn.execute(
        update(signal)
        .where(signal.c.source == organisation, signal.c.contact_holder == given)
        .values(contact_holder=taken)
    )
    return int(moved.rowcount)
