"""What the rules of the review queue read: a day's lookups, never what they say.

Clear headers and keyed hashes: no seal is opened here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import end_id, first_id
from signal_index.ledger import Kind
from signal_index.proof import Leaf, Outcome, parse_leaf
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.tables.registry import organisation


@dataclass(frozen=True, slots=True, repr=False)
class SeenLookup:
    """One lookup of one person: its header, and the hashes that stand beside it."""

    entry: UUID
    organisation: str
    at: datetime
    outcome: Outcome
    user: bytes | None
    person: bytes | None
    case: bytes | None


@dataclass(frozen=True, slots=True)
class Window:
    """The lookups of a municipality from an instant up to another."""

    municipality: str
    begins: datetime
    ends: datetime


async def find_municipalities(conn: AsyncConnection) -> Sequence[str]:
    """Give every municipality that admitted an organisation."""
    column = organisation.c.municipality
    return (await conn.scalars(select(column).distinct().order_by(column))).all()


async def read_lookups(conn: AsyncConnection, window: Window) -> Sequence[SeenLookup]:
    """Give the lookups of a window, oldest first; what was erased is gone."""
    disclosure, entry = ledger_disclosure.c, ledger_entry.c
    rows = await conn.execute(
        select(
            entry.entry_id,
            entry.organisation,
            entry.recorded_at,
            entry.leaf,
            disclosure.find_user,
            disclosure.find_person,
            disclosure.find_case,
        )
        .join_from(ledger_entry, ledger_disclosure)
        .where(entry.kind == Kind.LOOKUP.value)
        .where(entry.municipality == window.municipality)
        .where(_between(entry.entry_id, window))
        .order_by(entry.entry_id)
    )
    return [
        SeenLookup(
            row.entry_id,
            row.organisation,
            row.recorded_at,
            _outcome(row.leaf),
            row.find_user,
            row.find_person,
            row.find_case,
        )
        for row in rows
    ]


async def find_seen_before(
    conn: AsyncConnection, window: Window, within: timedelta
) -> Collection[UUID]:
    """Give the lookups whose person a colleague looked up before, for another case.

    A colleague: another user, of whichever organisation of the municipality. The same
    case in other hands is ordinary work, and is not among them. Of two in one minute
    each has the other before it: an entry says no more of when it was.
    """
    own, other = ledger_disclosure.alias("own"), ledger_disclosure.alias("other")
    other_case = or_(
        own.c.find_case.is_(None),
        other.c.find_case.is_(None),
        own.c.find_case != other.c.find_case,
    )
    since = Window(window.municipality, window.begins - within, window.ends)
    asked, before = ledger_entry.alias("asked"), ledger_entry.alias("before")
    found = (
        select(own.c.entry_id)
        .distinct()
        .join(
            other,
            and_(
                other.c.find_person == own.c.find_person,
                _between(other.c.entry_id, since),
            ),
        )
        .join(asked, asked.c.entry_id == own.c.entry_id)
        .join(before, before.c.entry_id == other.c.entry_id)
        .where(before.c.recorded_at <= asked.c.recorded_at)
        .where(asked.c.kind == Kind.LOOKUP.value, before.c.kind == Kind.LOOKUP.value)
        .where(own.c.municipality == window.municipality)
        .where(_between(own.c.entry_id, window))
        .where(own.c.find_user != other.c.find_user)
        .where(other_case)
    )
    return frozenset((await conn.scalars(found)).all())


async def count_by_user(
    conn: AsyncConnection, window: Window
) -> Mapping[tuple[str, bytes], int]:
    """Give how often each user looked up, by organisation and keyed hash."""
    disclosure, entry = ledger_disclosure.c, ledger_entry.c
    rows = await conn.execute(
        select(entry.organisation, disclosure.find_user, func.count())
        .join_from(ledger_entry, ledger_disclosure)
        .where(entry.kind == Kind.LOOKUP.value)
        .where(entry.municipality == window.municipality)
        .where(_between(entry.entry_id, window))
        .where(disclosure.find_user.is_not(None))
        .group_by(entry.organisation, disclosure.find_user)
    )
    return {(oin, user): count for oin, user, count in rows}


def _between(column: ColumnElement[UUID], window: Window) -> ColumnElement[bool]:
    return and_(column >= first_id(window.begins), column < end_id(window.ends))


def _outcome(leaf: bytes) -> Outcome:
    found = parse_leaf(bytes(leaf))
    return found.outcome if isinstance(found, Leaf) else Outcome.RECORDED
