"""The daily run: boxes opened, and signals found beside each other.

- One transaction for a municipality: boxes read, matches found and recorded, a sheet
  and as many notices written for every source that takes part, boxes erased.
- What is told does not depend on when, or in which order, anything was published.
- A pair is matched once, until it was over or its days are past.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidRow
from keys.pseudonym import SealedRow
from policy.policy import Policy
from signal_index.citizens.embargo import open_person
from signal_index.days import day_of
from signal_index.errors import KeyFilesRefused, LeadershipLost
from signal_index.keyring import LeaderKeys
from signal_index.ledger import AboutGroup
from signal_index.matching import (
    BoxAt,
    MatchBox,
    Permits,
    SignalAt,
    SignalNow,
    open_match_box,
    stands,
)
from signal_index.proof import DisclosureRefused
from signal_index.row_keys import RowKeys, Rows
from signal_index.signals import SignalState
from signal_index.store.embargoes import find_embargoed
from signal_index.store.many_rows import in_parts
from signal_index.store.match_cases import find_cases
from signal_index.store.match_rows import count_missing
from signal_index.store.matches import (
    find_held_in,
    find_signals_in,
    find_states,
)
from signal_index.store.notice_rows import Telling
from signal_index.store.notices import year_of
from signal_index.tables.matches import match_box, match_sheet
from signal_index.tables.registry import coverage

BOXES_AT_ONCE: Final = 1_000
"""A transaction with so many takes about a second: on SQLite others wait for it."""

Pair = frozenset[SignalAt]
Beside = Mapping[Rows, Sequence[SignalNow]]
"""What stands in each place."""


@dataclass(frozen=True, slots=True, repr=False)
class FoundMatch:
    """Two signals of one person that may hear of each other.

    `name`: the person's in this year's ledger; `about`: for who knows whom it is.
    """

    one: SignalNow
    other: SignalNow
    person: SealedRow
    name: bytes
    about: AboutGroup


@dataclass(frozen=True, slots=True, repr=False)
class Located:
    """A box that was opened, and where to look: for its signal, and for each kind."""

    box: MatchBox
    own: Rows
    partners: Mapping[str, Rows]


@dataclass(frozen=True, slots=True, repr=False)
class OpenedBoxes:
    """Boxes that were opened, by id; after which others follow, None: these are all."""

    boxes: Mapping[UUID, Located]
    last: UUID | None


@dataclass(frozen=True, slots=True, repr=False)
class FoundMatches:
    """What was found, and the boxes that are kept (`_waits`)."""

    matches: Sequence[FoundMatch]
    waiting: Collection[UUID]


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What one municipality's run takes besides the database."""

    municipality: str
    policy: Policy
    telling: Telling
    permits: Permits


async def find_places(conn: AsyncConnection) -> Sequence[str]:
    """Find the municipalities of sources."""
    rows = await conn.scalars(select(coverage.c.municipality).distinct())
    return rows.all()


async def open_some(
    conn: AsyncConnection,
    municipality: str,
    after: UUID | None,
    keys: LeaderKeys,
    now: datetime,
) -> OpenedBoxes:
    """Open boxes that wait there; one that does not open stays, and stops nothing."""
    query = select(match_box).where(match_box.c.municipality == municipality)
    if after is not None:
        query = query.where(match_box.c.id > after)
    rows = list(await conn.execute(query.order_by(match_box.c.id).limit(BOXES_AT_ONCE)))
    opened = {row.id: _find_box(row, keys, year_of(now)) for row in rows}
    last = rows[-1].id if len(rows) == BOXES_AT_ONCE else None
    return OpenedBoxes({id_: box for id_, box in opened.items() if box}, last)


async def count_unreadable(
    conn: AsyncConnection, keys: LeaderKeys, now: datetime
) -> int:
    """Count what does not open: altered, or its year has no key.

    Boxes, sheets, matches with a step and cases; and rows of these that are gone.
    """
    count = await count_missing(conn, keys)
    for row in await conn.execute(select(match_box)):
        count += _find_box(row, keys, year_of(now)) is None
    for place in await conn.scalars(select(match_sheet.c.municipality).distinct()):
        held = await find_held_in(conn, place, keys, date.min)
        states = await find_states(conn, held.items, keys)
        rows = {one.own.rows for one in held.items}
        stand = await find_signals_in(conn, rows)
        owned = [(one.source, one.at.reference) for one in stand.values()]
        cases = await find_cases(conn, owned, keys)
        count += held.unreadable
        count += len({one.side.match for one in held.items} - states.keys())
        count += sum(case is None for case in cases.values())
    return count


