"""Deleting what may not be kept any longer. What was deleted is counted, never copied.

- A restricted signal (GDPR art. 18) is left alone: erasing it is processing too.
- At most `BATCH` rows go at once, so that no lookup waits long for the writer.
- The caller records each `Erased` in the ledger, in the same transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    case,
    delete,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.tables.ledger import ledger_person
from signal_index.tables.lookups import lookup_repeat, spent_ticket
from signal_index.tables.person_events import person_event
from signal_index.tables.signals import signal, tombstone

BATCH = 1000


class Cause(StrEnum):
    """Why a signal went."""

    ENDED = "ended"
    EXPIRED = "expired"
    NOT_CONFIRMED = "not-confirmed"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long the signals of some categories live, as of one moment.

    `confirmed_before`: an active signal not confirmed since then has ended.
    `kept_since`: an ended signal is kept if it ended on this day or later; None where
    no statute allows keeping it at all. `excluding`: the terms hold for every category
    but these, so that one that left the catalogue is not kept for ever. They hold in
    `places`, or with `elsewhere` in every municipality but those.
    """

    categories: frozenset[str]
    confirmed_before: datetime
    kept_since: date | None
    excluding: bool = False
    places: frozenset[str] = frozenset()
    elsewhere: bool = True


@dataclass(frozen=True, slots=True)
class Erased:
    """How many signals of one kind went, from which source and municipality."""

    source: str
    municipality: str
    category: str
    cause: Cause


async def end_signals(conn: AsyncConnection, terms: Terms, today: date) -> None:
    """Mark as ended what has run out but may be kept for a while."""
    if terms.kept_since is None:
        return
    await conn.execute(
        update(signal)
        .where(
            _own(terms),
            signal.c.state == "active",
            _over(terms, today),
        )
        .values(
            state="ended",
            ended_on=case(
                (signal.c.valid_until < today, signal.c.valid_until), else_=today
            ),
        )
    )


async def erase_signals(
    conn: AsyncConnection, terms: Sequence[Terms], today: date
) -> Mapping[Erased, int]:
    """Delete at most `BATCH` signals whose time is over, and count them."""
    over = or_(*(_erasable(one, today) for one in terms))
    key = tuple_(signal.c.row_key, signal.c.id)
    chosen = select(signal.c.row_key, signal.c.id).where(over).limit(BATCH)
    gone = await conn.execute(
        delete(signal)
        .where(key.in_(chosen))
        .returning(
            signal.c.source,
            signal.c.municipality,
            signal.c.category,
            signal.c.state,
            signal.c.valid_until,
        )
    )
    return Counter(
        Erased(
            row.source,
            row.municipality,
            row.category,
            _cause(row.state, row.valid_until, today),
        )
        for row in gone
    )


async def erase_tombstones(
    conn: AsyncConnection, now: datetime
) -> Mapping[tuple[str, str], int]:
    """Delete tombstones whose 90 days are over; counts by source and municipality."""
    gone = await conn.execute(
        delete(tombstone)
        .where(tombstone.c.until < now)
        .returning(tombstone.c.source, tombstone.c.municipality)
    )
    return Counter((row.source, row.municipality) for row in gone)


async def erase_person_numbers(conn: AsyncConnection, before_year: int) -> int:
    """Delete the counters of persons of ledger years whose entries were erased."""
    gone = await conn.execute(
        delete(ledger_person).where(ledger_person.c.year < before_year)
    )
    return int(gone.rowcount)


async def clean_lookups(conn: AsyncConnection, now: datetime) -> int:
    """Delete tickets, repeats and person events that have expired."""
    tables = (spent_ticket, lookup_repeat, person_event)
    return sum([await _delete_past(conn, table, now) for table in tables])


async def _delete_past(conn: AsyncConnection, table: Table, now: datetime) -> int:
    gone = await conn.execute(delete(table).where(table.c.until < now))
    return int(gone.rowcount)


def _own(terms: Terms) -> ColumnElement[bool]:
    categories, places = signal.c.category, signal.c.municipality
    return and_(
        categories.not_in(terms.categories)
        if terms.excluding
        else categories.in_(terms.categories),
        places.not_in(terms.places) if terms.elsewhere else places.in_(terms.places),
    )


def _over(terms: Terms, today: date) -> ColumnElement[bool]:
    return or_(
        signal.c.valid_until < today, signal.c.confirmed_at < terms.confirmed_before
    )


def _erasable(terms: Terms, today: date) -> ColumnElement[bool]:
    own = _own(terms)
    if terms.kept_since is not None:
        return and_(own, signal.c.ended_on < terms.kept_since)
    active = and_(signal.c.state == "active", _over(terms, today))
    return and_(own, or_(active, signal.c.ended_on <= today))


def _cause(state: str, valid_until: date, today: date) -> Cause:
    if state == "ended":
        return Cause.ENDED
    return Cause.EXPIRED if valid_until < today else Cause.NOT_CONFIRMED
