"""Corrections and objections: which wait for their source, and what it answered."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from desk.callers import LoggedInOfficer, SendingPrivacyOfficer
from desk.desk import desk_of
from desk.headers import allow_form
from desk.index import parse_page_data
from desk.officer.citizens import PAGE as CITIZENS
from desk.officer.citizens import SEE_OTHER, act, may_act
from desk.pages import render

router: Final = APIRouter()
PAGE: Final = CITIZENS + "/corrections"


@router.get(PAGE)
async def show_corrections(
    request: Request, caller: LoggedInOfficer, cursor: str | None = None
) -> Response:
    """List them, the newest first."""
    desk = desk_of(request)
    query = {"limit": "100"} | ({} if cursor is None else {"cursor": cursor})
    passed = await desk.index.ask(
        "GET", "/v1/corrections", caller.access_token, query=query
    )
    page = render(
        request,
        "officer/corrections.html",
        title=desk.texts.get("corrections.title"),
        person=caller.person,
        csrf=caller.csrf,
        found=parse_page_data(passed),
        may_act=may_act(caller),
    )
    allow_form(page)
    return page


@router.post(PAGE + "/{correction_id}/release")
async def release(
    request: Request, caller: SendingPrivacyOfficer, correction_id: UUID
) -> Response:
    """End a restriction; the button says that the citizen was told."""
    path = f"/v1/corrections/{correction_id}/release"
    await act(request, caller, path, {"citizenTold": True})
    return RedirectResponse(PAGE, SEE_OTHER)
