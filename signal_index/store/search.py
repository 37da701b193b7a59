"""Searches the ledger for an officer: newest first, a page at a time, never long.

- Every search takes an `OfficerScope`; nothing outside it is read.
- One index drives a search: that of the narrowest thing asked for. It is read backwards
  from the cursor, at most `BUDGET` entries a page, and what else was asked is judged on
  those; so a page takes about as long among ten million entries as among a thousand,
  and says how far back it came.
- Keyed hashes differ by year, so a search goes year by year; ids sort by time, so the
  years follow each other.
- What is opened never holds group `person`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import end_id, first_id
from signal_index.keyring import YearKeys
from signal_index.ledger import (
    DisclosureKey,
    Kind,
    Opened,
    Outcome,
    break_glass_find_key,
    case_find_key,
    outcome_find_key,
    purpose_find_key,
    team_find_key,
    user_find_key,
)
from signal_index.store.ledger_reading import Page
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import ledger_disclosure, ledger_entry

BUDGET: Final = 10_000
"""How many entries one page may look at."""


@dataclass(frozen=True, slots=True, repr=False)
class LedgerSearch:
    """What an officer searches for; None and empty mean: whatever it is.

    `user`, `team` and `case` are those of `organisation`. `persons` are the keyed
    hashes of one citizen in entries of `kinds`, by year (`ledger.person_find_key`).
    """

    scope: OfficerScope
    since: datetime
    until: datetime
    kinds: frozenset[Kind] = frozenset({Kind.LOOKUP})
    organisation: str | None = None
    user: str | None = None
    team: str | None = None
    case: str | None = None
    purpose: str | None = None
    outcome: Outcome | None = None
    broke_glass: bool = False
    persons: Mapping[int, frozenset[bytes]] | None = None
    budget: int = BUDGET


async def search_entries(
    conn: AsyncConnection, search: LedgerSearch, keys: YearKeys, page: Page
) -> tuple[Sequence[Opened], UUID | None]:
    """Read one page of what a search finds, and where the following page begins.

    A page may hold fewer entries than asked for, or none, and still have a `next`: then
    as many were looked at as its budget is.

    Proven by tests/contract/test_officer_search.py.
    """
    found: list[Opened] = []
    for year, first, end in _years(search, keys, page.before):
        wanted = page.limit + 1 - len(found)
        ids, hashes = _read_back(search, keys.disclosures[year], first, end)
        rows = await conn.execute(_judge(search, ids, hashes).limit(wanted))
        found += [open_row(row, keys.disclosures) for row in rows]
        if len(found) > page.limit:
            return found[: page.limit], found[page.limit - 1].entry
        last = select(ids.c.entry_id).offset(search.budget - 1).limit(1)
        reached = await conn.scalar(last)
        if reached is not None:
            return found, reached
    return found, None


def find_first_readable(search: LedgerSearch, keys: YearKeys) -> datetime | None:
    """Find from when entries can be read, where a search asks for older ones too.

    None where all that was asked for was searched.
    """
    if not keys.disclosures:
        return search.until
    first = datetime(min(keys.disclosures), 1, 1, tzinfo=UTC)
    return min(first, search.until) if search.since < first else None


def _years(
    search: LedgerSearch, keys: YearKeys, before: UUID | None
) -> Iterator[tuple[int, UUID, UUID]]:
    """Find the years that can be opened, newest first: first id, and end (without)."""
    for year in sorted(keys.disclosures, reverse=True):
        if search.persons is not None and year not in search.persons:
            continue
        first = max(search.since, datetime(year, 1, 1, tzinfo=UTC))
        last = min(search.until, datetime(year + 1, 1, 1, tzinfo=UTC))
        end = end_id(last)
        end = end if before is None else min(end, before)
        if first < last and first_id(first) < end:
            yield year, first_id(first), end


def _hashes(
    search: LedgerSearch, key: DisclosureKey
) -> Mapping[str, Collection[bytes]]:
    """Give the keyed hashes of what is asked for, the narrowest first."""
    hashes = {name: {value} for name, value in _hashes_of_one(search, key).items()}
    if search.persons is None:
        return hashes
    return {"find_person": search.persons[key.year], **hashes}


def _hashes_of_one(search: LedgerSearch, key: DisclosureKey) -> Mapping[str, bytes]:
    organisation, place = search.organisation or "", search.scope.municipality
    found: dict[str, bytes] = {}
    if search.case is not None:
        found["find_case"] = case_find_key(key, organisation, search.case)
    if search.broke_glass:
        found["find_break_glass"] = break_glass_find_key(key, place)
    if search.user is not None:
        found["find_user"] = user_find_key(key, organisation, search.user)
    if search.outcome in {Outcome.REFUSED, Outcome.FAILED}:
        found["find_outcome"] = outcome_find_key(key, place, search.outcome)
    if search.team is not None:
        found["find_team"] = team_find_key(key, organisation, search.team)
    if search.purpose is not None:
        found["find_purpose"] = purpose_find_key(key, place, search.purpose)
    return found


def _read_back(
    search: LedgerSearch, key: DisclosureKey, first: UUID, end: UUID
) -> tuple[Subquery, Mapping[str, Collection[bytes]]]:
    """Read ids backwards from one index alone, never from the table.

    With them come the hashes that their rows must have too.

    Were anything else of a row asked for here, PostgreSQL might read the primary key
    backwards instead, and all of it where what is narrow lies far back.
    """
    hashes = dict(_hashes(search, key))
    if hashes:
        table, (name, values) = ledger_disclosure, next(iter(hashes.items()))
        del hashes[name]
        narrow: ColumnElement[bool] = table.c[name].in_(sorted(values))
    else:
        table = ledger_entry
        organisation = search.organisation or search.scope.organisation
        narrow = (
            table.c.municipality == search.scope.municipality
            if organisation is None
            else table.c.organisation == organisation
        )
    ids = (
        select(table.c.entry_id)
        .where(narrow)
        .where(table.c.entry_id >= first)
        .where(table.c.entry_id < end)
        .order_by(table.c.entry_id.desc())
        .limit(search.budget)
        .subquery("narrow")
    )
    return ids, hashes


def _judge(
    search: LedgerSearch, ids: Subquery, hashes: Mapping[str, Collection[bytes]]
) -> Select[Any]:
    """Keep of what was read what also has everything else that was asked for."""
    entry, said = ledger_entry.c, ledger_disclosure.c
    statement = (
        select(*OPENED)
        .select_from(
            ids.join(ledger_entry, entry.entry_id == ids.c.entry_id).outerjoin(
                ledger_disclosure, said.entry_id == ids.c.entry_id
            )
        )
        .where(within(search.scope, entry.municipality, entry.organisation))
        .where(entry.kind.in_(sorted(search.kinds)))
        .order_by(ids.c.entry_id.desc())
    )
    for name, values in hashes.items():
        statement = statement.where(said[name].in_(sorted(values)))
    if search.organisation is not None:
        statement = statement.where(entry.organisation == search.organisation)
    if search.outcome is Outcome.ANSWERED:
        statement = statement.where(said.find_outcome.is_(None))
    return statement
