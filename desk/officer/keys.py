"""The key: which one is in use, who confirmed it, and what was done with it."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from desk.callers import LoggedInApprover
from desk.desk import desk_of
from desk.pages import render
from signal_index.wire.keys import KeyOfRegister

router: Final = APIRouter()
PAGE: Final = "/officer/keys"


@router.get(PAGE)
async def show_keys(request: Request, caller: LoggedInApprover) -> HTMLResponse:
    """Give the key in use and the newest steps, as the index tells of them."""
    desk = desk_of(request)
    key = await desk.index.fetch(KeyOfRegister, "/v1/keys", caller.access_token)
    return render(
        request,
        "officer/keys.html",
        title=desk.texts.get("keys.title"),
        person=caller.person,
        csrf=caller.csrf,
        key=key,
    )
