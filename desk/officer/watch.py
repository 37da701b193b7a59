"""Who watches the watcher: what officers did, for the data protection officer."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from desk.callers import LoggedInDataProtectionOfficer
from desk.desk import desk_of
from desk.pages import render
from signal_index.wire.oversight import OfficersActs

router: Final = APIRouter()
PAGE: Final = "/officer/watch"


@router.get(PAGE)
async def show_watch(
    request: Request,
    caller: LoggedInDataProtectionOfficer,
    cursor: str | None = None,
) -> HTMLResponse:
    """Give what officers did, newest first; the index records the look."""
    desk = desk_of(request)
    query = {"limit": "50"} | ({} if cursor is None else {"cursor": cursor})
    path, token = "/v1/officers-acts", caller.access_token
    acts = await desk.index.fetch(OfficersActs, path, token, query=query)
    return render(
        request,
        "officer/watch.html",
        title=desk.texts.get("watch.title"),
        person=caller.person,
        csrf=caller.csrf,
        acts=acts,
        is_first=cursor is None,
    )
