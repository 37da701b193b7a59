"""The second pair of eyes: what waits for another person, and deciding it.

One page for everything that needs two persons (rules, an embargo, a report with
persons). Of a proposal for other rules the page shows what they would change, so that
the second person judges the same as the first.
"""

from __future__ import annotations

from typing import Final, get_args
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedInApprover, SendingApprover
from desk.desk import desk_of
from desk.errors import IndexHasNone
from desk.headers import allow_form
from desk.index import fill_in, read_answer
from desk.navigation import APPROVALS as PAGE
from desk.officer.approvals_read import read_approvals
from desk.officer.contact_labels import fetch_words
from desk.officer.policy import simulate
from desk.officer.told import Told, read_told
from desk.officer.transfers import TRANSFER, fetch_transfers
from desk.pages import render
from desk.roles import OFFICERS
from signal_index.wire.approvals import (
    ApprovalDecision,
    RefusalReason,
)
from signal_index.wire.contact_labels import AskedContactLabel
from signal_index.wire.policies import PolicySimulation
from signal_index.wire.reports import SpecificReport, SpecificReports
from signal_index.wire.transfers import Transfer

router: Final = APIRouter()
POLICY: Final = "policy-activation"
REPORT: Final = "specific-report"
WORD: Final = "contact-label"
SEE_OTHER: Final = 303
WHERE: Final = {
    "embargo": "/officer/citizens/embargoes",
    "specific-report": "/officer/reports",
}
"""Where officers read what a request is about, by its kind."""
READ: Final = frozenset({REPORT, TRANSFER, WORD})
"""What the page itself tells: where it cannot, nobody approves there."""


@router.get(PAGE)
async def list_approvals(request: Request, caller: LoggedInApprover) -> HTMLResponse:
    """Give what waits for a second person, and what was decided lately."""
    desk = desk_of(request)
    found, refused = await read_approvals(request, caller, lambda _: True)
    return render(
        request,
        "officer/approvals.html",
        title=desk.texts.get("approvals.title"),
        person=caller.person,
        csrf=caller.csrf,
        refused=refused,
        waiting=found.open,
        decided=found.decided,
        unreadable=found.unreadable,
        left_off_decided=found.leftOff,
    )


@router.get(PAGE + "/{approval}")
async def show_approval(
    request: Request, caller: LoggedInApprover, approval: UUID
) -> HTMLResponse:
    """Give one request: what it is about, who asked, and the buttons to decide it."""
    return await _show(request, caller, approval, None)


@router.post(PAGE + "/{approval}/decision")
async def decide(request: Request, caller: SendingApprover, approval: UUID) -> Response:
    """Approve or refuse; what the index says against it is shown on the page."""
    form = await request.form()
    said, reason = str(form.get("decision", "")), str(form.get("reason", ""))
    shown = str(form.get("shown", "")) or None
    body = fill_in(ApprovalDecision, decision=said, reason=reason or None, shown=shown)
    path = f"/v1/approvals/{approval}/decision"
    passed = await desk_of(request).index.pass_on(path, caller.access_token, body)
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, approval, told)
    return RedirectResponse(f"{PAGE}/{approval}", SEE_OTHER)


async def _show(
    request: Request, caller: Caller, approval: UUID, told: Told | None
) -> HTMLResponse:
    desk = desk_of(request)
    found, _ = await read_approvals(request, caller, lambda each: each.id == approval)
    every = [*found.open, *found.decided]
    one = next((each for each in every if each.id == approval), None)
    if one is None:
        raise IndexHasNone
    changes = None
    if one.kind == POLICY and one.state == "open":
        changes = await _simulate(request, caller, one.id)
    asked = None
    if one.kind == REPORT:
        asked = await _find_report(request, caller, one.digest)
    transfer = None
    if one.kind == TRANSFER:
        transfer = await _find_transfer(request, caller, one.id)
    word = None
    if one.kind == WORD:
        word = await _find_word(request, caller, one.id)
    page = render(
        request,
        "officer/approval.html",
        title=desk.texts.get("approvals.one"),
        person=caller.person,
        csrf=caller.csrf,
        one=one,
        found=changes,
        asked=asked,
        transfer=transfer,
        word=word,
        shown=one.digest if transfer is None else transfer.shown,
        is_unread=one.kind in READ and not (asked or transfer or word),
        reasons=get_args(RefusalReason),
        told=told,
        where=WHERE.get(one.kind) if _is_officer(caller) else None,
        status=200 if told is None else 409,
    )
    allow_form(page)
    return page


def _is_officer(caller: Caller) -> bool:
    return not OFFICERS.isdisjoint(caller.person.roles)


async def _simulate(
    request: Request, caller: Caller, approval: UUID
) -> PolicySimulation | None:
    """Ask what a proposal would change now; None where it changes nothing any more."""
    passed = await simulate(request, caller, {"approval": str(approval)})
    told = read_told(passed)
    return read_answer(PolicySimulation, passed) if told is None else None


async def _find_report(
    request: Request, caller: Caller, digest: str
) -> SpecificReport | None:
    """Find what a report with persons is asked about: what this SHA-256 is over."""
    path, token = "/v1/specific-reports", caller.access_token
    found = await desk_of(request).index.fetch(SpecificReports, path, token)
    return next((one for one in found.items if one.digest == digest), None)


async def _find_transfer(
    request: Request, caller: Caller, approval: UUID
) -> Transfer | None:
    """Find the transfer that an approval is about."""
    found = (await fetch_transfers(request, caller)).items
    return next((one for one in found if one.approvalId == approval), None)


async def _find_word(
    request: Request, caller: Caller, approval: UUID
) -> AskedContactLabel | None:
    """Find the word that an approval is about."""
    found = (await fetch_words(request, caller)).items
    return next((one for one in found if one.approvalId == approval), None)
