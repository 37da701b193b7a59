"""What a user is asked about their own lookups, and the explanation they give."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedIn, sending_by_role
from desk.desk import desk_of
from desk.headers import allow_form
from desk.officer.reviews import Sent, read_text, send_step
from desk.pages import render
from desk.roles import GENERALISTS
from signal_index.wire.reviews import EXPLANATIONS, OwnReviewList, ReviewExplanation

router: Final = APIRouter()
PAGE: Final = "/own-reviews"
SEE_OTHER: Final = 303
SendingGeneralist = Annotated[Caller, Depends(sending_by_role(GENERALISTS))]


@router.get(PAGE)
async def show_questions(request: Request, caller: LoggedIn) -> HTMLResponse:
    """Give what was asked, and what was answered to it."""
    said = await desk_of(request).kept_forms.take_said(request, PAGE)
    return await _show(request, caller, is_done="done" in said)


@router.post(PAGE + "/{review}")
async def explain(
    request: Request, caller: SendingGeneralist, review: UUID
) -> Response:
    """Send an explanation; what the index does not take comes back to be mended."""
    form = await request.form()
    typed = {"explanation": form.get("explanation", ""), "text": read_text(form)}
    path, body = f"/v1{PAGE}/{review}/explanation", (ReviewExplanation, typed)
    sent = await send_step(request, caller, path, body, str(review))
    if sent is None:
        forms = desk_of(request).kept_forms
        return await forms.say_once(request, PAGE, done="yes")
    if sent.told:
        return RedirectResponse(PAGE, SEE_OTHER)
    return await _show(request, caller, sent=sent)


async def _show(
    request: Request,
    caller: Caller,
    *,
    sent: Sent | None = None,
    is_done: bool = False,
) -> HTMLResponse:
    desk = desk_of(request)
    path = "/v1/own-reviews"
    found = await desk.index.fetch(OwnReviewList, path, caller.access_token)
    entries = [one.entryId for one in found.items]
    notes = await desk.lookup_notes.find(caller.person.sub, entries)
    page = render(
        request,
        "own_reviews.html",
        title=desk.texts.get("own-reviews.title"),
        person=caller.person,
        csrf=caller.csrf,
        reviews=found.items,
        left_off_reviews=found.leftOff,
        notes=notes,
        explanations=EXPLANATIONS,
        sent=sent or Sent(),
        is_done=is_done,
        status=200 if sent is None else 400,
    )
    allow_form(page)
    return page
