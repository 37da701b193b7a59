"""Words for an agency's contact holders, asked here by the first of two persons.

The second person decides on the page of the approval, which says which word and whose.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from desk.callers import Caller, LoggedInApprover, SendingApprover
from desk.desk import desk_of
from desk.errors import IndexFoundFault
from desk.headers import allow_form
from desk.index import fill_in
from desk.navigation import APPROVALS
from desk.officer.told import Told, read_told, tell_fault
from desk.pages import render
from signal_index.wire.contact_labels import ContactLabels, NewContactLabel

router: Final = APIRouter()
PAGE: Final = APPROVALS + "/words"


@router.get(PAGE)
async def show_words(request: Request, caller: LoggedInApprover) -> HTMLResponse:
    """List which words were asked for, and where each stands, with the form."""
    return await _show(request, caller)


@router.post(PAGE)
async def ask_word(request: Request, caller: SendingApprover) -> Response:
    """Ask for a word; what the index says against it is shown beside the form."""
    form = await request.form()
    desk = desk_of(request)
    try:
        body = fill_in(
            NewContactLabel,
            organisation=str(form.get("organisation", "")),
            label=str(form.get("label", "")).strip(),
        )
    except IndexFoundFault as fault:
        return await _show(request, caller, form, tell_fault(fault, desk.texts))
    passed = await desk.index.pass_on("/v1/contact-labels", caller.access_token, body)
    told = read_told(passed)
    if told is not None:
        return await _show(request, caller, form, told)
    return await desk.kept_forms.say_once(request, PAGE, at="#asked", asked="yes")


async def fetch_words(request: Request, caller: Caller) -> ContactLabels:
    """Ask which words were asked for in this municipality."""
    path = "/v1/contact-labels"
    return await desk_of(request).index.fetch(ContactLabels, path, caller.access_token)


async def _show(
    request: Request,
    caller: Caller,
    typed: FormData | None = None,
    told: Told | None = None,
) -> HTMLResponse:
    desk = desk_of(request)
    page = render(
        request,
        "officer/contact_labels.html",
        title=desk.texts.get("words.title"),
        person=caller.person,
        csrf=caller.csrf,
        found=await fetch_words(request, caller),
        typed=typed or {},
        told=told,
        is_asked="asked" in await desk.kept_forms.take_said(request, PAGE),
        status=200 if told is None else 400,
    )
    allow_form(page)
    return page
