"""What came of a lookup's flags, kept sealed beside the ledger.

And whose lookup it is: only who asked may say what came of it, or print its answer.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownEntry
from signal_index.identifiers import read_uuid7_minute
from signal_index.ledger import (
    OUTCOME_NONCE_BYTES,
    DisclosureKey,
    Kind,
    Opened,
    Outcome,
    flag_find_key,
    open_outcome,
    seal_outcome,
    user_find_key,
)
from signal_index.proof import DisclosureRefused
from signal_index.store.ledger_reading import Owner
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.store.repeats import Question, find_home, find_questions
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.tables.lookups import lookup_outcome

Said = Mapping[int | None, str | None]
"""What was said of the flags of one lookup, by their place; None: of all of it.

A code that is None was taken back: it counts no more, and is not "never said".
"""


@dataclass(frozen=True, slots=True)
class LookupOutcome:
    """What a caller says came of a flag of its lookup; `flag` None: of all of it.

    `outcome` None: what was said before is taken back. `told`: by what the notices of
    it are found (`find_told`).
    """

    entry_id: UUID
    flag: int | None
    municipality: str
    outcome: str | None
    told: UUID


async def get_own_answer(conn: AsyncConnection, owner: Owner, entry: UUID) -> Opened:
    """Open an answered lookup of this very user, or raise `UnknownEntry`.

    A refusal showed nothing: nothing came of it, and nothing of it can be printed.
    """
    row = (
        await conn.execute(
            select(*OPENED, ledger_disclosure.c.find_user)
            .join_from(ledger_disclosure, ledger_entry)
            .where(ledger_disclosure.c.entry_id == entry)
            .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        )
    ).first()
    if row is None or row.year not in owner.keys:
        raise UnknownEntry
    own = user_find_key(owner.keys[row.year], owner.organisation, owner.sub)
    if row.find_user != own:
        raise UnknownEntry
    opened = open_row(row, owner.keys)
    if opened.parsed_leaf.outcome is not Outcome.ANSWERED:
        raise UnknownEntry
    return opened


async def get_own_question(
    conn: AsyncConnection, owner: Owner, entry: UUID
) -> tuple[Opened, Question]:
    """Open an answered lookup of this user, and all entries of the same question.

    Raises `UnknownEntry`.
    """
    lookup = await get_own_answer(conn, owner, entry)
    found = await find_questions(conn, [entry], owner.keys)
    return lookup, found.get(entry, [lookup])


async def store_outcome(
    conn: AsyncConnection, said: LookupOutcome, keys: Mapping[int, DisclosureKey]
) -> str | None:
    """Keep what came of a flag, sealed; saying it again replaces it, also at once.

    Gives what was said of it before; None for nothing, or what was taken back.
    Raises KeyError where the year of the entry has no key: it cannot be its caller's.
    """
    year = _year_of(said.entry_id)
    name, sealed = seal_outcome(
        said.entry_id,
        said.flag,
        said.outcome,
        said.told,
        key=keys[year],
        nonce=secrets.token_bytes(OUTCOME_NONCE_BYTES),
    )
    row = lookup_outcome.c
    before = await conn.scalar(select(row.sealed).where(row.id == name))
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    await conn.execute(
        dialect.insert(lookup_outcome)
        .values(id=name, municipality=said.municipality, year=year, sealed=sealed)
        .on_conflict_do_update(
            index_elements=[lookup_outcome.c.id], set_={"sealed": sealed}
        )
    )
    with suppress(DisclosureRefused):
        return before and open_outcome(name, bytes(before), key=keys[year])[0]
    return None


async def find_outcomes(
    conn: AsyncConnection,
    opened: Iterable[Opened],
    keys: Mapping[int, DisclosureKey],
) -> Mapping[UUID, Said]:
    """Find what was said of lookups that are open, by entry and place.

    What is no lookup, or of which nothing was ever said, is not among them. Of what was
    asked again the same is said as of the first (`store.repeats`). A row that was
    altered says nothing, and hides no other.
    """
    lookups = [one for one in opened if one.flags is not None]
    repeats = [one.entry for one in lookups if one.is_repeat]
    questions = await find_questions(conn, repeats, keys) if repeats else {}
    names: dict[bytes, list[tuple[UUID, int | None]]] = defaultdict(list)
    years: dict[bytes, int] = {}
    for one in lookups:
        question = questions.get(one.entry, [one])
        for place in (None, *range(len(one.flags or ()))):
            entry, flag = find_home(question, one.entry, place)
            if (year := _year_of(entry)) in keys:
                name = flag_find_key(keys[year], entry, flag)
                names[name].append((one.entry, place))
                years[name] = year
    if not names:
        return {}
    rows = await conn.execute(
        select(lookup_outcome.c.id, lookup_outcome.c.sealed).where(
            lookup_outcome.c.id.in_(names)
        )
    )
    found: dict[UUID, dict[int | None, str | None]] = defaultdict(dict)
    for row in rows:
        name = bytes(row.id)
        with suppress(DisclosureRefused):
            code, _ = open_outcome(name, bytes(row.sealed), key=keys[years[name]])
            for entry, place in names[name]:
                found[entry][place] = code
    return found


async def find_told(
    conn: AsyncConnection,
    places: Iterable[tuple[UUID, int]],
    keys: Mapping[int, DisclosureKey],
) -> Mapping[tuple[UUID, int], UUID]:
    """Find by what the notices of what was said last at these places are found."""
    names = {
        flag_find_key(key, *place): (place, key)
        for place in places
        if (key := keys.get(_year_of(place[0]))) is not None
    }
    columns = lookup_outcome.c
    found: dict[tuple[UUID, int], UUID] = {}
    rows = await conn.execute(
        select(columns.id, columns.sealed).where(columns.id.in_(names))
    )
    for row in rows:
        name = bytes(row.id)
        place, key = names[name]
        with suppress(DisclosureRefused):
            found[place] = open_outcome(name, bytes(row.sealed), key=key)[1]
    return found


def is_taken_back(said: Said, place: int | None) -> bool:
    """Tell whether something was said there once, and counts no more."""
    return place in said and said[place] is None


def in_order(said: Said) -> Sequence[str]:
    """Give what counts in the order of the flags, of the whole lookup first."""
    return [code for place in sorted(said, key=_rank) if (code := said[place])]


async def erase_outcomes(conn: AsyncConnection, before_year: int) -> int:
    """Delete what was said of lookups of ledger years that were erased."""
    gone = await conn.execute(
        delete(lookup_outcome).where(lookup_outcome.c.year < before_year)
    )
    return int(gone.rowcount)


def _rank(place: int | None) -> int:
    return -1 if place is None else place


def _year_of(entry: UUID) -> int:
    return read_uuid7_minute(entry).astimezone(UTC).year
