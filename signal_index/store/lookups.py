"""A lookup's one transaction: spend tickets, number persons, read what is permitted.

- A row is found only through a `Search`, which only a `Permit` gives.
- Only a lookup whose both tickets were unspent raises a number or reads a row.
- On PostgreSQL all of it, for all gathered lookups, is one statement; tickets and
  persons are taken in sorted order, so that two of them never wait for each other. On
  SQLite it is four inside BEGIN IMMEDIATE.
- What is read was looked for under every row key under which rows stood at that moment,
  or it raises `RowKeyLeft`: a lookup that stood still while rows moved finds no less.
- Signals of a source in trial are not among what is read; which sources those are comes
  from the same moment, so that an answer never calls such a source fresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import CategoryId
from signal_index.days import day_of
from signal_index.row_keys import RowKeys, RowKeyState, RowKeyStates, Rows
from signal_index.signals import Search, SignalState, StoredSignal, is_in_reach
from signal_index.store.ledger import raise_person_numbers
from signal_index.store.lookup_statement import LOOKUP, RowKind, lookup_columns
from signal_index.store.row_keys import find_states
from signal_index.store.tickets import TicketPair, repeat_row, spend_tickets
from signal_index.tables.follows import follow
from signal_index.tables.registry import contact_holder, source
from signal_index.tables.signals import COVERED, shown_signals
from signal_index.taking_part import InTrial
from signal_index.wire.sources import SourceState


@dataclass(frozen=True, slots=True, repr=False)
class PermittedLookup:
    """One lookup that was granted: what to spend, whom to number, where to look.

    `rows`: the row keys with which it was derived where to look.
    `follows`: for each person by which rows the organisation's open follows are found;
    empty, or None for one, where the acts of the loop are closed.
    """

    pair: TicketPair
    year: int
    persons: tuple[bytes, ...]
    searches: tuple[Search, ...]
    rows: RowKeys
    follows: tuple[Rows | None, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class FollowRow:
    """An open follow of the same organisation, as it is stored: sealed."""

    id: UUID
    year: int
    until: date
    sealed: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What a granted lookup gave: a number and the signals of each person.

    `in_trial` are the sources whose signals nobody sees, at that moment.
    """

    numbers: tuple[int, ...]
    signals: tuple[tuple[StoredSignal, ...], ...]
    in_trial: InTrial
    follows: tuple[tuple[FollowRow, ...], ...] = ()


async def spend_and_find(
    conn: AsyncConnection, lookups: Sequence[PermittedLookup], *, now: datetime
) -> Sequence[Found | None]:
    """Spend each lookup's tickets and read what it permits; None where one was spent.

    No two of the lookups may share a ticket.
    """
    if conn.dialect.name == "postgresql":
        return await _spend_and_find_at_once(conn, lookups, now)
    fresh = await spend_tickets(conn, [one.pair for one in lookups])
    granted = [one for one, is_fresh in zip(lookups, fresh, strict=True) if is_fresh]
    found = iter(await find_signals(conn, granted, now=now))
    return [next(found) if is_fresh else None for is_fresh in fresh]


async def find_signals(
    conn: AsyncConnection, lookups: Sequence[PermittedLookup], *, now: datetime
) -> Sequence[Found]:
    """Read what each permit allows and number the persons; spend no tickets."""
    last = await _raise_numbers(conn, lookups)
    keys = sorted({key for one in lookups for s in one.searches for key in s.rows})
    rows = await _read_rows(conn, keys) if keys else {}
    follows = await _read_follows(conn, lookups, now)
    in_trial = await find_in_trial(conn)
    states = await find_states(conn)
    return _collect(lookups, _Read(last, rows, in_trial, follows, states), now)


async def find_in_trial(conn: AsyncConnection) -> InTrial:
    """Find the sources in trial at this moment: until when each was live, if ever."""
    trial = await conn.execute(_IN_TRIAL)
    return {row.oin: row.live_until for row in trial}


async def find_rows(
    conn: AsyncConnection, keys: Sequence[bytes]
) -> Mapping[bytes, Sequence[StoredSignal]]:
    """Read rows that an act permitted before: what a follow looks at, and no other."""
    return {
        key: [_signal(row, cast("CategoryId", row.category)) for row in rows]
        for key, rows in (await _read_rows(conn, keys)).items()
    }


async def _read_rows(
    conn: AsyncConnection, keys: Sequence[bytes]
) -> Mapping[bytes, Sequence[Any]]:
    rows: dict[bytes, list[Any]] = {}
    for row in await conn.execute(_SELECT.where(_SHOWN.c.row_key.in_(keys))):
        rows.setdefault(bytes(row.row_key), []).append(row)
    return rows


async def _read_follows(
    conn: AsyncConnection, lookups: Sequence[PermittedLookup], now: datetime
) -> Mapping[bytes, Sequence[FollowRow]]:
    keys = sorted(
        {row for one in lookups for rows in one.follows for row in rows or ()}
    )
    found: dict[bytes, list[FollowRow]] = {}
    if keys:
        open_ = follow.c.until >= day_of(now)
        mine = follow.c.person_row.in_(keys)
        for row in await conn.execute(select(follow).where(mine, open_)):
            made = FollowRow(row.id, row.year, row.until, bytes(row.sealed))
            found.setdefault(bytes(row.person_row), []).append(made)
    return found


