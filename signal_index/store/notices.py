"""Boxes put in, and notices handed out: what serving does with what comes back.

    put_in_box(conn, municipality, Told(source, Body(...)), keys, now)

is how any act tells a source something: a row of one length that the leader opens
within seconds (`store.notice_opening`). Nothing is told directly.

- A caller finds the notices of the sources that it may send for, and of no other.
- Handing out and acknowledging write every row anew, covers too: nothing shows which
  ones said something.
- What was handed to somebody stays as it was told, whoever read it: that it is gone, or
  comes, would tell of an embargo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, and_, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.citizens.embargo import ROW, is_known
from signal_index.errors import KeyFilesRefused
from signal_index.identifiers import read_uuid7_minute
from signal_index.keyring import LeaderKeys, YearKeys
from signal_index.ledger import DisclosureKey, Opened
from signal_index.proof import DisclosureRefused
from signal_index.returning import (
    Body,
    BoxContent,
    SealedBox,
    box_row,
    open_body,
    seal_body,
    seal_box,
)
from signal_index.returning.bodies import COVER
from signal_index.row_keys import RowKeys
from signal_index.store.embargoes import find_embargoed
from signal_index.store.many_rows import in_parts
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.store.row_keys import hold_written
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.tables.notices import notice_box, return_notice

Entries = Mapping[UUID, Opened]
"""Opened entries of lookups, by their id."""

Facts = Mapping[str, str | None]
"""The short facts of a notice."""


@dataclass(frozen=True, slots=True, repr=False)
class StoredNotice:
    """A notice as it stands, opened; `body` is None where it does not open."""

    id: UUID
    source: str
    municipality: str
    year: int
    made_in: datetime
    expires: date
    names_case: bool
    is_told: bool
    is_acknowledged: bool
    body: Body | None


async def put_in_box(
    conn: AsyncConnection,
    municipality: str,
    content: BoxContent,
    keys: YearKeys,
    *,
    now: datetime,
) -> None:
    """Have something told to a source, in the transaction of the act that tells it."""
    box = make_box(municipality, content, keys, now)
    await conn.execute(insert(notice_box), [box_row(box)])


def make_box(
    municipality: str,
    content: BoxContent,
    keys: YearKeys,
    now: datetime,
) -> SealedBox:
    """Close a box under this year's key."""
    key = keys.get_disclosure_key(year_of(now))
    return seal_box(uuid4(), municipality, content, key)


def year_of(moment: datetime) -> int:
    """Give the year whose key seals what is made at a moment."""
    return moment.astimezone(UTC).year


def entry_key(keys: Mapping[int, DisclosureKey], entry: UUID) -> DisclosureKey | None:
    """Find the key of the year in which an entry was made; None once it is gone."""
    return keys.get(read_uuid7_minute(entry).year)


async def list_notices(
    conn: AsyncConnection,
    sources: Sequence[str],
    keys: LeaderKeys,
    page: tuple[UUID | None, int],
    *,
    is_new: bool,
    since: datetime | None = None,
    now: datetime,
) -> Sequence[StoredNotice]:
    """Read notices of these sources, the newest hour first; within it in a fixed order.

    `page`: after which notice, and how many. What comes while somebody pages stands
    before; after one that has expired there is nothing, for what is older has too.
    `is_new`: what was not acknowledged yet; `since`: made then or later. What was told
    to nobody and is about a person under an embargo reads as a cover.
    """
    after, limit = page
    query = select(return_notice).where(return_notice.c.source.in_(sources))
    if is_new:
        query = query.where(return_notice.c.acknowledged.is_(False))
    columns = return_notice.c
    if since is not None:
        query = query.where(columns.made_in >= since)
    if after is not None:
        hour = select(columns.made_in).where(columns.id == after)
        at = await conn.scalar(hour.where(columns.source.in_(sources)))
        if at is None:
            return []
        query = query.where(
            or_(columns.made_in < at, and_(columns.made_in == at, columns.id > after))
        )
    order = (columns.made_in.desc(), columns.id)
    rows = list(await conn.execute(query.order_by(*order).limit(limit)))
    bodies = await _open_told(conn, rows, keys, now)
    return [_stored(row, body) for row, body in zip(rows, bodies, strict=True)]


async def find_handed_out(
    conn: AsyncConnection, names: Collection[UUID], keys: YearKeys
) -> Sequence[StoredNotice]:
    """Open those of these notices that their source was handed, as it was told them."""
    found: list[StoredNotice] = []
    for part in in_parts(sorted(names)):
        told = return_notice.c.id.in_(part) & return_notice.c.told
        rows = await conn.execute(select(return_notice).where(told))
        found += [_stored(row, find_body(row, keys)) for row in rows]
    return found


