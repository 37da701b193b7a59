"""Opening boxes, and writing the notices that are in them: the leader's work.

- One transaction: boxes are read, notices written in a mixed order, boxes erased.
- Outcomes are told after every lookup that waited with them, however they lie.
- Whose a signal is when its box is opened hears of it (`store.notice_succession`).
- What a box of a lookup, or of its outcome, becomes is `store.notice_lookups`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.citizens.embargo import is_known
from signal_index.errors import KeyFilesRefused
from signal_index.keyring import LeaderKeys, YearKeys
from signal_index.proof import DisclosureRefused
from signal_index.returning import (
    Body,
    BoxContent,
    Passed,
    SaidOutcome,
    Told,
    derive_once,
    open_box,
)
from signal_index.returning.bodies import COVER
from signal_index.store.many_rows import by_turns, in_parts
from signal_index.store.notice_lookups import (
    Boxed,
    Places,
    tell_lookups,
    tell_outcomes,
)
from signal_index.store.notice_rows import (
    NoticeRow,
    Telling,
    write_notices,
)
from signal_index.store.notice_succession import find_owners, tell_passed
from signal_index.store.notices import find_body
from signal_index.store.opened_entries import open_entries
from signal_index.tables.notices import notice_box, return_notice
from signal_index.tables.registry import coverage, source
from signal_index.wire.sources import SourceState

BOXES_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening: how many by municipality, and what must wait.

    `outcomes`: boxes that are told of once every lookup that was there is told of.
    """

    counts: Mapping[str, int]
    outcomes: Sequence[UUID]


async def find_boxes(conn: AsyncConnection) -> Sequence[UUID]:
    """Find what waits, at one moment: whose outcome is among it, its lookup is too.

    Or that lookup was opened before: an outcome is said of an answer that was given.
    """
    return (await conn.scalars(select(notice_box.c.id).order_by(notice_box.c.id))).all()


async def open_boxes(
    conn: AsyncConnection, ids: Collection[UUID], telling: Telling, *, outcomes: bool
) -> Opened:
    """Open these boxes: those with an outcome, or all others; the rest stays.

    The caller commits, and records that it was done, in the same transaction. A box
    that does not open stays where it is and stops no other (`count_unreadable`).
    """
    rows = await conn.execute(select(notice_box).where(notice_box.c.id.in_(ids)))
    found = [
        (row.id, row.municipality, _open(row, telling.keys))
        async for some in by_turns(rows.all())
        for row in some
    ]
    opened = {
        id_: (place, one)
        for id_, place, one in found
        if one is not None and isinstance(one, SaidOutcome) is outcomes
    }
    boxed: list[Boxed] = list(opened.values())
    places = await _find_places(conn, {place for place, _ in boxed})
    made = [
        *await tell_lookups(conn, boxed, places, telling),
        *await tell_outcomes(conn, boxed, telling),
        *await _tell_others(conn, boxed, telling),
    ]
    await write_notices(conn, made, telling)
    await conn.execute(delete(notice_box).where(notice_box.c.id.in_(list(opened))))
    counts: dict[str, int] = defaultdict(int)
    for place, _ in boxed:
        counts[place] += 1
    waiting = [
        id_
        for id_, _, one in found
        if isinstance(one, SaidOutcome) and id_ not in opened
    ]
    return Opened(counts, waiting)


async def count_unreadable(conn: AsyncConnection, keys: LeaderKeys) -> int:
    """Count boxes and notices that do not open: altered, or their year has no key.

    Notices too of which the entry that says who looked was altered, or about a person
    whom no row key of ours names: nobody is told those.
    """
    count = 0
    for box in await conn.execute(select(notice_box)):
        count += _open(box, keys) is None
    behind: Counter[UUID] = Counter()
    rows = await conn.stream(select(return_notice))
    async for row in rows:
        body = find_body(row, keys)
        count += body is None or not _is_known(body, keys)
        if body is not None and body.entry is not None:
            behind[body.entry] += 1
    entries = sorted(behind)
    for start in range(0, len(entries), BOXES_AT_ONCE):
        part = entries[start : start + BOXES_AT_ONCE]
        opened = await open_entries(conn, part, keys.disclosures)
        count += sum(behind[one.entry] for one in opened.values() if one.is_unreadable)
    return count


def _is_known(body: Body, keys: LeaderKeys) -> bool:
    return body.person is None or is_known(keys.row_keys, body.person)


def _open(row: Row[*tuple[Any, ...]], keys: YearKeys) -> BoxContent | None:
    try:
        return open_box(row.id, row.sealed, keys.get_disclosure_key(row.year))
    except (DisclosureRefused, KeyFilesRefused):
        return None


async def tell_once(
    conn: AsyncConnection,
    told: Sequence[tuple[str, str, Body, str]],
    telling: Telling,
) -> int:
    """Write notices that are told once: (source, municipality, body, about what).

    For what stands in the clear in this database anyway, as a contact holder that was
    not confirmed: no cover is needed. Gives how many were new.
    """
    rows = [
        NoticeRow(src, place, body, derive_once(telling.key, body.kind, src, what))
        for src, place, body, what in told
    ]
    known: set[UUID] = set()
    for part in in_parts([row.name for row in rows]):
        found = select(return_notice.c.id).where(return_notice.c.id.in_(part))
        known |= set(await conn.scalars(found))
    new = [row for row in rows if row.name not in known]
    await write_notices(conn, new, telling)
    return len(new)


async def _find_places(conn: AsyncConnection, places: set[str]) -> Places:
    rows = await conn.execute(
        select(coverage.c.municipality, coverage.c.source, coverage.c.category)
        .join(source, source.c.oin == coverage.c.source)
        .where(coverage.c.municipality.in_(sorted(places)))
        .where(source.c.state == SourceState.LIVE.value)
    )
    found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for row in rows:
        kinds = found[row.municipality].get(row.source, frozenset())
        found[row.municipality][row.source] = kinds | {row.category}
    return found


async def _tell_others(
    conn: AsyncConnection, boxed: Sequence[Boxed], telling: Telling
) -> list[NoticeRow]:
    made: list[NoticeRow] = []
    for place, one in boxed:
        if isinstance(one, Passed):
            made.extend(await tell_passed(conn, place, one, telling))
        elif isinstance(one, Told):
            made.extend(await _tell(conn, place, one))
    return made


async def _tell(conn: AsyncConnection, place: str, one: Told) -> list[NoticeRow]:
    """Tell it to whose signals they are now; a cover to the others."""
    about = await find_owners(conn, {one.source: one.body.signals})
    parts = {
        src: replace(one.body, signals=tuple(found)) for src, found in about.items()
    }
    if not parts:
        parts = {one.source: one.body}
    return [
        NoticeRow(src, place, parts.get(src, COVER))
        for src in dict.fromkeys((*parts, one.source, *one.covers))
    ]
