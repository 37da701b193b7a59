"""Notices: who looked at the organisation's signals, what came of it, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, get_args
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from desk.agency.cases import (
    NOBODY,
    ByHand,
    ShownCase,
    find_by_hand,
    name_all,
    tell_apart,
)
from desk.callers import Caller, LoggedInNoticeReader
from desk.desk import Desk, desk_of
from desk.moments import day_here
from desk.navigation import NOTICES
from desk.own_pages import is_foreign
from desk.pages import recount, render
from desk.roles import SOURCE_ADMINISTRATORS
from keys.case_seal import CaseKey
from signal_index.wire.notice_order import (
    find_former,
    find_moment_of,
    find_replaced,
    sort_notices,
    tells,
)
from signal_index.wire.notices import HowSettled, ReturnNotice, ReturnNotices

router: Final = APIRouter()
MOST_PAGES: Final = 10
PAGE_ROWS: Final = 100
MOST_UNFOLDED: Final = 2
_AT_ONCE: Final = "1000"


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice as the page shows it, with the cases that it is about.

    `former`: the other outcome that was said before, which this one replaces. `is_new`:
    this reader has not seen it yet. `by_hand`: the signal that this reader gave so.
    `is_refused`: the number that came with it is nobody's to call.
    """

    said: ReturnNotice
    cases: tuple[ShownCase, ...]
    former: ReturnNotice | None
    is_new: bool = False
    by_hand: UUID | None = None
    is_refused: bool = False

    @property
    def moment(self) -> datetime | None:
        """Give when it happened; None where its hour alone is known."""
        return find_moment_of(self.said)

    @property
    def is_of_many(self) -> bool:
        """Tell whether it is about more cases than a row shows: those are folded."""
        return len(self.cases) > MOST_UNFOLDED

    @property
    def hour_ends(self) -> datetime:
        """Give the end of the hour in which it was made."""
        return self.said.madeIn + timedelta(hours=1)

    @property
    def day(self) -> str:
        """Give the day on which it happened, in Dutch time, for grouping."""
        return day_here(self.moment or self.said.madeIn).isoformat()


@dataclass(frozen=True, slots=True)
class Told:
    """What the index told of notices, covers left out; `is_whole`: all that there are.

    `unreadable`: how many it has and cannot open. `refused`: those whose number nobody
    may call: it is not as its organisation signed it.
    """

    items: Sequence[ReturnNotice]
    is_whole: bool
    unreadable: int
    refused: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Notices:
    """A page of notices by day, the newest first; `older`: after which one the next is.

    `is_whole`: the index gave all that there are. `unreadable`: how many it has and
    cannot open. `unread`: how many this reader has not seen, on other pages too.
    """

    days: tuple[tuple[str, tuple[ShownNotice, ...]], ...]
    older: UUID | None
    is_whole: bool
    unreadable: int
    unread: int


@router.get(NOTICES)
async def show_notices(
    request: Request, caller: LoggedInNoticeReader, after: str = ""
) -> HTMLResponse:
    """Show what came back, the newest first, with the agency's own case numbers.

    `after`: the last notice of the page before. One that is not there is no page: then
    it begins anew. What stands on the page is read from then on, unless a page of
    elsewhere opened it.
    """
    desk = desk_of(request)
    notices = await fetch_notices(desk, caller, after, marks=not is_foreign(request))
    sub, unread = caller.person.sub, notices.unread
    recount(request, NOTICES, desk.waiting.note(NOTICES, sub, unread))
    return render(
        request,
        "agency/notices.html",
        title=desk.texts.get("notices.title"),
        person=caller.person,
        csrf=caller.csrf,
        is_administrator=not SOURCE_ADMINISTRATORS.isdisjoint(caller.person.roles),
        notices=notices,
        hows=get_args(HowSettled),
    )


async def fetch_notices(
    desk: Desk, caller: Caller, after: str, *, marks: bool
) -> Notices:
    """Fetch what came back to the caller's organisation, and give a page of it.

    All is fetched, for an outcome replaces one of another page. `marks`: what is on the
    page is noted as read.
    """
    told = await fetch_told(desk, caller)
    by_hand = await find_by_hand(desk, caller)
    sub = caller.person.sub
    new = await desk.read_marks.find_unread(sub, told.items)
    listed = [
        replace(one, is_new=one.said.id in new, is_refused=one.said.id in told.refused)
        for one in list_shown(told.items, desk.case_key, by_hand)
    ]
    shown, older = cut(listed, after)
    left = new
    if marks:
        on_page = {one.said.id for one in shown}
        left = await desk.read_marks.note(sub, told.items, on_page)
    days = group_by_day(shown)
    return Notices(days, older, told.is_whole, told.unreadable, len(left))


async def fetch_told(desk: Desk, caller: Caller) -> Told:
    """Fetch all notices to the caller's organisation, as many pages as there may be."""
    found: list[ReturnNotice] = []
    query = {"state": "all", "limit": _AT_ONCE}
    is_whole = False
    unreadable = 0
    refused: set[UUID] = set()
    for _ in range(MOST_PAGES):
        page = await desk.index.fetch(
            ReturnNotices, "/v1/notices", caller.access_token, query=query
        )
        told = {one.id for one in page.items if one.callBack is not None}
        page = await desk.contacts.hold(page)
        refused |= {one.id for one in page.items if one.callBack is None} & told
        found += [one for one in page.items if tells(one)]
        unreadable += page.unreadable
        if page.next is None:
            is_whole = True
            break
        query = query | {"cursor": str(page.next)}
    return Told(found, is_whole, unreadable, frozenset(refused))


def cut(
    shown: Sequence[ShownNotice], after: str
) -> tuple[Sequence[ShownNotice], UUID | None]:
    """Cut the page that comes after a notice, and give after which the next comes."""
    places = {str(one.said.id): place for place, one in enumerate(shown, start=1)}
    begins = places.get(after, 0)
    page = shown[begins : begins + PAGE_ROWS]
    return page, page[-1].said.id if begins + PAGE_ROWS < len(shown) else None


def group_by_day(
    shown: Iterable[ShownNotice],
) -> tuple[tuple[str, tuple[ShownNotice, ...]], ...]:
    """Give the notices of each day, in the order in which they stand."""
    return tuple((day, tuple(ones)) for day, ones in groupby(shown, key=_day))


def list_shown(
    found: Iterable[ReturnNotice],
    key: CaseKey | None,
    by_hand: ByHand = NOBODY,
) -> Sequence[ShownNotice]:
    """Give the notices as they are shown, the newest first.

    `by_hand`: what was noted of signals that were given by hand. An outcome that
    another replaced is not among them.
    """
    told = sort_notices(found, lambda one: one)
    cases = tell_apart(name_all(told, key, by_hand), by_hand)
    former = find_former(told)
    replaced = find_replaced(former)
    return [
        ShownNotice(
            one,
            tuple(cases[each.reference] for each in one.signals),
            _differing(one, former),
            by_hand=next((r for r in _references(one) if r in by_hand), None),
        )
        for one in told
        if one.id not in replaced
    ]


def _references(one: ReturnNotice) -> Iterable[UUID]:
    return (each.reference for each in one.signals)


def _differing(
    one: ReturnNotice, former: Mapping[UUID, Sequence[ReturnNotice]]
) -> ReturnNotice | None:
    before = next((each for each in former.get(one.id, ()) if each.outcome), None)
    return None if before is None or before.outcome == one.outcome else before


def _day(one: ShownNotice) -> str:
    return one.day