async def hand_out(
    conn: AsyncConnection, notices: Sequence[StoredNotice], keys: LeaderKeys
) -> None:
    """Note that these were handed to somebody, and keep each as it was told: for good.

    Every row that nobody was handed before is sealed anew, covers too. Raises
    `RowKeyLeft` where one names its person under a key that is closed by now.
    """
    new = [
        (one, one.body)
        for one in sorted(notices, key=lambda one: one.id)
        if one.body is not None and not one.is_told
    ]
    rows = [
        {
            "told_id": one.id,
            "as_told": seal_body(one.id, body, keys.get_disclosure_key(one.year)),
        }
        for one, body in new
    ]
    if rows:
        await conn.execute(
            update(return_notice)
            .where(return_notice.c.id == bindparam("told_id"))
            .values(sealed=bindparam("as_told"), told=True),
            rows,
        )
    row_keys = keys.row_keys
    under = name_keys(row_keys, [body for _, body in new])
    await hold_written(conn, row_keys, under)


def name_keys(keys: RowKeys, bodies: Iterable[Body]) -> frozenset[int]:
    """Give the numbers of the keys under which notices name their persons."""
    return keys.name_keys((one.person for one in bodies if one.person is not None), ROW)


async def hide_embargoed(
    conn: AsyncConnection,
    told: Sequence[tuple[str, Body]],
    keys: LeaderKeys,
    now: datetime,
) -> Sequence[Body]:
    """Give a cover for each that is about a person of whom an embargo holds there.

    `told`: what it says, in which municipality. Whoever writes a notice and whoever
    hands one out asks this, so that no kind of notice can forget it. Of a person whom
    no row key of ours names nobody is told: an embargo of theirs would not be found.
    """
    row_keys = keys.row_keys
    persons = {body.person for _, body in told if body.person is not None}
    known = {one for one in persons if is_known(row_keys, one)}
    held = await find_embargoed(conn, known, keys, now=now)
    return [
        body
        if body.person is None
        or (body.person in known and (body.person, place) not in held)
        else COVER
        for place, body in told
    ]


async def _open_told(
    conn: AsyncConnection,
    rows: Sequence[Row[*tuple[Any, ...]]],
    keys: LeaderKeys,
    now: datetime,
) -> Sequence[Body | None]:
    """Open notices as they may be told now: what was told before, as it was.

    None where one does not open.
    """
    opened = [find_body(row, keys) for row in rows]
    told = [
        (row.municipality, body or COVER)
        for row, body in zip(rows, opened, strict=True)
    ]
    hidden = await hide_embargoed(conn, told, keys, now)
    return [
        body if body is None or row.told else shown
        for row, body, shown in zip(rows, opened, hidden, strict=True)
    ]


def find_body(row: Row[*tuple[Any, ...]], keys: YearKeys) -> Body | None:
    """Open the notice of a row; None where it was altered, or its year has no key."""
    try:
        return open_body(row.id, row.sealed, keys.get_disclosure_key(row.year))
    except (DisclosureRefused, KeyFilesRefused):
        return None


async def find_looked_up(
    conn: AsyncConnection, entries: Sequence[UUID], keys: YearKeys
) -> Entries:
    """Open the lookups that notices are about; about whom they were is not in it."""
    if not entries:
        return {}
    rows = await conn.execute(
        select(*OPENED)
        .join_from(ledger_disclosure, ledger_entry)
        .where(ledger_disclosure.c.entry_id.in_(sorted(set(entries))))
    )
    opened = [open_row(row, keys.disclosures) for row in rows]
    return {one.entry: one for one in opened}


async def acknowledge(
    conn: AsyncConnection,
    sources: Sequence[str],
    cases: Mapping[UUID, Mapping[UUID, str]],
    keys: YearKeys,
) -> Sequence[StoredNotice]:
    """Note that notices arrived, with what their source calls the cases (sealed).

    Gives them as they stand now.

    `cases`: by notice, by reference. What is not there, another's, was handed to nobody
    or does not open is passed over.
    Every row is sealed anew, so that none stands out; of two that come at once the
    second finds what the first wrote.
    """
    query = (
        select(return_notice)
        .where(return_notice.c.id.in_(sorted(cases)))
        .where(return_notice.c.source.in_(sources))
        .where(return_notice.c.told.is_(True))
        .order_by(return_notice.c.id)
        .with_for_update()
    )
    opened = [(row, find_body(row, keys)) for row in await conn.execute(query)]
    arrived = []
    for row, told in opened:
        if told is None:
            continue
        key = keys.get_disclosure_key(row.year)
        body = _name_cases(told, cases[row.id])
        await conn.execute(
            update(return_notice)
            .where(return_notice.c.id == row.id)
            .values(sealed=seal_body(row.id, body, key), acknowledged=True)
        )
        arrived.append(_stored(row, body))
    return arrived


def _stored(row: Row[*tuple[Any, ...]], body: Body | None) -> StoredNotice:
    return StoredNotice(
        row.id,
        row.source,
        row.municipality,
        row.year,
        row.made_in,
        row.expires,
        row.names_case,
        row.told,
        row.acknowledged,
        body,
    )


def _name_cases(body: Body, cases: Mapping[UUID, str]) -> Body:
    named = tuple(
        replace(one, case=cases.get(one.reference, one.case)) for one in body.signals
    )
    return replace(body, signals=named)
