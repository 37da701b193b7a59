"""What a user is asked about their own lookups, and the explanation they give."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import Caller, LoggedIn, sending_by_role
from desk.desk import desk_of
from desk.errors import IndexFoundFault
from desk.headers import allow_form
from desk.index import parse_page_data, verify_done
from desk.officer.reviews import Sent, find_told
from desk.pages import render
from desk.roles import GENERALISTS
from signal_index.proof import ExplanationCode

router: Final = APIRouter()
PAGE: Final = "/own-reviews"
SEE_OTHER: Final = 303
SendingGeneralist = Annotated[Caller, Depends(sending_by_role(GENERALISTS))]


@router.get(PAGE)
async def show_questions(
    request: Request, caller: LoggedIn, done: str | None = None
) -> HTMLResponse:
    """Give what was asked, and what was answered to it."""
    return await _show(request, caller, is_done=done is not None)


@router.post(PAGE + "/{review}")
async def explain(
    request: Request, caller: SendingGeneralist, review: UUID
) -> Response:
    """Send an explanation; what the index does not take comes back to be mended."""
    form = await request.form()
    text = str(form.get("text", "")).replace("\r\n", "\n").strip() or None
    body = {"explanation": str(form.get("explanation", "")), "text": text}
    path = f"{PAGE}/{review}/explanation"
    index = desk_of(request).index
    passed = await index.ask("POST", f"/v1{path}", caller.access_token, body)
    if find_told(passed) is not None:
        return RedirectResponse(PAGE, SEE_OTHER)
    try:
        verify_done(passed)
    except IndexFoundFault as fault:
        sent = Sent(str(review), body, faults=fault.fields)
        return await _show(request, caller, sent=sent)
    return RedirectResponse(f"{PAGE}?done=yes", SEE_OTHER)


async def _show(
    request: Request,
    caller: Caller,
    *,
    sent: Sent | None = None,
    is_done: bool = False,
) -> HTMLResponse:
    desk = desk_of(request)
    passed = await desk.index.ask("GET", "/v1/own-reviews", caller.access_token)
    page = render(
        request,
        "own_reviews.html",
        title=desk.texts.get("own-reviews.title"),
        person=caller.person,
        csrf=caller.csrf,
        reviews=parse_page_data(passed)["items"],
        explanations=tuple(ExplanationCode),
        sent=sent or Sent(),
        is_done=is_done,
    )
    if sent is not None:
        page.status_code = 400
    allow_form(page)
    return page
