"""An agency's own signals: how many stand where, and which ended by whose word."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from desk.agency.cases import find_by_hand, is_citizen_number, name_all
from desk.agency.matches import fetch_matches
from desk.agency.notices import fetch_told
from desk.callers import (
    Caller,
    LoggedInSourceAdministrator,
    SendingSourceAdministrator,
)
from desk.desk import Desk, desk_of
from desk.headers import allow_form
from desk.moments import day_here
from desk.pages import render
from keys.case_name import find_called, find_day, lacks_year, tells_day
from signal_index.wire.contact_holders import ContactHolders
from signal_index.wire.signals import (
    OwnSignal,
    OwnSignals,
    SignalCounts,
    SignalEndings,
)
from signal_index.wire.values import read_uuid

router: Final = APIRouter()
PAGE: Final = "/agency/signals"
FOUND: Final = PAGE + "/search"
SHOWN: Final = "50"
LONGEST: Final = 100
MOST_FOUND: Final = 20
MOST_OF_DAY: Final = 200


@router.get(PAGE)
async def show_signals(
    request: Request,
    caller: LoggedInSourceAdministrator,
    cursor: str | None = None,
    reference: str = "",
) -> HTMLResponse:
    """Show counts, what ended lately, the signals by page, and one by its reference."""
    desk = desk_of(request)
    said = await desk.kept_forms.take_said(request, PAGE)
    search = await _search(desk, caller, reference, by_case=False)
    return await _show(request, caller, cursor, search, refused="refused" in said)


@router.post(FOUND)
async def search_signals(
    request: Request,
    _caller: SendingSourceAdministrator,
    wanted: Annotated[str, Form()] = "",
) -> Response:
    """Lead to signals of an own case or a reference; neither comes in an address."""
    forms = desk_of(request).kept_forms
    if is_citizen_number(wanted):
        return await forms.say_once(request, PAGE, at="#found", refused="yes")
    return await forms.lead_to(
        request, FOUND, {"wanted": wanted.strip()[:LONGEST]}, at="#found"
    )


@router.get(FOUND + "/{search}")
async def show_found(
    request: Request, caller: LoggedInSourceAdministrator, search: str
) -> HTMLResponse:
    """Show the signals that were searched for."""
    desk = desk_of(request)
    kept = await desk.kept_forms.get(request, FOUND, search)
    found = await _search(desk, caller, kept["wanted"], by_case=True)
    return await _show(request, caller, None, found)


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, and each signal that was found with what its case is called.

    `is_reference`: whether it was one. `is_day`: there was a day in it, so that all
    that began then is found, also what the desk has no name of. `known`: how many the
    desk knows, `found` those that stand; `is_cut`: these are the first of more, and
    `left_off` how many more, where that is known.
    """

    typed: str
    is_reference: bool = False
    is_day: bool = False
    known: int = 0
    found: Sequence[tuple[OwnSignal, str]] = ()
    is_cut: bool = False
    left_off: int = 0

    @property
    def lacks_year(self) -> bool:
        """Tell whether a day was typed without its year, and nothing is called so."""
        return not self.known and lacks_year(self.typed)

    @property
    def is_taken_over(self) -> bool:
        """Tell whether one of them came from another organisation, without a name."""
        return any(one.takenOverFrom and not name for one, name in self.found)


async def _show(
    request: Request,
    caller: Caller,
    cursor: str | None,
    search: Search | None,
    *,
    refused: bool = False,
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
        counts=counts,
        signals=signals,
        endings=endings,
        functions={one.id: one.function for one in contacts.items},
        broken=[one.id for one in contacts.unreadable],
        is_first=cursor is None,
        search=search,
        refused=refused,
        year=day_here(desk.clock()).year,
        is_by_hand=desk.signalling is not None and desk.case_key is None,
    )
    allow_form(shown)
    return shown


async def _search(
    desk: Desk, caller: Caller, typed: str, *, by_case: bool
) -> Search | None:
    """Find own signals; None where nothing was asked."""
    wanted = typed.strip()
    if not wanted:
        return None
    try:
        reference = read_uuid(wanted.lower())
    except ValueError:
        return (
            await _search_by_case(desk, caller, wanted) if by_case else Search(wanted)
        )
    one = await _find_standing(desk, caller, reference)
    found = [] if one is None else [(one, "")]
    return Search(str(reference), is_reference=True, known=len(found), found=found)


async def _search_by_case(desk: Desk, caller: Caller, typed: str) -> Search:
    """Find signals by what their case is called, and by the day on which they began.

    What a day means is asked of the index, which knows the day of each. Where the desk
    knows a name too, all that was typed counts.
    """
    named = await _name_own(desk, caller)
    called = find_called(named, typed)
    day = find_day(typed)
    began = [] if day is None else await _list_of_day(desk, caller, day)
    on_day = [
        (one, name)
        for one in began
        if not tells_day(name := named[one.reference]) or one.reference in called
    ]
    others = called.keys() - {one.reference for one in began}
    found = [
        (one, called[reference])
        for reference in islice(sorted(others), MOST_FOUND)
        if (one := await _find_standing(desk, caller, reference)) is not None
    ]
    is_day_cut = len(began) > MOST_OF_DAY
    more = max(0, len(others) - MOST_FOUND)
    return Search(
        typed,
        is_day=day is not None,
        known=len(on_day) + len(others),
        found=[*on_day[:MOST_OF_DAY], *found],
        is_cut=is_day_cut or more > 0,
        left_off=0 if is_day_cut else more,
    )


async def _list_of_day(desk: Desk, caller: Caller, day: date) -> Sequence[OwnSignal]:
    """List the organisation's own signals that began on a day, as many as are shown."""
    query = {"limit": str(MOST_OF_DAY + 1), "validFrom": day.isoformat()}
    listed = await desk.index.fetch(
        OwnSignals, "/v1/signals", caller.access_token, query=query
    )
    return listed.items


async def _name_own(desk: Desk, caller: Caller) -> Mapping[UUID, str]:
    """Give what each signal is called, where the desk knows it; else an empty text.

    It does of what its own people gave by hand, and of what the organisation's machine
    told with a notice or a match.
    """
    matches = (await fetch_matches(desk, caller)).items
    notices = (await fetch_told(desk, caller)).items
    by_hand = await find_by_hand(desk, caller)
    known = {one: note.case for one, note in by_hand.items()}
    known |= {one.said.reference: one.case.name for one in matches}
    told = name_all(notices, desk.case_key, by_hand)
    named = known | {one: name for one, name in told.items() if name}
    return defaultdict(str, named)


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
