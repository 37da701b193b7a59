"""Reads and writes follows: one's own, and those of colleagues about one person.

- A row is found by a keyed hash of its user, or of a code that was handed over; or by
  the row of a person within one organisation. By nothing else.
- Nothing here writes because of a signal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidRow
from signal_index.errors import (
    FollowsFull,
    KeyFilesRefused,
    UnknownFollow,
    UnknownOffer,
)
from signal_index.follows import (
    OPEN_PER_ORGANISATION,
    Follower,
    Following,
    derive_offer,
    derive_owner,
    name_follow_row,
    open_following,
    seal_following,
)
from signal_index.keyring import LeaderKeys, YearKeys
from signal_index.proof import DisclosureRefused
from signal_index.row_keys import RowKeys
from signal_index.signals import StoredSignal
from signal_index.store.ledger_reading import Owner
from signal_index.store.lookups import find_rows
from signal_index.store.many_rows import in_parts
from signal_index.store.row_keys import hold_written
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.follows import follow
from signal_index.tables.ledger import ledger_disclosure
from signal_index.tables.registry import source
from signal_index.wire.follows import OPEN_PER_USER
from signal_index.wire.sources import SourceState

TOLD_FOR: Final = timedelta(days=14)
"""How long who handed a follow over reads who has it."""
_READ = (
    follow.c.id,
    follow.c.municipality,
    follow.c.organisation,
    follow.c.year,
    follow.c.sealed,
    follow.c.until,
    follow.c.offer,
    follow.c.offered_until,
)


Watching = Mapping[str, Sequence[StoredSignal]]
"""What stands of one person, by kind."""


@dataclass(frozen=True, slots=True, repr=False)
class StoredFollow:
    """A follow as it stands, opened."""

    id: UUID
    municipality: str
    organisation: str
    year: int
    until: date
    offer: tuple[bytes, date] | None
    """By what a code finds it, and that code's last day."""
    said: Following


def open_stored(row: Any, keys: YearKeys) -> StoredFollow:  # noqa: ANN401 - a row
    """Open one row."""
    return StoredFollow(
        row.id,
        row.municipality,
        row.organisation,
        row.year,
        row.until,
        None if row.offer is None else (bytes(row.offer), row.offered_until),
        open_following(row.id, bytes(row.sealed), keys.get_disclosure_key(row.year)),
    )


async def is_about(conn: AsyncConnection, entry: UUID, find_person: bytes) -> bool:
    """Tell whether an entry is about this person: the find key of its year."""
    found = await conn.scalar(
        select(ledger_disclosure.c.find_person).where(
            ledger_disclosure.c.entry_id == entry
        )
    )
    return found is not None and bytes(found) == find_person


async def list_follows(
    conn: AsyncConnection, owner: Owner, keys: YearKeys, today: date
) -> tuple[Sequence[StoredFollow], int]:
    """Give a user's own open follows, those that end first before the others.

    And how many do not open: their row was altered.
    """
    rows = await conn.execute(
        select(*_READ)
        .where(follow.c.owner.in_(_owners(owner)))
        .where(follow.c.until >= today)
        .order_by(follow.c.until, follow.c.id)
    )
    found, unreadable = [], 0
    for row in rows:
        try:
            found.append(open_stored(row, keys))
        except (DisclosureRefused, KeyFilesRefused):
            unreadable += 1
    return found, unreadable


async def find_given(
    conn: AsyncConnection, owner: Owner, keys: YearKeys, today: date
) -> Sequence[tuple[StoredFollow, date]]:
    """Give what was the user's until a colleague took it over lately, and when.

    While that colleague follows it: their last day, or their end, erases it.
    """
    rows = await conn.execute(
        select(*_READ, follow.c.given_on)
        .where(follow.c.given_by.in_(_owners(owner)))
        .where(follow.c.given_on > today - TOLD_FOR)
        .where(follow.c.until >= today)
        .order_by(follow.c.given_on.desc(), follow.c.id)
    )
    found = []
    for row in rows:
        with suppress(DisclosureRefused, KeyFilesRefused):
            found.append((open_stored(row, keys), row.given_on))
    return found


