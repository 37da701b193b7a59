"""Embargoes: placing one (by the page's script), deciding on a colleague's, lifting."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from desk.callers import LoggedInOfficer, SendingOfficer, SendingPrivacyOfficer
from desk.desk import desk_of
from desk.headers import allow_form
from desk.index import fill_in, verify_done
from desk.officer.citizens import PAGE as CITIZENS
from desk.officer.citizens import SEE_OTHER, fetch_options, may_act
from desk.pages import render
from signal_index.wire.approvals import ApprovalDecision, ApprovalList
from signal_index.wire.embargoes import EmbargoPage, Lifting

router: Final = APIRouter()
PAGE: Final = CITIZENS + "/embargoes"

Code = Annotated[str, Form()]


@router.get(PAGE)
async def show_embargoes(
    request: Request, caller: LoggedInOfficer, cursor: str | None = None
) -> Response:
    """List them, the newest first, with the form for a new one."""
    desk = desk_of(request)
    query = {"limit": "100"} | ({} if cursor is None else {"cursor": cursor})
    token = caller.access_token
    found = await desk.index.fetch(EmbargoPage, "/v1/embargoes", token, query=query)
    waiting = await desk.index.fetch(
        ApprovalList, "/v1/approvals", token, query={"kind": "embargo"}
    )
    own = {one.id for one in waiting.open if one.own}
    digests = {one.id: one.digest for one in waiting.open}
    page = render(
        request,
        "officer/embargoes.html",
        title=desk.texts.get("embargoes.title"),
        person=caller.person,
        csrf=caller.csrf,
        found=found,
        own_approvals=own,
        digests=digests,
        options=await fetch_options(request, caller),
        may_act=may_act(caller),
    )
    allow_form(page)
    return page


@router.post(PAGE + "/{embargo_id}/lifting")
async def lift(
    request: Request,
    caller: SendingPrivacyOfficer,
    embargo_id: UUID,
    reason: Code = "",
) -> Response:
    """Lift an embargo before its end."""
    path = f"/v1/embargoes/{embargo_id}/lifting"
    body = fill_in(Lifting, reason=reason)
    await desk_of(request).index.act(path, caller.access_token, body)
    return RedirectResponse(PAGE, SEE_OTHER)


@router.post(PAGE + "/decisions/{approval_id}")
async def decide(
    request: Request,
    caller: SendingOfficer,
    approval_id: UUID,
    decision: Code = "",
    shown: Code = "",
) -> Response:
    """Approve or refuse what a colleague placed; one's own is withdrawn so."""
    path = f"/v1/approvals/{approval_id}/decision"
    body = fill_in(ApprovalDecision, decision=decision, shown=shown or None)
    passed = await desk_of(request).index.pass_on(path, caller.access_token, body)
    verify_done(passed)
    return RedirectResponse(PAGE, SEE_OTHER)
