"""What is kept from lookups because a citizen disputes it (GDPR arts. 18 and 21).

- A restriction is of one signal, and from then on of whatever its source gives anew
  about that person in that category and municipality: by another reference after a
  lost outbox, a case opened again, a signal that comes to be about this person. It ends
  when it is released, not when the source takes the signal back.
- After a transfer it is the successor's, and holds for whose it was as well: there the
  citizen said it.
- What stood beside it under a reference of its own goes on to show: the citizen did not
  dispute that.
- The row key stands for person and category: nothing here knows whom it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.signals import SignalState
from signal_index.store.many_rows import in_parts
from signal_index.tables.citizen_rights import correction
from signal_index.tables.signals import shown_signals, signal

Place = tuple[str, bytes, str]
"""Source, row key, municipality."""

_ACTIVE, _RESTRICTED = SignalState.ACTIVE.value, SignalState.RESTRICTED.value


def is_restricting() -> ColumnElement[bool]:
    """Give the condition of a correction that still keeps its signal from lookups."""
    columns = correction.c
    return columns.restricted_on.is_not(None) & columns.released_on.is_(None)


def is_shown_in_spite() -> ColumnElement[bool]:
    """Give the condition of a correction whose signal shows, though it restricts it.

    By its reference: the upkeep, which asks, may not read whose row a correction has.
    """
    shown = exists(signal.c.reference).where(
        signal.c.reference == correction.c.signal_reference,
        signal.c.category == correction.c.category,
        signal.c.municipality == correction.c.municipality,
        signal.c.state == _ACTIVE,
        _is_of(signal.c.source),
    )
    return is_restricting() & shown


async def find_held(conn: AsyncConnection, rows: Iterable[bytes]) -> frozenset[Place]:
    """Give where what comes anew is restricted, of these rows."""
    columns = correction.c
    held: set[Place] = set()
    for part in in_parts(sorted(set(rows))):
        found = await conn.execute(
            select(
                columns.source,
                columns.disputed_source,
                columns.row_key,
                columns.municipality,
            ).where(columns.row_key.in_(part), is_restricting())
        )
        for row in found:
            for oin in (row.source, row.disputed_source):
                held.add((oin, row.row_key, row.municipality))
    return frozenset(held)


async def restrict(conn: AsyncConnection, source: str, reference: UUID) -> None:
    """Keep an active signal from lookups; an ended one stays ended."""
    await conn.execute(
        update(signal)
        .where(signal.c.source == source, signal.c.reference == reference)
        .where(signal.c.state == _ACTIVE)
        .values(state=_RESTRICTED)
    )


async def lift(conn: AsyncConnection, released: RowMapping) -> None:
    """Show again what a released correction kept back and no other still does."""
    other = exists(correction.c.id).where(
        is_restricting(),
        or_(
            (correction.c.source == signal.c.source)
            & (correction.c.signal_reference == signal.c.reference),
            (correction.c.row_key == signal.c.row_key)
            & (correction.c.municipality == signal.c.municipality)
            & _is_of(signal.c.source),
        ),
    )
    own = (signal.c.source == released["source"]) & (
        signal.c.reference == released["signal_reference"]
    )
    row = (
        (signal.c.row_key == released["row_key"])
        & (signal.c.municipality == released["municipality"])
        & signal.c.source.in_([released["source"], released["disputed_source"]])
    )
    await conn.execute(
        update(signal)
        .where(signal.c.state == _RESTRICTED, own | row, ~other)
        .values(state=_ACTIVE)
    )


async def count_restricted(
    conn: AsyncConnection, corrections: Sequence[UUID]
) -> Mapping[UUID, int]:
    """Count the signals that are kept back where each of these corrections holds."""
    columns = shown_signals("source", "row_key", "municipality", "state").c
    rows = await conn.execute(
        select(correction.c.id, func.count().label("signals"))
        .join(
            columns.row_key.table,
            (correction.c.row_key == columns.row_key)
            & (correction.c.municipality == columns.municipality)
            & _is_of(columns.source),
        )
        .where(correction.c.id.in_(corrections), columns.state == _RESTRICTED)
        .where(correction.c.restricted_on.is_not(None))
        .group_by(correction.c.id)
    )
    return {row.id: row.signals for row in rows}


async def find_standing(
    conn: AsyncConnection, corrections: Sequence[UUID], reader: str
) -> Mapping[UUID, list[UUID]]:
    """Give which references of the reader's own stand where each correction is about.

    The disputed one whoever submitted it: the correction itself names it to the reader.
    """
    columns = signal.c
    is_own = (columns.source == reader) | (columns.submitted_by == reader)
    rows = await conn.execute(
        select(correction.c.id, columns.reference)
        .join(
            signal,
            (correction.c.row_key == columns.row_key)
            & (correction.c.municipality == columns.municipality)
            & (correction.c.source == columns.source),
        )
        .where(correction.c.id.in_(corrections))
        .where(columns.state != SignalState.ENDED.value)
        .where(is_own | (columns.reference == correction.c.signal_reference))
        .order_by(columns.reference)
    )
    found: dict[UUID, list[UUID]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row.reference)
    return found


def _is_of(source: ColumnElement[str]) -> ColumnElement[bool]:
    return (correction.c.source == source) | (correction.c.disputed_source == source)
