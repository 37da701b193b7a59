"""An agency's own signals: how many stand where, and which ended by whose word."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse

from desk.agency.cases import find_cases_by_hand, name_case
from desk.agency.matches import fetch_matches
from desk.agency.notices import fetch_told
from desk.callers import (
    Caller,
    LoggedInSourceAdministrator,
    SendingSourceAdministrator,
)
from desk.desk import Desk, desk_of
from desk.headers import allow_form
from desk.pages import render
from keys.case_seal import CaseKey, is_called
from signal_index.wire.contact_holders import ContactHolders
from signal_index.wire.notices import ReturnNotice
from signal_index.wire.signals import (
    OwnSignal,
    OwnSignals,
    SignalCounts,
    SignalEndings,
)
from signal_index.wire.values import read_uuid

router: Final = APIRouter()
PAGE: Final = "/agency/signals"
SHOWN: Final = "50"
LONGEST: Final = 100
MOST_FOUND: Final = 20


@router.get(PAGE)
async def show_signals(
    request: Request,
    caller: LoggedInSourceAdministrator,
    cursor: str | None = None,
    reference: str = "",
) -> HTMLResponse:
    """Show counts, what ended lately, the signals by page, and one by its reference."""
    search = await _search(desk_of(request), caller, reference, by_case=False)
    return await _show(request, caller, cursor, search)


@router.post(PAGE + "/search")
async def search_signals(
    request: Request,
    caller: SendingSourceAdministrator,
    wanted: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Find signals by an own case or a reference; neither comes in an address."""
    search = await _search(desk_of(request), caller, wanted, by_case=True)
    return await _show(request, caller, None, search)


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, and each signal that was found with what its case is called.

    `is_reference`: whether it was one. `known`: how many signals the desk knows of a
    case that is called so; of those that stand the first are shown.
    """

    typed: str
    is_reference: bool
    known: int = 0
    found: Sequence[tuple[OwnSignal, str]] = ()


async def _show(
    request: Request, caller: Caller, cursor: str | None, search: Search | None
) -> HTMLResponse:
    desk = desk_of(request)
    fetch, token = desk.index.fetch, caller.access_token
    page = {"limit": SHOWN} | ({"cursor": cursor} if cursor else {})
    counts = await fetch(SignalCounts, "/v1/signal-counts", token)
    signals = await fetch(OwnSignals, "/v1/signals", token, query=page)
    endings = await fetch(
        SignalEndings, "/v1/signal-endings", token, query={"limit": SHOWN}
    )
    contacts = await fetch(ContactHolders, "/v1/contact-holders", token)
    shown = render(
        request,
        "agency/signals.html",
        title=desk.texts.get("signals.title"),
        person=caller.person,
        csrf=caller.csrf,
        counts=counts.items,
        signals=signals,
        endings=endings,
        functions={one.id: one.function for one in contacts.items},
        is_first=cursor is None,
        search=search,
        most_found=MOST_FOUND,
    )
    allow_form(shown)
    return shown


async def _search(
    desk: Desk, caller: Caller, typed: str, *, by_case: bool
) -> Search | None:
    """Find own signals; None where nothing was asked."""
    wanted = typed.strip()[:LONGEST]
    if not wanted:
        return None
    try:
        reference = read_uuid(wanted.lower())
        wanted, known, is_reference = str(reference), {reference: ""}, True
    except ValueError:
        called = await _find_called(desk, caller, wanted) if by_case else {}
        known, is_reference = dict(called), False
    found = [
        (one, name)
        for reference, name in islice(known.items(), MOST_FOUND)
        if (one := await _find_standing(desk, caller, reference)) is not None
    ]
    return Search(wanted, is_reference, len(known), found)


async def _find_called(desk: Desk, caller: Caller, typed: str) -> Mapping[UUID, str]:
    """Find signals by their case, where the desk knows it.

    It does of what its own people gave by hand, and of what the organisation's machine
    told with a notice or a match. So none found is not none there.
    """
    matches = (await fetch_matches(desk, caller)).items
    notices = (await fetch_told(desk, caller)).items
    named = {one.said.reference: one.case for one in matches}
    named |= name_signals(notices, desk.case_key, named)
    named |= await find_cases_by_hand(desk, caller)
    return {one: name for one, name in named.items() if is_called(name, typed)}


def name_signals(
    notices: Iterable[ReturnNotice], key: CaseKey | None, known: Mapping[UUID, str]
) -> Mapping[UUID, str]:
    """Give what the cases of these notices are called, or else as they were known."""
    return {
        one.reference: name_case(one.reference, one.case, key, known)
        for notice in notices
        for one in notice.signals
    }


async def _find_standing(
    desk: Desk, caller: Caller, reference: UUID
) -> OwnSignal | None:
    """Find one of the organisation's own signals; None where it is not there (now).

    Pages are in the order of references: the one after its predecessor is it, or it is
    not there.
    """
    page = {"limit": "1"}
    if reference.int:
        page["cursor"] = str(UUID(int=reference.int - 1))
    listed = await desk.index.fetch(
        OwnSignals, "/v1/signals", caller.access_token, query=page
    )
    return next((one for one in listed.items if one.reference == reference), None)