_SHOWN = shown_signals("row_key", "id", *COVERED)
_READ = (
    _SHOWN.c.row_key,
    _SHOWN.c.id,
    _SHOWN.c.category,
    _SHOWN.c.source,
    _SHOWN.c.municipality,
    _SHOWN.c.state,
    _SHOWN.c.valid_from,
    _SHOWN.c.valid_until,
    _SHOWN.c.ended_on,
    _SHOWN.c.confirmed_on,
    _SHOWN.c.reference,
    contact_holder.c.id.label("contact_id"),
    contact_holder.c.details,
    contact_holder.c.last_verified,
)
_SELECT = select(*_READ).join(
    contact_holder, contact_holder.c.id == _SHOWN.c.contact_holder
)
_IN_TRIAL = select(  # of one that ended nothing is said
    source.c.oin,
    case((source.c.state == SourceState.TRIAL.value, source.c.live_until)).label(
        "live_until"
    ),
).where(source.c.state != SourceState.LIVE.value)


async def _raise_numbers(
    conn: AsyncConnection, lookups: Sequence[PermittedLookup]
) -> Mapping[tuple[int, bytes], int]:
    last: dict[tuple[int, bytes], int] = {}
    for year in sorted({one.year for one in lookups}):
        persons = [name for one in lookups if one.year == year for name in one.persons]
        numbers = await raise_person_numbers(conn, year, persons)
        for name, number in zip(persons, numbers, strict=True):
            last[year, name] = number
    return last


async def _spend_and_find_at_once(
    conn: AsyncConnection, lookups: Sequence[PermittedLookup], now: datetime
) -> Sequence[Found | None]:
    result = await conn.execute(LOOKUP, _arguments(lookups))
    fresh: set[int] = set()
    last: dict[tuple[int, bytes], int] = {}
    rows: dict[bytes, list[Any]] = {}
    in_trial: dict[str, datetime | None] = {}
    follows: dict[bytes, list[FollowRow]] = {}
    states: dict[int, RowKeyState] = {}
    for row in result:
        if row.kind == RowKind.FRESH:
            fresh.add(row.place)
        elif row.kind == RowKind.PERSON:
            last[row.place, row.row_key] = row.number
        elif row.kind == RowKind.IN_TRIAL:
            in_trial[row.source] = row.live_until
        elif row.kind == RowKind.FOLLOW and row.valid_until >= day_of(now):
            made = FollowRow(row.id, row.place, row.valid_until, bytes(row.sealed))
            follows.setdefault(bytes(row.row_key), []).append(made)
        elif row.kind == RowKind.ROW_KEY:
            states[row.place] = RowKeyState(row.state)
        elif row.kind == RowKind.SIGNAL:
            rows.setdefault(row.row_key, []).append(row)
    granted = [one for place, one in enumerate(lookups) if place in fresh]
    read = _Read(last, rows, in_trial, follows, states)
    found = iter(_collect(granted, read, now))
    return [next(found) if place in fresh else None for place in range(len(lookups))]


def _arguments(lookups: Sequence[PermittedLookup]) -> Mapping[str, object]:
    tickets = [
        (place, jti, one.pair.until)
        for place, one in enumerate(lookups)
        for jti in one.pair.jtis
    ]
    repeats = [(place, *_repeat(one.pair)) for place, one in enumerate(lookups)]
    persons = [
        (place, one.year, name)
        for place, one in enumerate(lookups)
        for name in one.persons
    ]
    keys = [
        (place, key)
        for place, one in enumerate(lookups)
        for search in one.searches
        for key in search.rows
    ]
    follows = [
        (place, row)
        for place, one in enumerate(lookups)
        for rows in one.follows
        for row in rows or ()
    ]
    return lookup_columns(
        tickets=tickets, repeats=repeats, persons=persons, keys=keys, follows=follows
    )


def _repeat(pair: TicketPair) -> tuple[object, ...]:
    return tuple(repeat_row(pair).values())


@dataclass(frozen=True, slots=True, repr=False)
class _Read:
    """What came of the statements: the last numbers, rows, follows, who is in trial.

    `states`: of the row keys, as they were when the rows were read, or after it.
    """

    last: Mapping[tuple[int, bytes], int]
    rows: Mapping[bytes, Sequence[Any]]
    in_trial: InTrial
    follows: Mapping[bytes, Sequence[FollowRow]]
    states: RowKeyStates


def _collect(
    lookups: Sequence[PermittedLookup], read: _Read, now: datetime
) -> Sequence[Found]:
    """Share out what was read: numbers in order of arrival, rows by their search."""
    times = Counter((one.year, name) for one in lookups for name in one.persons)
    used = {person: read.last[person] - count for person, count in times.items()}
    found = []
    for one in lookups:
        one.rows.verify_asked(read.states)
        numbers = []
        for name in one.persons:
            used[one.year, name] += 1
            numbers.append(used[one.year, name])
        signals = tuple(_shown(search, read.rows, now) for search in one.searches)
        followed = tuple(
            tuple(each for row in rows or () for each in read.follows.get(row, ()))
            for rows in one.follows
        )
        found.append(Found(tuple(numbers), signals, read.in_trial, followed))
    return found


def _shown(
    search: Search, rows: Mapping[bytes, Sequence[Any]], now: datetime
) -> tuple[StoredSignal, ...]:
    candidates = [
        (_signal(row, category.id), category)
        for key, category in search.rows.items()
        for row in rows.get(key, ())
        if row.category == category.id
    ]
    place = search.permit.municipality
    shown = [s for s, category in candidates if is_in_reach(s, place, category, now)]
    return tuple(sorted(shown, key=lambda s: (s.category, s.source, s.valid_from)))


def _signal(row: Row[*tuple[Any, ...]], category: CategoryId) -> StoredSignal:
    return StoredSignal(
        row_key=bytes(row.row_key),
        id=row.id,
        reference=row.reference,
        category=category,
        source=row.source,
        municipality=row.municipality,
        state=SignalState(row.state),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        ended_on=row.ended_on,
        confirmed_on=row.confirmed_on,
        contact_id=row.contact_id,
        contact=row.details,
        contact_verified=row.last_verified,
    )
