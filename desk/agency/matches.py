"""Matches: who else helps the same citizens, whom to call there, and who leads.

What each side says is read by the other. An act names how many steps its page had seen:
where the other side said something meanwhile nothing changes, and the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from desk.agency.cases import (
    find_by_hand,
    is_citizen_number,
    name_case,
    tell_apart,
)
from desk.agency.match_list import ShownMatch, Wanted, list_matches
from desk.callers import Caller, LoggedInNoticeReader, SendingNoticeReader
from desk.desk import Desk, desk_of
from desk.errors import IndexHasNone
from desk.headers import allow_form
from desk.index import fill_in, verify_done
from desk.kept_forms import KEPT_ID
from desk.navigation import MATCHES
from desk.officer.told import read_told
from desk.pages import recount, render
from desk.roles import SOURCE_ADMINISTRATORS
from desk.waiting import count_matches, waits
from signal_index.wire.matches import Match, Matches, MatchStep
from signal_index.wire.values import Day, read_uuid

router: Final = APIRouter()
FOUND: Final = MATCHES + "/search"
FAULTS: Final = {
    "match-changed": "changed",
    "match-over": "over",
    "unknown-match": "gone",
}
_AT_ONCE: Final = "1000"


@dataclass(frozen=True, slots=True)
class Found:
    """All matches, what waits first; `unreadable`: how many the index cannot open."""

    items: Sequence[ShownMatch]
    closed_days: Sequence[Day]
    unreadable: int


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an act just now, and at which match."""

    done: str = ""
    fault: str = ""
    match: str = ""


@router.get(MATCHES)
async def show_matches(
    request: Request,
    caller: LoggedInNoticeReader,
    *,
    match: str = "",
    signal: str = "",
    partner: str = "",
    page: str = "",
) -> HTMLResponse:
    """Show the matches with the own case numbers; what is late stands first.

    Opens the page of `match`, or of the first about `signal`, wherever it stands.
    """
    said = await _take_said(request, MATCHES, match)
    number = int(page[:6]) if page.isascii() and page.isdigit() else 1
    wanted = Wanted(partner, at=match or signal, page=number)
    return await _show(request, caller, wanted, said)


async def _take_said(request: Request, page: str, match: str) -> Said:
    kept = await desk_of(request).kept_forms.take_said(request, page)
    return Said(kept.get("done", ""), kept.get("fault", ""), match if kept else "")


@router.post(FOUND)
async def search_matches(
    request: Request, _caller: SendingNoticeReader, case: Annotated[str, Form()] = ""
) -> Response:
    """Lead to the matches of one own case; its number comes in no address."""
    forms = desk_of(request).kept_forms
    if is_citizen_number(case):
        return await forms.say_once(request, MATCHES, fault="number")
    return await forms.lead_to(request, FOUND, {"case": case[:100]})


@router.get(FOUND + "/{search}")
async def show_found(
    request: Request,
    caller: LoggedInNoticeReader,
    search: str,
    match: str = "",
) -> HTMLResponse:
    """Show the matches of the case that was searched for; an act there leads back."""
    kept = await desk_of(request).kept_forms.get(request, FOUND, search)
    said = await _take_said(request, f"{FOUND}/{search}", match)
    return await _show(request, caller, Wanted(case=kept["case"]), said, search)


async def _show(
    request: Request, caller: Caller, wanted: Wanted, said: Said, search: str = ""
) -> HTMLResponse:
    desk = desk_of(request)
    found = await fetch_matches(desk, caller)
    listed = list_matches(found.items, wanted)
    waiting = count_matches(one.said for one in found.items)
    recount(request, MATCHES, desk.waiting.note(MATCHES, caller.person.sub, waiting))
    page = render(
        request,
        "agency/matches.html",
        title=desk.texts.get("matches.title"),
        person=caller.person,
        csrf=caller.csrf,
        is_administrator=not SOURCE_ADMINISTRATORS.isdisjoint(caller.person.roles),
        found=found,
        listed=listed,
        wanted=wanted,
        said=said,
        search=search,
        at=said.match if listed.has(said.match) else "",
    )
    allow_form(page)
    return page


@router.post(MATCHES + "/{match}/steps")
async def say_of_match(
    request: Request, caller: SendingNoticeReader, match: str
) -> Response:
    """Say something of a match, and show what stands there then."""
    try:
        found = read_uuid(match)
    except ValueError:
        raise IndexHasNone from None
    form = await request.form()
    step = str(form.get("step", ""))
    body = fill_in(
        MatchStep,
        act=str(form.get("act", "")),
        step=int(step) if step.isascii() and step.isdigit() else -1,
    )
    desk = desk_of(request)
    path = f"/v1/matches/{found}/steps"
    passed = await desk.index.pass_on(path, caller.access_token, body)
    told = read_told(passed)
    if told is not None and told.slug in FAULTS:
        said = {"fault": FAULTS[told.slug]}
    else:
        verify_done(passed)
        said = {"done": body.act}
    search, partner = str(form.get("search", "")), str(form.get("partner", ""))
    page = f"{FOUND}/{search}" if KEPT_ID.fullmatch(search) else MATCHES
    asks = urlencode({"match": str(found)} | ({"partner": partner} if partner else {}))
    return await desk.kept_forms.say_once(
        request, page, at=f"#match-{found}", asks=asks, **said
    )


async def fetch_matches(desk: Desk, caller: Caller) -> Found:
    """Fetch all matches of the caller's organisation, with its own cases."""
    items: list[Match] = []
    query = {"limit": _AT_ONCE}
    while True:
        page = await desk.index.fetch(
            Matches, "/v1/matches", caller.access_token, query=query
        )
        items += (await desk.contacts.hold(page)).items
        if page.next is None:
            break
        query = query | {"cursor": str(page.next)}
    by_hand = await find_by_hand(desk, caller)
    cases = tell_apart(
        {
            one.reference: name_case(one.reference, one.case, desk.case_key, by_hand)
            for one in items
        },
        by_hand,
    )
    shown = []
    seen: set[UUID] = set()
    for one in sorted(items, key=lambda one: (not waits(one), one.foundOn, one.id)):
        is_first = one.reference not in seen
        shown.append(ShownMatch(one, cases[one.reference], is_first))
        seen.add(one.reference)
    return Found(shown, page.closedDays, page.unreadable)
