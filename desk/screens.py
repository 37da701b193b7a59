"""The pages: home, look up."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, PlainTextResponse

from desk.callers import AnyVisitor, LoggedIn
from desk.desk import Desk, desk_of
from desk.following.pages import Followed, find_followed
from desk.involved.acts import may_signal
from desk.pages import render
from keys.security_text import make_security_text
from keys.validity import find_validity
from signal_index.wire.catalogue import Catalogue, OfferedPurpose

router: Final = APIRouter()


@router.get("/")
async def show_home(request: Request, visitor: AnyVisitor) -> HTMLResponse:
    """Say what this is, who is logged in, and where to begin."""
    texts = desk_of(request).texts
    return render(
        request,
        "home.html",
        title=texts.get("home.title"),
        person=visitor.person,
        csrf=visitor.csrf,
    )


@router.get("/over")
async def show_about(request: Request, visitor: AnyVisitor) -> HTMLResponse:
    """Say to anybody what is kept here, for what, and how often people looked."""
    desk = desk_of(request)
    return render(
        request,
        "about.html",
        title=desk.texts.get("about.title"),
        person=visitor.person,
        csrf=visitor.csrf,
        about=await desk.index.fetch_about(desk.settings.organisation),
    )


@router.get("/lookup")
async def show_lookup(
    request: Request, caller: LoggedIn, follow: UUID | None = None
) -> HTMLResponse:
    """Give the form, with the purposes open to this person and no other.

    Of one's own `follow` it has purpose and case number: never of whom it is, nor that
    it was discussed.
    """
    desk = desk_of(request)
    followed = None if follow is None else await find_followed(desk, caller, follow)
    catalogue = await _fetch_catalogue(desk, caller)
    return render(
        request,
        "lookup.html",
        title=desk.texts.get("lookup.title"),
        person=caller.person,
        csrf=caller.csrf,
        catalogue=catalogue,
        wanted=_want(followed),
        can_break_glass=bool(_find_breakable(catalogue)),
        signals_by_hand=may_signal(desk, caller),
    )


@router.get("/break-glass")
async def show_break_glass(request: Request, caller: LoggedIn) -> HTMLResponse:
    """Give the way around case number and informing: a reason, and a review after."""
    desk = desk_of(request)
    catalogue = await _fetch_catalogue(desk, caller)
    return render(
        request,
        "break_glass.html",
        title=desk.texts.get("break-glass.title"),
        person=caller.person,
        csrf=caller.csrf,
        catalogue=catalogue.model_copy(update={"purposes": _find_breakable(catalogue)}),
        emergency=True,
        wanted=_want(None),
    )


@router.get("/.well-known/security.txt")
async def show_security_contact(
    request: Request, _visitor: AnyVisitor
) -> PlainTextResponse:
    """Say where to report a weakness (RFC 9116); it says how long it holds."""
    settings = desk_of(request).settings
    text = make_security_text(settings.security_contact, settings.security_expires)
    return PlainTextResponse(text)


@router.get("/health")
async def tell_health(request: Request, _visitor: AnyVisitor) -> dict[str, Any]:
    """Say that the desk answers, how long its key is valid, and how each holder is.

    `keyConfig` is null until the first key config was taken.
    """
    desk = desk_of(request)
    known = await desk.holders.find_known()
    validity = None if known is None else find_validity(known, desk.clock())
    is_warning = validity is not None and validity.is_warning
    return {
        "status": "warning" if is_warning else "ok",
        "name": desk.settings.organisation_name,
        "keyConfig": None if validity is None else validity.model_dump(),
        "holders": desk.holders.tell_health(),
    }


def _want(followed: Followed | None) -> dict[str, str]:
    """Give what a form begins with."""
    note = None if followed is None else followed.note
    purpose = "" if followed is None else followed.stands.purpose
    return {"purpose": purpose, "case": (note and note.case) or ""}


async def _fetch_catalogue(desk: Desk, caller: LoggedIn) -> Catalogue:
    """Ask what is open to this person in their own municipality."""
    query = {"municipality": caller.person.municipality}
    return await desk.index.fetch(
        Catalogue, "/v1/catalogue", caller.access_token, query=query
    )


def _find_breakable(catalogue: Catalogue) -> list[OfferedPurpose]:
    """Name the purposes for which glass may be broken."""
    return [one for one in catalogue.purposes if one.breakGlassReasons]
