"""By what entries are found, held against what the tree covers of them.

Whoever writes in the database can put a lookup under another's name or hide it from the
report about its person, and change no leaf. Here each entry is opened, and named:

- `unreadable`: its sealed groups are not those of its leaf;
- `changed`: a column is not as leaf and groups say (`ledger.derive_find_keys`);
- `hidden`: of a year that is kept, it says nothing any more;
- a person's number of entries that is not the number they were given: `numbers`.

No difference says who the person is. A million entries take minutes and no more memory
than what their persons' names take.
Proven by tests/attack/test_nobody_stands_under_anothers_name.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import first_id, new_uuid7
from signal_index.keyring import YearKeys
from signal_index.ledger import (
    DisclosureKey,
    FindKeys,
    Openings,
    derive_find_keys,
    open_groups,
)
from signal_index.proof import (
    Group,
    Leaf,
    ProofError,
    format_minute,
    parse_leaf,
)
from signal_index.tables.completeness import completeness_finding
from signal_index.tables.ledger import (
    ledger_disclosure,
    ledger_entry,
    ledger_person,
)
from signal_index.wire.completeness import Misfit

_PAGE: Final = 1_000
_FOUND: Final = (
    *("find_user", "find_team", "find_case", "find_person"),
    *("find_purpose", "find_outcome", "find_break_glass"),
)

Person = tuple[int, bytes]
"""The year, and the keyed hash under which a person is numbered in it."""


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """An entry, or the numbers of a person in a year, that is not as the tree says."""

    how: Literal["unreadable", "changed", "hidden", "numbers"]
    entry: UUID | None = None
    members: tuple[str, ...] = ()
    leaf: bytes = field(default=b"", compare=False, repr=False)

    @property
    def digest(self) -> bytes:
        """What names the same difference again on another day."""
        said = [str(self.entry), self.how, *self.members]
        return sha256("\n".join(said).encode()).digest()


@dataclass(slots=True)
class _Numbers:
    """How many entries of each person there are, and their highest number."""

    first_kept: int
    last: dict[Person, tuple[int, int]] = field(default_factory=dict)

    def take(self, year: int, find: bytes, number: int) -> None:
        if year >= self.first_kept:
            count, most = self.last.get((year, find), (0, 0))
            self.last[year, find] = count + 1, max(most, number)


async def compare_entries(
    conn: AsyncConnection,
    keys: YearKeys,
    *,
    first_kept_year: int,
    since: datetime | None = None,
) -> tuple[Sequence[EntryDifference], int]:
    """Hold by what entries are found against their groups; give how many were held.

    `since`: no entry from before it, and then nobody's numbers.
    """
    found: list[EntryDifference] = []
    numbers, held = _Numbers(first_kept_year), 0
    async for row in _read(conn, since):
        key = keys.disclosures.get(row.year)
        if row.sealed is None or key is None:
            if row.recorded_at.year >= first_kept_year:
                found.append(EntryDifference("hidden", row.entry_id, leaf=row.leaf))
            continue
        held += 1
        found += _compare(row, key, numbers)
    off = await _compare_numbers(conn, numbers) if since is None else ()
    return [*found, *off], held


async def note_differences(
    conn: AsyncConnection, found: Sequence[EntryDifference], now: datetime
) -> int:
    """Add an alarm for officers of each entry that differs; give how many are new.

    Of whose municipality it is, its leaf says: the columns may be what was changed.
    """
    rows = [
        _finding(one, leaf, now)
        for one in found
        if isinstance(leaf := parse_leaf(one.leaf), Leaf) and leaf.municipality
    ]
    column = completeness_finding.c.digest
    wanted = column.in_([row["digest"] for row in rows])
    known = set(await conn.scalars(select(column).where(wanted)))
    fresh = [row for row in rows if row["digest"] not in known]
    if fresh:
        await conn.execute(insert(completeness_finding), fresh)
    return len(fresh)


def _finding(one: EntryDifference, leaf: Leaf, now: datetime) -> dict[str, object]:
    code = Misfit.ENTRY_ALTERED
    return {
        "id": new_uuid7(now),
        "municipality": leaf.municipality,
        "day": leaf.minute.date(),
        "digest": one.digest,
        "code": code.value,
        "weight": code.weight.value,
        "organisation": leaf.organisation,
        "entry_id": one.entry,
        "found_at": now,
    }


async def count_missing(
    conn: AsyncConnection,
    persons: Mapping[int, frozenset[bytes]],
    keys: Mapping[int, DisclosureKey],
    openings: Openings,
) -> int:
    """Count the numbers of a person's entries of which none tells them any more.

    `persons`: their keyed hashes in each year's ledger. Of every municipality, and
    whatever an embargo leaves out of a report: only what is gone, hidden, unreadable or
    under another's name is missing.
    """
    finds = sorted(frozenset().union(*persons.values()))
    missing: dict[Person, set[int]] = {
        (row.year, bytes(row.find_person)): set(range(1, row.number + 1))
        for row in await conn.execute(
            select(ledger_person).where(ledger_person.c.find_person.in_(finds))
        )
    }
    entry, said = ledger_entry.c, ledger_disclosure.c
    rows = await conn.execute(
        select(entry.entry_id, entry.leaf, said.year, said.sealed, said.find_person)
        .join_from(ledger_entry, ledger_disclosure)
        .where(said.find_person.in_(finds))
    )
    for row in rows:
        number = _read_number(row, keys, openings)
        if number is not None:
            missing.get((row.year, bytes(row.find_person)), set()).discard(number)
    return sum(len(numbers) for numbers in missing.values())


def _read_number(
    row: Row[*tuple[Any, ...]],
    keys: Mapping[int, DisclosureKey],
    openings: Openings,
) -> int | None:
    """Read an entry's number among those of its person; None where it is not theirs."""
    key = keys.get(row.year)
    if key is None:
        return None
    try:
        leaf, groups = openings.open(row.entry_id, row.leaf, row.sealed, key)
    except ProofError:
        return None
    person = groups.get(Group.PERSON)
    is_theirs = derive_find_keys(leaf, groups, key).person == bytes(row.find_person)
    return int(str(person["number"])) if person is not None and is_theirs else None


