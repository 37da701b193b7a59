"""The review queue as officers see it: the list, and one lookup to judge.

- The list shows no names: who looked up and why is opened one review at a time, and the
  index records that it was.
- What is asked and found goes to the index at once; a form that the index does not take
  comes back as it was filled in, with what is wrong beside it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedInOfficer, SendingOfficer, SendingPrivacyOfficer
from desk.desk import desk_of
from desk.errors import IndexFoundFault
from desk.headers import allow_form
from desk.holders import Passed
from desk.index import fill_in, verify_done
from desk.pages import render
from desk.roles import PRIVACY_OFFICER
from signal_index.wire.model import RequestModel
from signal_index.wire.reviews import (
    FINDINGS,
    QUESTIONS,
    STATES,
    OpenedReview,
    Review,
    ReviewAddition,
    ReviewJudgement,
    ReviewList,
    ReviewQuestion,
    ReviewSecondLook,
)

router: Final = APIRouter()
PAGE: Final = "/officer/reviews"
SEE_OTHER: Final = 303
_TOLD: Final = frozenset({"same-person", "review-closed"})
"""Problems of the index that are told beside the form, not on a page of their own."""


Filled = tuple[type[RequestModel], Mapping[str, object]]
"""A form: of what it makes a request, and what was filled in."""


@dataclass(frozen=True)
class Sent:
    """A form that was sent: which, what was in it, and what the index said of it."""

    step: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()
    told: str | None = None

    def value(self, step: str, name: str) -> Any:  # noqa: ANN401 - as it was sent
        """Give what was filled in, where it was in this form."""
        return self.values.get(name) if self.step == step else None

    def is_wrong(self, step: str, name: str) -> bool:
        """Tell whether the index found fault with a field of this form."""
        return self.step == step and name in self.faults


@router.get(PAGE)
async def show_queue(
    request: Request,
    caller: LoggedInOfficer,
    state: str | None = None,
    cursor: str | None = None,
) -> HTMLResponse:
    """Give what waits, what is due first first; with a state, that state alone."""
    desk = desk_of(request)
    query = {"limit": "50"}
    if state in STATES:
        query["state"] = state
    if cursor is not None:
        query["cursor"] = cursor
    token = caller.access_token
    queue = await desk.index.fetch(ReviewList, "/v1/reviews", token, query=query)
    return render(
        request,
        "officer/reviews.html",
        title=desk.texts.get("reviews.title"),
        person=caller.person,
        csrf=caller.csrf,
        queue=queue,
        state=state if state in STATES else None,
        states=STATES,
    )


@router.post(PAGE)
async def add_review(request: Request, caller: SendingPrivacyOfficer) -> Response:
    """Put a lookup in the queue by hand, and open its review."""
    body = fill_in(ReviewAddition, entryId=(await request.form()).get("entry"))
    index = desk_of(request).index
    added = await index.fetch(Review, "/v1/reviews", caller.access_token, body)
    return RedirectResponse(f"{PAGE}/{added.id}", SEE_OTHER)


@router.get(PAGE + "/{review}")
async def show_review(
    request: Request, caller: LoggedInOfficer, review: UUID
) -> HTMLResponse:
    """Open one review; the index records that it was opened."""
    return await _show(request, caller, review, Sent())


@router.post(PAGE + "/{review}/question")
async def ask_question(
    request: Request, caller: SendingPrivacyOfficer, review: UUID
) -> Response:
    """Ask the user for an explanation."""
    form = await request.form()
    typed = {"questions": form.getlist("questions"), "text": read_text(form)}
    return await _send(request, caller, review, "question", (ReviewQuestion, typed))


@router.post(PAGE + "/{review}/judgement")
async def give_judgement(
    request: Request, caller: SendingPrivacyOfficer, review: UUID
) -> Response:
    """Judge the lookup."""
    form = await request.form()
    verdict = str(form.get("verdict", ""))
    finding = str(form.get("finding", "")) or None
    typed = {
        "verdict": verdict,
        "finding": None if verdict == "in-order" else finding,
        "text": read_text(form),
    }
    return await _send(request, caller, review, "judgement", (ReviewJudgement, typed))


@router.post(PAGE + "/{review}/second-look")
async def give_second_look(
    request: Request, caller: SendingOfficer, review: UUID
) -> Response:
    """Agree with a judgement of another officer, or say why not."""
    form = await request.form()
    agrees = {"yes": True, "no": False}.get(str(form.get("agrees", "")))
    typed = {"agrees": agrees, "text": read_text(form)}
    return await _send(
        request, caller, review, "second-look", (ReviewSecondLook, typed)
    )


async def _send(
    request: Request, caller: Caller, review: UUID, step: str, body: Filled
) -> Response:
    """Take a step at the index and show where it led; or the form with its faults."""
    path = f"/v1/reviews/{review}/{step}"
    sent = await send_step(request, caller, path, body, step)
    if sent is not None:
        return await _show(request, caller, review, sent)
    return RedirectResponse(f"{PAGE}/{review}#steps", SEE_OTHER)


async def send_step(
    request: Request, caller: Caller, path: str, body: Filled, step: str
) -> Sent | None:
    """Send a form to the index; gives it back where the index did not take it."""
    model, typed = body
    index = desk_of(request).index
    try:
        passed = await index.pass_on(path, caller.access_token, fill_in(model, **typed))
        told = find_told(passed)
        if told is not None:
            return Sent(step, typed, told=told)
        verify_done(passed)
    except IndexFoundFault as fault:
        return Sent(step, typed, faults=fault.fields)
    return None


async def _show(
    request: Request, caller: Caller, review: UUID, sent: Sent
) -> HTMLResponse:
    desk = desk_of(request)
    path = f"/v1/reviews/{review}"
    opened = await desk.index.fetch(OpenedReview, path, caller.access_token)
    page = render(
        request,
        "officer/review.html",
        title=desk.texts.get("review.title"),
        person=caller.person,
        csrf=caller.csrf,
        sent=sent,
        questions=QUESTIONS,
        findings=FINDINGS,
        is_officer=not PRIVACY_OFFICER.isdisjoint(caller.person.roles),
        may_judge=opened.mayJudge,
        review=opened.review,
        lookup=opened.lookup,
        around=opened.around,
        around_left_off=opened.aroundLeftOff,
        acts=opened.acts,
        status=409 if sent.told else 400 if sent.faults else 200,
    )
    allow_form(page)
    return page


def find_told(passed: Passed) -> str | None:
    """Give the slug of a problem that is told beside the form, if it is one."""
    if passed.status not in {403, 409}:
        return None
    try:
        problem = json.loads(passed.body)
    except ValueError:
        return None
    kind = str(problem.get("type", "")) if isinstance(problem, dict) else ""
    slug = kind.rpartition("/")[2]
    return slug if slug in _TOLD else None


def read_text(form: FormData) -> str | None:
    """Read the text of a form as the index takes it; None where it was left empty."""
    return str(form.get("text", "")).replace("\r\n", "\n").strip() or None
