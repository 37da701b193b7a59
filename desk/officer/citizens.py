"""Requests for access: which are open and until when, one request, and how it ends.

The report itself is made by the page's script (`citizen_relay`): only there is the
citizen's number, and only until it is blinded.
"""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import (
    Caller,
    LoggedInOfficer,
    SendingPrivacyOfficer,
)
from desk.desk import desk_of
from desk.errors import IndexFoundFault
from desk.headers import allow_form
from desk.index import fill_in
from desk.pages import render
from desk.roles import PRIVACY_OFFICER
from signal_index.wire.access_requests import (
    AccessRequest,
    AccessRequestPage,
    Closing,
    Extension,
    NewAccessRequest,
    OtherNumber,
)
from signal_index.wire.citizen_options import CitizenOptions

router: Final = APIRouter()
PAGE: Final = "/officer/citizens"
SEE_OTHER: Final = 303

Code = Annotated[str, Form()]


@router.get(PAGE)
async def show_requests(
    request: Request, caller: LoggedInOfficer, closed: str | None = None
) -> Response:
    """List open requests, the most urgent first, with the form for a new one."""
    return await _show_list(request, caller, is_closed=closed is not None)


@router.post(PAGE)
async def register(
    request: Request,
    caller: SendingPrivacyOfficer,
    received: Code = "",
    identity: Code = "",
) -> Response:
    """Register a request, and lead to it."""
    index, token = desk_of(request).index, caller.access_token
    try:
        body = fill_in(NewAccessRequest, receivedOn=received, identityCheck=identity)
        made = await index.fetch(AccessRequest, "/v1/access-requests", token, body)
    except IndexFoundFault as fault:
        return await _show_list(
            request, caller, faults=fault.fields, typed={"received": received}
        )
    return RedirectResponse(f"{PAGE}/requests/{made.id}", SEE_OTHER)


@router.get(PAGE + "/requests/{request_id}")
async def show_request(
    request: Request, caller: LoggedInOfficer, request_id: UUID
) -> Response:
    """Give one request, with what can be done for it."""
    desk = desk_of(request)
    path = f"/v1/access-requests/{request_id}"
    page = render(
        request,
        "officer/access_request.html",
        title=desk.texts.get("citizens.request"),
        person=caller.person,
        csrf=caller.csrf,
        one=await desk.index.fetch(AccessRequest, path, caller.access_token),
        options=await fetch_options(request, caller),
        may_act=may_act(caller),
    )
    allow_form(page)
    return page


@router.post(PAGE + "/requests/{request_id}/extension")
async def extend(
    request: Request,
    caller: SendingPrivacyOfficer,
    request_id: UUID,
    reason: Code = "",
) -> Response:
    """Give a request two months more."""
    body = fill_in(Extension, reason=reason)
    return await _act(request, caller, request_id, "extension", body)


@router.post(PAGE + "/requests/{request_id}/other-number")
async def put_number_right(
    request: Request,
    caller: SendingPrivacyOfficer,
    request_id: UUID,
    nothing_given: Code = "",
) -> Response:
    """Let the report be made again, about the number that was meant."""
    body = OtherNumber(nothingGiven=True) if nothing_given else None
    return await _act(request, caller, request_id, "other-number", body)


@router.post(PAGE + "/requests/{request_id}/closing")
async def close(
    request: Request,
    caller: SendingPrivacyOfficer,
    request_id: UUID,
    closing: Code = "",
) -> Response:
    """Close a request."""
    body = fill_in(Closing, closing=closing)
    return await _act(request, caller, request_id, "closing", body)


async def _act(
    request: Request, caller: Caller, request_id: UUID, act: str, body: BaseModel | None
) -> Response:
    """Tell the index, where there is something to tell, and lead back."""
    if body is not None:
        path = f"/v1/access-requests/{request_id}/{act}"
        await desk_of(request).index.act(path, caller.access_token, body)
    return RedirectResponse(f"{PAGE}/requests/{request_id}", SEE_OTHER)


async def fetch_options(request: Request, caller: Caller) -> CitizenOptions:
    """Ask what can be chosen, with labels."""
    index = desk_of(request).index
    return await index.fetch(CitizenOptions, "/v1/citizen-options", caller.access_token)


def may_act(caller: Caller) -> bool:
    """Tell whether this person handles requests, or only watches over them."""
    return not PRIVACY_OFFICER.isdisjoint(caller.person.roles)


async def _show_list(
    request: Request,
    caller: Caller,
    *,
    is_closed: bool = False,
    faults: frozenset[str] = frozenset(),
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    desk = desk_of(request)
    query = {"state": "closed" if is_closed else "open", "limit": "200"}
    found = await desk.index.fetch(
        AccessRequestPage, "/v1/access-requests", caller.access_token, query=query
    )
    page = render(
        request,
        "officer/citizens.html",
        title=desk.texts.get("citizens.title"),
        person=caller.person,
        csrf=caller.csrf,
        requests=found,
        is_closed=is_closed,
        options=await fetch_options(request, caller),
        may_act=may_act(caller),
        faults=faults,
        typed=typed or {},
        status=400 if faults else 200,
    )
    allow_form(page)
    return page