def _find_box(
    row: Row[*tuple[Any, ...]], keys: LeaderKeys, year: int
) -> Located | None:
    """Open a box; None also where the person has no name in the ledger of this year.

    So it is where that year's key came after the box: what is found could not be told.
    """
    try:
        key = keys.get_disclosure_key(row.year)
        at = BoxAt(row.id, row.municipality, row.until)
        box = open_match_box(at, bytes(row.sealed), key)
        located = _locate(box, keys.row_keys)
    except (DisclosureRefused, KeyFilesRefused, InvalidRow):
        return None
    return located if year in box.rows.names else None


def _locate(box: MatchBox, keys: RowKeys) -> Located:
    """Derive where to look: 5 us for each kind that policy named when it was boxed."""
    point = open_person(keys, box.rows.person)
    partners = {kind: keys.find(point, kind) for kind in box.rows.partners}
    return Located(box, keys.find(point, box.category), partners)


async def find_matches(
    conn: AsyncConnection, opened: Mapping[UUID, Located], run: Run
) -> FoundMatches:
    """Find who stands beside the signals of these boxes and may hear of them.

    Not of a person under an embargo here, nor what is matched already. What is over is
    found anew by what was published since, not by what stood before.
    """
    boxes = opened.values()
    rows = {one.own for one in boxes}
    rows |= {row for one in boxes for row in one.partners.values()}
    beside: dict[Rows, list[SignalNow]] = defaultdict(list)
    for signal in (await find_signals_in(conn, rows)).values():
        beside[signal.at.rows].append(signal)
    embargoed = await find_embargoed(
        conn,
        {one.box.rows.person for one in boxes},
        run.telling.keys,
        now=run.telling.now,
    )
    known, over = await _find_known(conn, run)
    found: dict[Pair, FoundMatch] = {}
    for one in boxes:
        if (one.box.rows.person, run.municipality) in embargoed:
            continue
        for own, other in _pair_up(one, beside):
            pair = frozenset({own.at, other.at})
            is_told = pair in known or (one.box.stood and pair in over)
            made = None if is_told else _decide(own, other, one.box, run)
            if made is not None:
                found.setdefault(pair, made)
    today = day_of(run.telling.now)
    waiting = {id_ for id_, one in opened.items() if _waits(one, beside, today)}
    return FoundMatches(list(found.values()), waiting)


def _waits(located: Located, beside: Beside, today: date) -> bool:
    """Tell whether a box may find tomorrow what it does not find today.

    Its signal has yet to begin, or it or one beside it is restricted.
    """
    signal = located.box.signal
    owns = [one for one in beside.get(located.own, ()) if one.id == signal]
    near = [other for _, other in _pair_up(located, beside)]
    return any(one.valid_from > today for one in owns) or any(
        one.state is SignalState.RESTRICTED for one in (*owns, *near)
    )


def _pair_up(located: Located, beside: Beside) -> Iterable[tuple[SignalNow, SignalNow]]:
    """Give the signal of a box, if it is that version still, with each beside it."""
    for own in beside.get(located.own, ()):
        if own.id != located.box.signal:
            continue
        for category, row in located.partners.items():
            for other in beside.get(row, ()):
                if other.category == category:
                    yield own, other


def _decide(
    own: SignalNow, other: SignalNow, box: MatchBox, run: Run
) -> FoundMatch | None:
    place, now = run.municipality, run.telling.now
    if not stands(own, other, place, now):
        return None
    if run.permits.find(own.signalled, other.signalled) is None:
        return None
    name = box.rows.names[year_of(now)]
    return FoundMatch(own, other, box.rows.person, name, box.rows.about)


async def erase_boxes(conn: AsyncConnection, ids: Collection[UUID]) -> None:
    """Erase boxes that were opened, or raise `LeadershipLost`.

    Of two that open the same at once, the second finds one gone: it tells nobody.
    """
    for part in in_parts(sorted(ids)):
        gone = await conn.execute(delete(match_box).where(match_box.c.id.in_(part)))
        if gone.rowcount != len(part):
            raise LeadershipLost("another process opened these boxes")


async def _find_known(
    conn: AsyncConnection, run: Run
) -> tuple[frozenset[Pair], frozenset[Pair]]:
    """Give the pairs that are matched there, and those of which a match is over."""
    keys, today = run.telling.keys, day_of(run.telling.now)
    held = await find_held_in(conn, run.municipality, keys, today)
    once = {one.side.match: one for one in held.items}
    states = await find_states(conn, list(once.values()), keys)
    over = {match for match, state in states.items() if state.is_gone}
    return (
        frozenset(one.pair for match, one in once.items() if match not in over),
        frozenset(once[match].pair for match in over),
    )
