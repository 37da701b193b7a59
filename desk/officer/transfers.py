"""Succession: signals of one source become another's, asked here by the first person.

First from whom; then what, to whom and with which contact persons. The second person
decides on the page of the approval, which shows the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from desk.callers import Caller, LoggedInApprover, SendingApprover
from desk.desk import desk_of
from desk.errors import IndexFoundFault
from desk.headers import allow_form
from desk.index import fill_in
from desk.officer.approvals_read import read_approvals
from desk.officer.told import Fault, Told, read_told, tell_fault
from desk.pages import render
from signal_index.wire.approvals import Approval
from signal_index.wire.transfers import (
    NewTransfer,
    TransferReason,
    Transfers,
    TransferSource,
)

router: Final = APIRouter()
PAGE: Final = "/officer/transfers"
TRANSFER: Final = "transfer"
"""What its approval is called."""
SEE_OTHER: Final = 303


@router.get(PAGE)
async def show_transfers(
    request: Request, caller: LoggedInApprover, source: str = ""
) -> HTMLResponse:
    """List transfers, and begin one: of which source, then the rest of the form."""
    return await _show(request, caller, source)


@router.post(PAGE)
async def ask_transfer(request: Request, caller: SendingApprover) -> Response:
    """Ask for a transfer; what the index says against it is shown beside the form."""
    form = await request.form()
    source = str(form.get("source", ""))
    told: Told | None
    if form.getlist("contact") and form.get("which") != "some":
        text = desk_of(request).texts.get("transfers.whose.contradicts")
        told = Told("invalid-input", text, "", (Fault("contacts", "", text),))
        return await _show(request, caller, source, form, told)
    try:
        body = fill_in(NewTransfer, **_read(form))
    except IndexFoundFault as fault:
        told = tell_fault(fault, desk_of(request).texts)
        return await _show(request, caller, source, form, told)
    passed = await desk_of(request).index.pass_on(
        "/v1/transfers", caller.access_token, body
    )
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, source, form, told)
    forms = desk_of(request).kept_forms
    return await forms.say_once(request, PAGE, at="#transfers", asked="yes")


def find_given(found: Transfers, source: str) -> TransferSource | None:
    """Find the source that a transfer begins with; None until it was chosen."""
    return next((one for one in found.sources if one.oin == source), None)


def find_successors(
    found: Transfers, given: TransferSource
) -> Iterable[TransferSource]:
    """Find who could take over: another source with a category in common."""
    codes = {one.code for one in given.categories}
    for one in found.sources:
        if one.oin != given.oin and codes & {each.code for each in one.categories}:
            yield one


def _read(form: FormData) -> dict[str, object]:
    """Read the form as the index's request; what is empty was not chosen."""
    some = form.get("which") == "some"
    taken = str(form.get("contactHolder", ""))
    return {
        "source": str(form.get("source", "")),
        "successor": str(form.get("successor", "")),
        "categories": [str(one) for one in form.getlist("category")],
        "contacts": [str(one) for one in form.getlist("contact")] if some else None,
        "contactHolder": taken or None,
        "reason": str(form.get("reason", "")),
    }


async def _show(
    request: Request,
    caller: Caller,
    source: str,
    typed: FormData | None = None,
    told: Told | None = None,
) -> HTMLResponse:
    desk = desk_of(request)
    found = await fetch_transfers(request, caller)
    given = find_given(found, source)
    approvals = await _find_approvals(request, caller)
    page = render(
        request,
        "officer/transfers.html",
        title=desk.texts.get("transfers.title"),
        person=caller.person,
        csrf=caller.csrf,
        found=found,
        given=given,
        successors=[] if given is None else list(find_successors(found, given)),
        typed=typed,
        reasons=get_args(TransferReason),
        told=told,
        approvals=approvals,
        refused={id_: one for id_, one in approvals.items() if one.state == "refused"},
        is_asked="asked" in await desk.kept_forms.take_said(request, PAGE),
        status=200 if told is None else 400,
    )
    allow_form(page)
    return page


async def _find_approvals(request: Request, caller: Caller) -> dict[UUID, Approval]:
    """Find what waits or was decided lately, by its id: who asked, who refused."""
    found, _ = await read_approvals(request, caller, lambda one: one.kind == TRANSFER)
    return {one.id: one for one in (*found.open, *found.decided)}


async def fetch_transfers(request: Request, caller: Caller) -> Transfers:
    """Ask for the transfers, and between whom there can be one."""
    index = desk_of(request).index
    return await index.fetch(Transfers, "/v1/transfers", caller.access_token)