def _compare(
    row: Row[*tuple[Any, ...]], key: DisclosureKey, numbers: _Numbers
) -> Sequence[EntryDifference]:
    try:
        leaf, groups = open_groups(row.entry_id, row.leaf, row.sealed, key)
    except ProofError:
        return [EntryDifference("unreadable", row.entry_id, leaf=row.leaf)]
    find = derive_find_keys(leaf, groups, key)
    person = groups.get(Group.PERSON)
    if person is not None and find.person is not None:
        numbers.take(row.year, find.person, int(str(person["number"])))
    stands = _columns(leaf, find)
    members = tuple(name for name in stands if _stands(row, name) != stands[name])
    if not members:
        return []
    return [EntryDifference("changed", row.entry_id, members, row.leaf)]


def _columns(leaf: Leaf, find: FindKeys) -> Mapping[str, object]:
    """Give what each column must say."""
    hashes = (
        *(find.user, find.team, find.case, find.person),
        *(find.purpose, find.outcome, find.break_glass),
    )
    return {
        "kind": leaf.kind.value,
        "organisation": leaf.organisation,
        "municipality": leaf.municipality,
        "place": leaf.municipality,
        "year": leaf.minute.year,
        "kept_year": leaf.minute.year,
        "recorded_at": format_minute(leaf.minute),
        **dict(zip(_FOUND, hashes, strict=True)),
    }


def _stands(row: Row[*tuple[Any, ...]], name: str) -> object:
    found = getattr(row, name)
    if name == "recorded_at":
        return format_minute(found)
    return bytes(found) if name.startswith("find_") and found is not None else found


async def _read(
    conn: AsyncConnection, since: datetime | None
) -> AsyncIterator[Row[*tuple[Any, ...]]]:
    entry, said = ledger_entry.c, ledger_disclosure.c
    page = (
        select(
            *(entry.entry_id, entry.year, entry.kind, entry.organisation),
            *(entry.municipality, entry.recorded_at, entry.leaf, said.sealed),
            said.municipality.label("place"),
            said.year.label("kept_year"),
            *(said[name] for name in _FOUND),
        )
        .join_from(ledger_entry, ledger_disclosure, isouter=True)
        .where(entry.kind != "first-leaf")
        .order_by(entry.entry_id)
        .limit(_PAGE)
    )
    begins = first_id(since) if since else UUID(int=0)
    rows = (await conn.execute(page.where(entry.entry_id > begins))).all()
    while rows:
        for row in rows:
            yield row
        after = page.where(entry.entry_id > rows[-1].entry_id)
        rows = (await conn.execute(after)).all()


async def _compare_numbers(
    conn: AsyncConnection, numbers: _Numbers
) -> Sequence[EntryDifference]:
    """Hold that each person has as many entries as they were given numbers."""
    given: dict[Person, int] = {
        (row.year, bytes(row.find_person)): row.number
        for row in await conn.execute(
            select(ledger_person).where(ledger_person.c.year >= numbers.first_kept)
        )
    }
    persons = given.keys() | numbers.last.keys()
    off = [
        one
        for one in persons
        if numbers.last.get(one, (0, 0)) != (given.get(one, 0),) * 2
    ]
    return [
        EntryDifference("numbers")
        for one in off
        if not await _went_on(conn, one, numbers.last.get(one, (0, 0)))
    ]


async def _went_on(
    conn: AsyncConnection, person: Person, seen: tuple[int, int]
) -> bool:
    """Tell whether somebody was asked about while the entries were read, no more."""
    year, find = person
    entry, given = ledger_disclosure.c, ledger_person.c
    row = (
        await conn.execute(
            select(given.number, func.count(entry.entry_id).label("count"))
            .join_from(
                ledger_person,
                ledger_disclosure,
                and_(entry.find_person == given.find_person, entry.year == given.year),
                isouter=True,
            )
            .where(given.year == year, given.find_person == find)
            .group_by(given.number)
        )
    ).one_or_none()
    is_whole = seen[0] == seen[1]
    return row is not None and is_whole and row.count == row.number > seen[0]
