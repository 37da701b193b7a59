"""Corrections and objections: which wait for their source, and what it answered."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from desk.callers import LoggedInOfficer, SendingPrivacyOfficer
from desk.desk import desk_of
from desk.headers import allow_form
from desk.index import fill_in
from desk.officer.citizens import PAGE as CITIZENS
from desk.officer.citizens import SEE_OTHER, Code, may_act
from desk.pages import render
from signal_index.wire.corrections import MOST_ANSWERS, CorrectionPage, Release

router: Final = APIRouter()
PAGE: Final = CITIZENS + "/corrections"


@router.get(PAGE)
async def show_corrections(
    request: Request, caller: LoggedInOfficer, cursor: str | None = None
) -> Response:
    """List them, the newest first."""
    desk = desk_of(request)
    query = {"limit": "100"} | ({} if cursor is None else {"cursor": cursor})
    found = await desk.index.fetch(
        CorrectionPage, "/v1/corrections", caller.access_token, query=query
    )
    page = render(
        request,
        "officer/corrections.html",
        title=desk.texts.get("corrections.title"),
        person=caller.person,
        csrf=caller.csrf,
        found=found,
        may_act=may_act(caller),
        most_answers=MOST_ANSWERS,
    )
    allow_form(page)
    return page


@router.post(PAGE + "/{correction_id}/release")
async def release(
    request: Request,
    caller: SendingPrivacyOfficer,
    correction_id: UUID,
    answer: Code = "",
) -> Response:
    """End a restriction; the button says that the citizen was told this answer."""
    path = f"/v1/corrections/{correction_id}/release"
    body = fill_in(Release, citizenTold=True, answer=answer)
    await desk_of(request).index.act(path, caller.access_token, body)
    return RedirectResponse(PAGE, SEE_OTHER)