async def store_follow(
    conn: AsyncConnection,
    owner: Owner,
    row: StoredFollow,
    keys: LeaderKeys,
    today: date,
) -> None:
    """Keep a follow; the user's own of the same person before it is replaced.

    Raises `FollowsFull` where user or organisation has as many as there may be.
    """
    await _replace_own(conn, owner, row, keys.row_keys)
    await _verify_room(conn, owner, today, more=1)
    key = keys.get_disclosure_key(row.year)
    await conn.execute(
        insert(follow),
        {
            "id": row.id,
            "municipality": row.municipality,
            "organisation": owner.organisation,
            "year": row.year,
            "owner": derive_owner(key, owner.organisation, owner.sub),
            "person_row": row.said.person.row_key,
            "sealed": seal_following(row.id, row.said, key),
            "until": row.until,
            "offer": None,
            "offered_until": None,
        },
    )


async def end_follow(
    conn: AsyncConnection, owner: Owner, id_: UUID, keys: YearKeys
) -> StoredFollow:
    """Erase an own follow and give what it was, or raise `UnknownFollow`."""
    found = await _get_own(conn, owner, [id_], keys)
    await conn.execute(delete(follow).where(follow.c.id == id_))
    return found[0]


async def offer_follows(
    conn: AsyncConnection,
    owner: Owner,
    ids: Collection[UUID],
    offered: tuple[str, date],
    keys: YearKeys,
) -> Sequence[StoredFollow]:
    """Let whoever has this code, in the same organisation, take own follows over.

    Gives them as they were. Raises `UnknownFollow` where one is not the user's: then
    nothing is offered.
    """
    code, until = offered
    found = await _get_own(conn, owner, sorted(set(ids)), keys)
    for one in found:
        key = keys.get_disclosure_key(one.year)
        await conn.execute(
            update(follow)
            .where(follow.c.id == one.id)
            .values(
                offer=derive_offer(key, owner.organisation, code), offered_until=until
            )
        )
    return found


async def find_offered(
    conn: AsyncConnection, owner: Owner, code: str, keys: YearKeys, today: date
) -> Sequence[StoredFollow]:
    """Find what a code offers to another user of the organisation, or raise.

    Raises `UnknownOffer`: never given, taken, past, one's own, or of another.
    """
    handles = [
        derive_offer(key, owner.organisation, code) for key in owner.keys.values()
    ]
    rows = await conn.execute(
        select(*_READ)
        .where(follow.c.offer.in_(handles))
        .where(follow.c.organisation == owner.organisation)
        .where(follow.c.offered_until >= today)
        .where(follow.c.until >= today)
        .order_by(follow.c.id)
    )
    found = [open_stored(row, keys) for row in rows]
    if not found or any(one.said.follower.sub == owner.sub for one in found):
        raise UnknownOffer
    return found


async def take_over(
    conn: AsyncConnection,
    owner: Owner,
    taken: tuple[Sequence[StoredFollow], Follower],
    keys: YearKeys,
    today: date,
    *,
    rows: RowKeys,
) -> None:
    """Make a colleague's follows one's own: sealed anew, with the last day they had.

    Raises `RowKeyLeft` where one names its person under a key that is closed by now.
    """
    follows, follower = taken
    for one in follows:
        await _replace_own(conn, owner, one, rows)
    await _verify_room(conn, owner, today, more=len(follows), of_organisation=0)
    for one in follows:
        key = keys.get_disclosure_key(one.year)
        said = _handed(one.said, follower)
        await conn.execute(
            update(follow)
            .where(follow.c.id == one.id)
            .values(
                given_by=follow.c.owner,  # as it was
                given_on=today,
                owner=derive_owner(key, owner.organisation, owner.sub),
                sealed=seal_following(one.id, said, key),
                offer=None,
                offered_until=None,
            )
        )
    persons = [one.said.person for one in follows]
    name = name_follow_row(owner.organisation)
    await hold_written(conn, rows, rows.name_keys(persons, name))


