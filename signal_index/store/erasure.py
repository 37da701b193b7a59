"""Deleting what may not be kept any longer. What was deleted is counted, never copied.

- A restricted signal (GDPR art. 18) is left alone: erasing it is processing too.
- At most `BATCH` rows go at once, so that no lookup waits long for the writer.
- The caller records the counts in the ledger, in the same transaction.
"""

from collections import Counter, defaultdict
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

from signal_index.days import midnight_of
from signal_index.store.daily_runs import erase_days
from signal_index.store.restrictions import is_restricting
from signal_index.tables.citizen_rights import (
    access_request,
    correction,
    embargo,
)
from signal_index.tables.follows import follow
from signal_index.tables.ledger import ledger_person
from signal_index.tables.lookups import lookup_repeat, spent_ticket
from signal_index.tables.matches import match_box, match_sheet, match_step
from signal_index.tables.notices import notice_damping, return_notice
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

    `confirmed_before`: an active signal not confirmed since that day has ended.
    `kept_since`: an ended signal is kept if it ended on this day or later; None where
    no statute allows keeping it at all. `excluding`: the terms hold for every category
    but these, so that one that left the catalogue is not kept for ever. They hold in
    `places`, or with `elsewhere` in every municipality but those.
    """

    categories: frozenset[str]
    confirmed_before: date
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


async def erase_over(
    conn: AsyncConnection, today: date, closed: date
) -> Mapping[str, Mapping[str, int]]:
    """Delete what is past its last day; counts by municipality and table.

    `closed`: what citizens asked goes when it was over before this day; a correction
    only once its signal is no longer restricted because of it. What became of an
    embargo goes with it. The database refuses any of these that still goes on.
    """
    before = midnight_of(closed)
    over: Mapping[Table, ColumnElement[bool]] = {
        tombstone: tombstone.c.until < today,
        follow: follow.c.until < today,
        match_sheet: match_sheet.c.until < today,
        match_box: match_box.c.until < today,
        return_notice: return_notice.c.expires < today,
        access_request: access_request.c.closed_at < before,
        correction: (correction.c.answered_on < closed) & ~is_restricting(),
        embargo: embargo.c.until < closed,
    }
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for table, condition in over.items():
        gone = await conn.scalars(
            delete(table).where(condition).returning(table.c.municipality)
        )
        for municipality, count in Counter(gone).items():
            counts[municipality][table.name] = count
    for table in (notice_damping, match_step):  # they say of no municipality
        await conn.execute(delete(table).where(table.c.until < today))
    await erase_days(conn, today)
    return counts


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
        signal.c.valid_until < today, signal.c.confirmed_on < terms.confirmed_before
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
