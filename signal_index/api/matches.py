"""`/v1/matches`: who else helps a person, whom to call there, and who takes the lead.

- A source (its machine, its administrator, who signals by hand for it) sees matches of
  signals of the sources that it may send for, by its own references.
- Telling was recorded when the match was found; reading the list again is not. What a
  side says of it (a step) is an entry of its own.
- A page is as long as so many matches are, in steps of 8 KiB, whatever is in them.

Proven by tests/attack/test_a_match_tells_two_and_nobody_else.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.api.acting import acting
from signal_index.api.callers import NoticeReader
from signal_index.api.context import Index, TheIndex
from signal_index.api.match_view import (
    Seen,
    SeenMatch,
    end_gone,
    see_matches,
    show_match,
)
from signal_index.api.notices import find_own_sources
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, cut_page
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.days import day_of
from signal_index.errors import MatchChanged, MatchOver, UnknownMatch
from signal_index.ledger import Kind
from signal_index.matching import MatchAct, Step, decide_step
from signal_index.overview.public_holidays import find_public_holidays
from signal_index.store import matches as store
from signal_index.store.contacts import find_contacts
from signal_index.store.match_cases import find_cases
from signal_index.store.match_rows import tally_rows
from signal_index.wire import matches as wire
from signal_index.wire.values import Id

PAGE_STEP: Final = 8_192

routes = Routes("aanleveren")


@routes.get("/matches", "Wie dezelfde inwoners ook helpt, en wie daar te bellen is")
async def list_matches(
    index: TheIndex,
    caller: NoticeReader,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.Matches:
    """List the matches of own signals as they stand now, in the order of their ids."""
    sources = await find_own_sources(index, caller.organisation)
    now = index.clock()
    async with looking(index.engine) as conn:
        seen = await see_matches(index, conn, sources, now)
        items = [
            one
            for one in sorted(seen.items, key=lambda one: one.held.side.id)
            if cursor is None or one.held.side.id > cursor
        ]
        made = await _show(index, conn, items[: limit + 1], now)
    await end_gone(index, seen, now)
    shown, following = cut_page(made, limit)
    return _pad(
        wire.Matches(
            items=shown,
            next=following,
            unreadable=seen.unreadable,
            closedDays=find_public_holidays(day_of(now)),
            padding="",
        )
    )


@routes.post(
    "/matches/{match_id}/steps",
    "Laten weten hoe het met een match staat: wie leidt, afgesproken, klaar",
    raises=(UnknownMatch, MatchChanged, MatchOver),
)
async def add_step(
    match_id: Id, body: wire.MatchStep, index: TheIndex, caller: NoticeReader
) -> wire.Match:
    """Say something of a match; both sides read it from now on.

    What holds already, or was said by this same request before, is not said twice.
    """
    async with (
        _ending_gone(index),
        acting(index, caller.caller, Kind.MATCH) as act,
    ):
        one = await _get(index, act.conn, caller.organisation, match_id, act.now)
        step = _decide(one, body, act.now)
        if step is None:
            act.leave()
        else:
            number = one.state.number
            made = await store.add_step(act.conn, one.held, number, step, index.keys)
            await tally_rows(act.conn, [made])
            one = one.after(step)
            entry = str(one.held.side.entry)
            await act.record({"act": body.act, "entry": entry})
        (shown,) = await _show(index, act.conn, [one], act.now)
    return shown


async def _get(
    index: Index,
    conn: AsyncConnection,
    organisation: str,
    id_: UUID,
    now: datetime,
) -> SeenMatch:
    """Find a match that the organisation may see now, or raise `_NotSeen`."""
    sources = await find_own_sources(index, organisation)
    seen = await see_matches(index, conn, sources, now)
    for one in seen.items:
        if one.held.side.id == id_:
            return one
    raise _NotSeen(seen)


class _NotSeen(Exception):
    """It is not among what may be seen now; what is gone is over from here on."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen


@asynccontextmanager
async def _ending_gone(index: Index) -> AsyncIterator[None]:
    """End what is gone once the act that did not find its match is undone.

    Raises `UnknownMatch` then: whoever hears it looked, as who reads the list does.
    """
    try:
        yield
    except _NotSeen as missed:
        await end_gone(index, missed.seen, index.clock())
        raise UnknownMatch from missed


def _decide(one: SeenMatch, body: wire.MatchStep, now: datetime) -> Step | None:
    """Give the step that this is, None where it was said, or raise `MatchChanged`."""
    state, side, act = one.state, one.held.side.side, MatchAct(body.act)
    if body.step == state.number:
        return decide_step(state, act, side, now)
    last = state.last
    is_said = last is not None and (last.act, last.side) == (act, side)
    if is_said and body.step == state.number - 1:
        return None
    raise MatchChanged


async def _show(
    index: Index, conn: AsyncConnection, seen: Sequence[SeenMatch], now: datetime
) -> list[wire.Match]:
    contacts = await find_contacts(conn, [one.other.contact_holder for one in seen])
    owned = {one.held.side.id: (one.own.source, one.own.at.reference) for one in seen}
    cases = await find_cases(conn, owned.values(), index.keys)
    labels = {
        place: await index.labels_in(place)
        for place in {one.held.municipality for one in seen}
    }
    return [
        show_match(
            one,
            contacts[one.other.contact_holder],
            cases.get(owned[one.held.side.id]),
            labels[one.held.municipality],
            day_of(now),
        )
        for one in seen
    ]


def _pad(page: wire.Matches) -> wire.Matches:
    """Give a page a length that many others have."""
    length = len(page.model_dump_json().encode())
    return page.model_copy(update={"padding": " " * (-length % PAGE_STEP)})