async def find_watched(
    conn: AsyncConnection, follows: Iterable[StoredFollow], row_keys: RowKeys
) -> tuple[Mapping[UUID, Watching], Collection[str]]:
    """Read what follows look at, by kind for each, and which sources are not live.

    Nothing of one whose person no row key of ours names.
    """
    places: list[tuple[UUID, str, bytes]] = []
    found: dict[UUID, dict[str, list[StoredSignal]]] = {}
    for one in follows:
        try:
            point = row_keys.open(one.said.person, name_follow_row(one.organisation))
        except InvalidRow:
            continue
        found[one.id] = {}
        for kind in one.said.watched:
            places += [(one.id, kind, row) for row in row_keys.find(point, kind)]
    rows: dict[bytes, Sequence[StoredSignal]] = {}
    for part in in_parts(sorted({row for _, _, row in places})):
        rows |= await find_rows(conn, part)
    for id_, kind, row in places:
        found[id_].setdefault(kind, []).extend(rows.get(row, ()))
    silent = await conn.scalars(
        select(source.c.oin).where(source.c.state != SourceState.LIVE.value)
    )
    return found, silent.all()


async def count_follows(
    conn: AsyncConnection, scope: OfficerScope, today: date
) -> Sequence[tuple[str, int, int]]:
    """Count open follows by organisation: how many, and of how many users."""
    rows = await conn.execute(
        select(
            follow.c.organisation,
            func.count().label("follows"),
            func.count(func.distinct(follow.c.owner)).label("users"),
        )
        .where(follow.c.until >= today)
        .where(within(scope, follow.c.municipality, follow.c.organisation))
        .group_by(follow.c.organisation)
        .order_by(follow.c.organisation)
    )
    return [(row.organisation, row.follows, row.users) for row in rows]


async def _replace_own(
    conn: AsyncConnection, owner: Owner, one: StoredFollow, row_keys: RowKeys
) -> None:
    """Erase the user's own follow of the same person, under whichever key it stands."""
    name = name_follow_row(owner.organisation)
    try:
        rows = row_keys.find(row_keys.open(one.said.person, name), name)
    except InvalidRow:
        rows = (one.said.person.row_key,)
    await conn.execute(
        delete(follow)
        .where(follow.c.owner.in_(_owners(owner)))
        .where(follow.c.person_row.in_(rows))
    )


async def _get_own(
    conn: AsyncConnection, owner: Owner, ids: Sequence[UUID], keys: YearKeys
) -> Sequence[StoredFollow]:
    rows = await conn.execute(
        select(*_READ)
        .where(follow.c.id.in_(ids))
        .where(follow.c.owner.in_(_owners(owner)))
    )
    found = [open_stored(row, keys) for row in rows]
    if len(found) != len(ids):
        raise UnknownFollow
    return found


async def _verify_room(
    conn: AsyncConnection,
    owner: Owner,
    today: date,
    *,
    more: int,
    of_organisation: int | None = None,
) -> None:
    open_ = select(func.count()).select_from(follow).where(follow.c.until >= today)
    own = await conn.scalar(open_.where(follow.c.owner.in_(_owners(owner))))
    if (own or 0) + more > OPEN_PER_USER:
        raise FollowsFull
    all_ = await conn.scalar(open_.where(follow.c.organisation == owner.organisation))
    added = more if of_organisation is None else of_organisation
    if (all_ or 0) + added > OPEN_PER_ORGANISATION:
        raise FollowsFull


def _owners(owner: Owner) -> list[bytes]:
    return [
        derive_owner(key, owner.organisation, owner.sub) for key in owner.keys.values()
    ]


def _handed(said: Following, follower: Follower) -> Following:
    return replace(said, follower=follower)
