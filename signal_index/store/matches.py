"""Boxes put in, sheets read, steps made: what serving does with matches.

- A source's matches are those whose own signal is its own now: a signal that passed on
  took its match along, and nothing was rewritten.
- A step is one row under a keyed name; whoever comes second with the same number is
  refused (`MatchChanged`).
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidRow
from signal_index.citizens.embargo import open_person
from signal_index.days import day_of
from signal_index.errors import KeyFilesRefused, MatchChanged
from signal_index.keyring import LeaderKeys, YearKeys
from signal_index.matching import (
    MatchBox,
    MatchSide,
    MatchState,
    SheetAt,
    SignalAt,
    SignalNow,
    Step,
    box_row,
    derive_step_handle,
    fold_steps,
    open_sheet,
    open_step,
    seal_step,
)
from signal_index.proof import DisclosureRefused
from signal_index.row_keys import RowKeys, Rows
from signal_index.signals import SignalState
from signal_index.store.many_rows import in_parts
from signal_index.store.match_rows import Written, find_step_rows, insert_step_row
from signal_index.store.notices import year_of
from signal_index.tables.matches import match_box, match_sheet
from signal_index.tables.signals import shown_signals
from signal_index.tables.transfers import signal_transfer

_READ: Final = (
    "row_key",
    "id",
    "reference",
    "source",
    "category",
    "municipality",
    "state",
    "valid_from",
    "valid_until",
    "confirmed_on",
    "informed_code",
    "contact_holder",
)

Boxed = tuple[str, MatchBox]
"""A municipality, and what is to be put in a box there."""


@dataclass(frozen=True, slots=True, repr=False)
class HeldMatch:
    """One side of a match as its sheet has it, and where both signals may stand.

    `year` is of the key that seals it.
    """

    side: MatchSide
    own: SignalAt
    other: SignalAt
    municipality: str
    year: int
    until: date

    @property
    def pair(self) -> frozenset[SignalAt]:
        """The two signals, in no order."""
        return frozenset({self.own, self.other})


@dataclass(frozen=True, slots=True, repr=False)
class HeldMatches:
    """What stands in sheets, and how many at least of these do not open.

    `rows`: the row keys with which it was derived where the signals stand.
    """

    items: Sequence[HeldMatch]
    unreadable: int
    rows: RowKeys


async def put_in_match_boxes(
    conn: AsyncConnection, boxed: Sequence[Boxed], keys: YearKeys, *, now: datetime
) -> None:
    """Put each in a box, in an order that chance decides; nothing without boxes."""
    if not boxed:
        return
    key = keys.get_disclosure_key(year_of(now))
    rows = [box_row(uuid4(), place, box, key, now) for place, box in boxed]
    secrets.SystemRandom().shuffle(rows)
    await conn.execute(insert(match_box), rows)


async def find_held(
    conn: AsyncConnection, sources: Collection[str], keys: LeaderKeys, today: date
) -> HeldMatches:
    """Open the sheets of sources, and of those from whom they took signals over."""
    from_whom = await _find_predecessors(conn, sources)
    return await _open_sheets(
        conn, match_sheet.c.source.in_(sorted({*sources, *from_whom})), keys, today
    )


async def find_held_in(
    conn: AsyncConnection, municipality: str, keys: LeaderKeys, today: date
) -> HeldMatches:
    """Open all sheets of a municipality: both sides of each match.

    Where one side alone is found, the other's sheet was altered or taken away: that
    counts as unreadable too.
    """
    here = match_sheet.c.municipality == municipality
    held = await _open_sheets(conn, here, keys, today)
    sides = Counter(one.side.match for one in held.items)
    alone = sum(count == 1 for count in sides.values())
    return replace(held, unreadable=max(held.unreadable, alone))


async def find_signals_in(
    conn: AsyncConnection, places: Iterable[Rows]
) -> Mapping[SignalAt, SignalNow]:
    """Read what stands in these places now, of live sources."""
    shown = shown_signals(*_READ)
    place_of = {row: rows for rows in places for row in rows}
    found: dict[SignalAt, SignalNow] = {}
    for part in in_parts(sorted(place_of)):
        for row in await conn.execute(select(shown).where(shown.c.row_key.in_(part))):
            at = SignalAt(place_of[bytes(row.row_key)], row.reference)
            found[at] = _signal(at, row)
    return found


async def find_states(
    conn: AsyncConnection, held: Iterable[HeldMatch], keys: YearKeys
) -> Mapping[UUID, MatchState]:
    """Give how it stands with each match, by the id that both sides share.

    Nothing of one of which a step was altered.
    """
    steps: dict[UUID, list[Step]] = {one.side.match: [] for one in held}
    going = {one.side.match: keys.get_disclosure_key(one.year) for one in held}
    while going:
        names = {
            derive_step_handle(key, match, len(steps[match])): match
            for match, key in going.items()
        }
        found = await find_step_rows(conn, names)
        going = {names[handle]: going[names[handle]] for handle in found}
        for handle, sealed in found.items():
            match = names[handle]
            try:
                steps[match].append(open_step(handle, sealed, going[match]))
            except DisclosureRefused:
                del steps[match], going[match]
    return {match: fold_steps(made) for match, made in steps.items()}


async def add_step(
    conn: AsyncConnection,
    held: HeldMatch,
    number: int,
    step: Step,
    keys: YearKeys,
) -> Written:
    """Write a step under its number, or raise `MatchChanged` where it is taken.

    What it gives is for `tally_rows`, which comes last in a transaction.
    """
    key = keys.get_disclosure_key(held.year)
    handle = derive_step_handle(key, held.side.match, number)
    until = _kept_until(held, day_of(step.at))
    if not await insert_step_row(conn, handle, seal_step(handle, step, key), until):
        raise MatchChanged
    return Written(handle, until, key)


async def _open_sheets(
    conn: AsyncConnection,
    where: ColumnElement[bool],
    keys: LeaderKeys,
    today: date,
) -> HeldMatches:
    """Open sheets; a last day that is past is believed of one that opens alone."""
    items: list[HeldMatch] = []
    unreadable, row_keys = 0, keys.row_keys
    for row in await conn.execute(select(match_sheet).where(where)):
        at = SheetAt(row.id, row.municipality, row.source, row.until)
        try:
            key = keys.get_disclosure_key(row.year)
            sides = open_sheet(at, bytes(row.sealed), key)
            held = [_hold(side, at, row.year, row_keys) for side in sides]
        except (DisclosureRefused, KeyFilesRefused, InvalidRow):
            unreadable += 1
            continue
        if at.until >= today:
            items += held
    return HeldMatches(items, unreadable, row_keys)


def _hold(side: MatchSide, at: SheetAt, year: int, row_keys: RowKeys) -> HeldMatch:
    point = open_person(row_keys, side.person)
    own, other = (
        SignalAt(row_keys.find(point, one.category), one.reference)
        for one in (side.own, side.other)
    )
    return HeldMatch(side, own, other, at.municipality, year, at.until)


async def _find_predecessors(
    conn: AsyncConnection, sources: Collection[str]
) -> frozenset[str]:
    """Find from whom these took signals over, and from whom those did."""
    rows = await conn.execute(
        select(signal_transfer.c.source, signal_transfer.c.successor)
        .where(signal_transfer.c.carried_out_at.is_not(None))
        .distinct()
    )
    pairs = [(row.source, row.successor) for row in rows]
    known = set(sources)
    while new := {src for src, to in pairs if to in known} - known:
        known |= new
    return frozenset(known - set(sources))


def _kept_until(held: HeldMatch, today: date) -> date:
    """Give until when a row is kept: as long as a match, and longer than this one.

    Counted from its own day, so that it does not show which day's match it belongs to.
    """
    return today + (held.until - held.side.found)


def _signal(at: SignalAt, row: Row[*tuple[Any, ...]]) -> SignalNow:
    return SignalNow(
        at=at,
        id=row.id,
        source=row.source,
        category=row.category,
        municipality=row.municipality,
        state=SignalState(row.state),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        confirmed_on=row.confirmed_on,
        informed=row.informed_code,
        contact_holder=row.contact_holder,
    )
