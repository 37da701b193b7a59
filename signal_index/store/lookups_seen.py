"""Reading the lookups of a period from the ledger, still sealed.

For whoever counts or reports: entries by the time they were made, in batches, so that a
year takes no more memory than a batch.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import end_id, first_id
from signal_index.ledger import DisclosureKey, Kind, Opened, open_entry
from signal_index.overview.days import REPEAT_DAYS
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import ledger_disclosure, ledger_entry

BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant up to another one, itself not included."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, repr=False)
class SealedLookup:
    """One lookup of one person; its groups are sealed, its person a keyed hash."""

    entry: UUID
    year: int
    organisation: str
    municipality: str
    recorded_at: datetime
    leaf: bytes
    sealed: bytes
    find_person: bytes | None

    def open(self, keys: Mapping[int, DisclosureKey]) -> Opened | None:
        """Open what it says, but for the person; None where its year's key is gone."""
        key = keys.get(self.year)
        if key is None:
            return None
        closed = Opened(
            entry=self.entry,
            kind=Kind.LOOKUP,
            recorded_at=self.recorded_at,
            organisation=self.organisation,
            leaf=self.leaf,
        )
        return open_entry(closed, self.sealed, key)


async def read_lookups(
    conn: AsyncConnection, period: Period, scope: OfficerScope | None
) -> AsyncIterator[Sequence[SealedLookup]]:
    """Give the lookups of a period in batches, oldest first; None sees everybody's.

    Only the upkeep, which counts for all, passes no scope. What was erased is gone.
    """
    after: UUID | None = None
    while True:
        batch = await find_lookups(conn, period, scope, after=after)
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        after = batch[-1].entry


async def find_lookups(
    conn: AsyncConnection,
    period: Period,
    scope: OfficerScope | None,
    *,
    after: UUID | None,
    users: Collection[bytes] | None = None,
) -> Sequence[SealedLookup]:
    """Give at most `BATCH` lookups of a period that come after this one.

    `users`: keyed hashes (`ledger.user_find_key`); None keeps everybody's.
    """
    statement = _lookups(period).order_by(ledger_entry.c.entry_id).limit(BATCH)
    if after is not None:
        statement = statement.where(ledger_entry.c.entry_id > after)
    if users is not None:
        statement = statement.where(ledger_disclosure.c.find_user.in_(users))
    if scope is not None:
        columns = ledger_entry.c
        statement = statement.where(
            within(scope, columns.municipality, columns.organisation)
        )
    return [SealedLookup(*row) for row in await conn.execute(statement)]


def _lookups(period: Period) -> Select[Any]:
    return (
        select(
            ledger_entry.c.entry_id,
            ledger_entry.c.year,
            ledger_entry.c.organisation,
            ledger_entry.c.municipality,
            ledger_entry.c.recorded_at,
            ledger_entry.c.leaf,
            ledger_disclosure.c.sealed,
            ledger_disclosure.c.find_person,
        )
        .join_from(ledger_entry, ledger_disclosure)
        .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        .where(ledger_entry.c.entry_id >= first_id(period.begins))
        .where(ledger_entry.c.entry_id < end_id(period.ends))
    )


async def find_repeated(
    conn: AsyncConnection, lookups: Sequence[SealedLookup]
) -> Collection[UUID]:
    """Give which of these were about somebody whom anyone was shown shortly before.

    Shortly: an answered lookup at most 30 days earlier. Within one calendar year (UTC)
    of the ledger: a person has another name in the next one.
    """
    persons = {one.find_person for one in lookups if one.find_person is not None}
    if not persons:
        return frozenset()
    answered = await _find_answered(conn, persons, lookups)
    found = set()
    for one in lookups:
        ids = answered.get(one.find_person or b"", [])
        since = first_id(one.recorded_at - timedelta(days=REPEAT_DAYS))
        place = bisect_left(ids, one.entry)
        if place and ids[place - 1] >= since:
            found.add(one.entry)
    return found


async def _find_answered(
    conn: AsyncConnection, persons: Collection[bytes], lookups: Sequence[SealedLookup]
) -> Mapping[bytes, list[UUID]]:
    earliest = lookups[0].recorded_at - timedelta(days=REPEAT_DAYS)
    columns = ledger_disclosure.c
    rows = await conn.execute(
        select(columns.find_person, columns.entry_id)
        .join_from(ledger_disclosure, ledger_entry)
        .where(columns.find_person.in_(persons))
        .where(columns.find_outcome.is_(None))  # kept for those not answered only
        .where(columns.entry_id >= first_id(earliest))
        .where(columns.entry_id < lookups[-1].entry)
        .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        .order_by(columns.entry_id)
    )
    answered: dict[bytes, list[UUID]] = {}
    for row in rows:
        answered.setdefault(row.find_person, []).append(row.entry_id)
    return answered
