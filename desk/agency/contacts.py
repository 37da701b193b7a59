"""Contact holders: add, edit, name a deputy, confirm, hand over a whole caseload.

What one is called is chosen from the lists of the own organisation, never typed.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.agency.contact_form import DAYS, HOURS, Faults, find_changes, read_contact
from desk.agency.contact_signing import (
    choose_source,
    is_held,
    mark,
    read_details,
    store_signed,
)
from desk.callers import (
    Caller,
    LoggedInSourceAdministrator,
    SendingSourceAdministrator,
)
from desk.desk import desk_of
from desk.errors import ContactOvertaken, IndexFoundFault, IndexHasNone
from desk.headers import allow_form
from desk.index import fill_in
from desk.moments import day_here
from desk.pages import render
from signal_index.wire.contact_holders import (
    ContactHolder,
    ContactHolders,
    HandedOver,
    HandOver,
    OwnContactHolder,
)
from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import read_uuid

router: Final = APIRouter()
SEE_OTHER: Final = 303
PAGE: Final = "/agency/contacts"


@router.get("/agency/contacts")
async def show_contacts(
    request: Request, caller: LoggedInSourceAdministrator
) -> HTMLResponse:
    """Show all contact holders; first those that will soon be shown as stale."""
    said = await desk_of(request).kept_forms.take_said(request, PAGE)
    return await _show_all(request, caller, is_saved="saved" in said)


@router.post("/agency/contacts")
async def add_contact(request: Request, caller: SendingSourceAdministrator) -> Response:
    """Store a new contact holder, and go on to its hours and deputy.

    It may take the place of one that cannot be read: the signals of that one name it;
    or be the organisation's own number, which answers show where it is late. What
    somebody else stored there since the page was shown is not overwritten.
    """
    form, desk = await request.form(), desk_of(request)
    known = await _fetch_all(request, caller)
    words = await _fetch_words(request, caller)
    free = {str(one.id): one.id for one in known.unreadable}
    own = _find_own_number(request, words)
    if own is not None and own not in {one.id for one in known.items}:
        free[str(own)] = own
    instead = str(form.get("instead", ""))
    contact = free[instead] if instead in free else uuid4()
    wire, faults = read_contact(form, day_here(desk.clock()).isoformat())
    if instead and instead not in free:
        faults = {**faults, "instead": "contacts.instead.taken"}
    if not faults:
        try:
            said, token = fill_in(ContactHolder, **wire), caller.access_token
            source = choose_source(words)
            await store_signed(desk, token, (contact, source), said)
        except IndexFoundFault as fault:
            faults = {field: "contact.fault." + field for field in fault.fields}
    if faults:
        return await _show_all(request, caller, typed=form, faults=faults)
    return RedirectResponse(f"/agency/contacts/{contact}", SEE_OTHER)


async def _show_all(
    request: Request,
    caller: Caller,
    *,
    typed: FormData | None = None,
    faults: Faults | None = None,
    is_saved: bool = False,
) -> HTMLResponse:
    desk = desk_of(request)
    known = await _fetch_all(request, caller)
    items = known.items
    words = await _fetch_words(request, caller)
    page = render(
        request,
        "agency/contacts.html",
        title=desk.texts.get("contacts.title"),
        person=caller.person,
        csrf=caller.csrf,
        is_saved=is_saved,
        words=words,
        may_change=desk.notice_key is not None,
        marks={one.id: mark(one) for one in items},
        held={one.id for one in items if await is_held(desk, one, words)},
        contacts=sorted(items, key=lambda one: (one.staleFrom, one.function)),
        unreadable=known.unreadable,
        own=_find_own_number(request, words),
        typed=typed,
        faults=faults or {},
        status=400 if faults else 200,
    )
    allow_form(page)
    return page


@router.post("/agency/contacts/{contact}/confirm")
async def confirm(
    request: Request, caller: SendingSourceAdministrator, contact: str
) -> Response:
    """Say that a contact holder still holds: exactly as the page showed it.

    What is not the organisation's own word is confirmed where all of it is seen.
    """
    desk = desk_of(request)
    known = await _get_one(request, caller, contact)
    if str((await request.form()).get("seen", "")) != mark(known):
        return await _show_all(request, caller, faults={"seen": "contacts.changed"})
    words = await _fetch_words(request, caller)
    if not await is_held(desk, known, words):
        return RedirectResponse(f"{PAGE}/{known.id}", SEE_OTHER)
    source = choose_source(words, known.source)
    today = {"lastVerified": day_here(desk.clock())}
    said = read_details(known).model_copy(update=today)
    try:
        await store_signed(desk, caller.access_token, (known.id, source), said, known)
    except ContactOvertaken:
        return await _show_all(request, caller, faults={"seen": "contacts.changed"})
    return RedirectResponse("/agency/contacts", SEE_OTHER)


@router.get("/agency/contacts/{contact}")
async def show_contact(
    request: Request, caller: LoggedInSourceAdministrator, contact: str
) -> HTMLResponse:
    """Show one contact holder in a form, and to whom its caseload can go."""
    return await _show_one(request, caller, contact)


@router.post("/agency/contacts/{contact}")
async def change_contact(
    request: Request, caller: SendingSourceAdministrator, contact: str
) -> Response:
    """Store what the form says; on a fault show it again with the fault named.

    Who saves what was not the organisation's own word confirms it: all of it is there.
    What somebody else stored since the page was shown is named, and not overwritten.
    """
    form = await request.form()
    desk = desk_of(request)
    known = await _get_one(request, caller, contact)
    words = await _fetch_words(request, caller)
    is_own = await is_held(desk, known, words)
    confirmed = known.lastVerified if is_own else day_here(desk.clock())
    wire, faults = read_contact(form, confirmed.isoformat())
    if str(form.get("seen", "")) != mark(known):
        faults = {**faults, "replaces": "contact.changed"}
    if not faults:
        try:
            said, token = fill_in(ContactHolder, **wire), caller.access_token
            source = choose_source(words, known.source)
            await store_signed(desk, token, (known.id, source), said, known)
        except ContactOvertaken:
            faults = {"replaces": "contact.changed"}
        except IndexFoundFault as fault:
            faults = {field: "contact.fault." + field for field in fault.fields}
    if faults:
        return await _show_one(request, caller, contact, typed=form, faults=faults)
    return await desk.kept_forms.say_once(request, PAGE, saved="yes")


@router.post("/agency/contacts/{contact}/hand-over")
async def hand_over(
    request: Request, caller: SendingSourceAdministrator, contact: str
) -> Response:
    """Give the whole caseload of this contact holder to another."""
    taken = str((await request.form()).get("to", ""))
    if not taken:
        faults = {"to": "contact.fault.to"}
        return await _show_one(request, caller, contact, faults=faults)
    path = f"/v1/contact-holders/{_id(contact)}/hand-over"
    desk = desk_of(request)
    body = HandOver(to=_id(taken))
    await desk.index.fetch(HandedOver, path, caller.access_token, body)
    return RedirectResponse("/agency/contacts", SEE_OTHER)


async def _show_one(
    request: Request,
    caller: Caller,
    contact: str,
    *,
    typed: FormData | None = None,
    faults: Faults | None = None,
) -> HTMLResponse:
    desk = desk_of(request)
    known = await _get_one(request, caller, contact)
    others = [one for one in await _fetch(request, caller) if one.id != known.id]
    words = await _fetch_words(request, caller)
    hours = known.officeHours
    changes: Sequence[str] = ()
    if typed is not None and "replaces" in (faults or {}):
        changes = list(find_changes(typed, read_details(known), desk.texts.get))
    page = render(
        request,
        "agency/contact.html",
        title=desk.texts.get("contact.title"),
        person=caller.person,
        csrf=caller.csrf,
        contact=known,
        seen=mark(known),
        changes=changes,
        others=others,
        words=words,
        is_held=await is_held(desk, known, words),
        may_change=desk.notice_key is not None,
        typed=typed,
        faults=faults or {},
        days=DAYS,
        hours=list(zip_longest(HOURS[: len(hours) or 1], hours)),
        status=400 if faults else 200,
    )
    allow_form(page)
    return page


async def _get_one(request: Request, caller: Caller, contact: str) -> OwnContactHolder:
    for one in await _fetch(request, caller):
        if one.id == _id(contact):
            return one
    raise IndexHasNone


async def _fetch(request: Request, caller: Caller) -> list[OwnContactHolder]:
    return (await _fetch_all(request, caller)).items


async def _fetch_all(request: Request, caller: Caller) -> ContactHolders:
    index, token = desk_of(request).index, caller.access_token
    return await index.fetch(ContactHolders, "/v1/contact-holders", token)


async def _fetch_words(request: Request, caller: Caller) -> OwnRegistration:
    index, token = desk_of(request).index, caller.access_token
    return await index.fetch(OwnRegistration, "/v1/own-registration", token)


def _find_own_number(request: Request, known: OwnRegistration) -> UUID | None:
    """Name the contact holder that is the organisation's own number.

    None where it is no source itself: the index takes none of it.
    """
    own = desk_of(request).settings.organisation
    is_source = own in {one.source for one in known.sources}
    return name_own_number(own) if is_source else None


def _id(text: str) -> UUID:
    """Read an id, or raise `IndexHasNone`."""
    try:
        return read_uuid(text)
    except ValueError:
        raise IndexHasNone from None
