"""The rules: who sees what, each rule in a sentence, versions, and how to change them.

- A change is shown before it can be proposed: wider, narrower, and what it does to
  questions that were asked.
- What is proposed is what was compared (`desk.kept_forms`); the index checks it again,
  and a second person approves exactly its SHA-256 (`officer.approvals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedInApprover, SendingApprover
from desk.desk import desk_of
from desk.errors import IndexHasNone
from desk.headers import allow_form
from desk.holders import Passed
from desk.index import read_answer, verify_done
from desk.officer.policy_view import describe_matrix, describe_rules
from desk.officer.told import Told, read_told
from desk.pages import render
from signal_index.wire.approvals import Approval
from signal_index.wire.policies import Policy, PolicySimulation

router: Final = APIRouter()
PAGE: Final = "/officer/policy"
PREVIEW: Final = PAGE + "/preview"
SEE_OTHER: Final = 303
MOST_BYTES: Final = 600_000


Proposed = Mapping[str, object]
"""A proposal as it was typed or chosen; the index reads it as `PolicyProposal`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came back: what was in it, and what the index said of it."""

    values: dict[str, Any] = field(default_factory=dict)
    told: Told | None = None


@router.get(PAGE)
async def show_policy(request: Request, caller: LoggedInApprover) -> HTMLResponse:
    """Give the rules that hold here."""
    policy = await _fetch_policy(request, caller)
    return render(
        request,
        "officer/policy.html",
        title=desk_of(request).texts.get("policy.title"),
        person=caller.person,
        csrf=caller.csrf,
        policy=policy,
        matrix=describe_matrix(policy),
        rules=describe_rules(policy),
    )


@router.get(PAGE + "/bundles/{digest}")
async def download_bundle(
    request: Request, caller: LoggedInApprover, digest: str
) -> Response:
    """Give one version as the file whose SHA-256 the ledger names."""
    path = f"/v1/policy/bundles/{digest}"
    passed = await desk_of(request).index.pass_on(path, caller.access_token)
    verify_done(passed)
    name = f'attachment; filename="regels-{digest[:12]}.json"'
    return Response(
        passed.body,
        media_type="application/json",
        headers={"Content-Disposition": name},
    )


@router.get(PAGE + "/change")
async def choose_change(request: Request, caller: LoggedInApprover) -> HTMLResponse:
    """Give what can be changed: one kind of signal, or the rules as a file."""
    return await _show_choice(request, caller, Sent())


@router.get(PAGE + "/change/{category}")
async def show_change(
    request: Request, caller: LoggedInApprover, category: str
) -> HTMLResponse:
    """Give the form for one kind of signal."""
    return await _show_form(request, caller, category, Sent())


@router.post(PAGE + "/change/{category}")
async def preview_category(
    request: Request, _caller: SendingApprover, category: str
) -> Response:
    """Lead to what switching one kind of signal would change."""
    body = {"category": {"id": category, **_values(await request.form())}}
    return await desk_of(request).kept_forms.lead_to(request, PREVIEW, body)


@router.post(PREVIEW)
async def preview_bundle(request: Request, _caller: SendingApprover) -> Response:
    """Lead to what a file with other rules would change."""
    found = (await request.form()).get("bundle")
    text = ""
    if isinstance(found, UploadFile):
        text = (await found.read(MOST_BYTES)).decode("utf-8", "replace")
        await found.close()
    forms = desk_of(request).kept_forms
    return await forms.lead_to(request, PREVIEW, {"bundle": text or " "})


@router.get(PREVIEW + "/{kept}")
async def show_preview(
    request: Request, caller: LoggedInApprover, kept: str
) -> HTMLResponse:
    """Show what a proposal would change, or the form with what is wrong in it."""
    body = await desk_of(request).kept_forms.get(request, PREVIEW, kept)
    passed = await simulate(request, caller, body)
    told = read_told(passed)
    if told is None:
        found = read_answer(PolicySimulation, passed)
        page = "policy_preview.html"
        return _page(request, caller, page, Sent(), found=found, kept=kept)
    if (values := body.get("category")) is None:
        return await _show_choice(request, caller, Sent({}, told))
    return await _show_form(request, caller, values["id"], Sent(values, told))


@router.post(PREVIEW + "/{kept}/proposal")
async def propose(request: Request, caller: SendingApprover, kept: str) -> Response:
    """Propose what was shown, and lead to where it waits for a second person."""
    body = await desk_of(request).kept_forms.get(request, PREVIEW, kept)
    passed = await desk_of(request).index.pass_on(
        "/v1/policy/proposals", caller.access_token, body
    )
    told = read_told(passed)
    if told is not None:
        return await _show_choice(request, caller, Sent({}, told))
    asked = read_answer(Approval, passed)
    return RedirectResponse(f"/officer/approvals/{asked.id}", SEE_OTHER)


async def simulate(request: Request, caller: Caller, body: Proposed) -> Passed:
    """Ask what a proposal would change, or why it cannot be one."""
    return await desk_of(request).index.pass_on(
        "/v1/policy/simulations", caller.access_token, body
    )


async def _fetch_policy(request: Request, caller: Caller) -> Policy:
    index = desk_of(request).index
    return await index.fetch(Policy, "/v1/policy", caller.access_token)


async def _show_choice(request: Request, caller: Caller, sent: Sent) -> HTMLResponse:
    policy = await _fetch_policy(request, caller)
    return _page(request, caller, "policy_change.html", sent, policy=policy)


async def _show_form(
    request: Request, caller: Caller, category: str, sent: Sent
) -> HTMLResponse:
    policy = await _fetch_policy(request, caller)
    found = [one for one in policy.categories if one.id == category]
    if not found:
        raise IndexHasNone
    seen = {
        purpose.id
        for purpose in policy.purposes
        if any(one.category == category for one in purpose.sees)
    }
    chosen = set(sent.values["purposes"]) if sent.values else seen
    return _page(
        request,
        caller,
        "policy_category.html",
        sent,
        policy=policy,
        category=found[0],
        chosen=chosen,
    )


def _page(
    request: Request, caller: Caller, template: str, sent: Sent, **values: object
) -> HTMLResponse:
    page = render(
        request,
        f"officer/{template}",
        title=desk_of(request).texts.get("policy.change.title"),
        person=caller.person,
        csrf=caller.csrf,
        sent=sent,
        status=200 if sent.told is None else 400,
        **values,
    )
    allow_form(page)
    return page


def _values(form: FormData) -> dict[str, Any]:
    """Give the fields of the form for one kind of signal, as the index takes them."""
    active = form.get("active") == "on"
    values: dict[str, Any] = {"active": active}
    return values | {
        "purposes": [str(one) for one in form.getlist("purposes")] if active else [],
        "statute": str(form.get("statute", "")).strip() if active else "",
        "article": str(form.get("article", "")).strip() if active else "",
        "checked": form.get("checked") == "yes" and active,
    }
