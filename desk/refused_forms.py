"""A form that was refused is a page with an address of its own, as one that was taken.

What a person's own form was answered with, of whatever route, is kept as it was told:
what they typed, and what is wrong with it. It is sealed under the session's cookie
(`desk.kept_forms`), and the browser is led to it (303): going back there, or opening it
again, sends nothing and asks the index nothing. Its status says that it was refused.

- A citizen's number that somebody typed into a field is not kept.
- What has no session, or comes from a page of elsewhere, is answered at once: for it
  nothing is written down. Nor for a script, which reads the answer itself.
"""

import re
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.callers import LoggedIn
from desk.cookies import session_cookie
from desk.desk import desk_of
from desk.errors import NotLoggedIn, SessionEnded
from signal_index.wire.remarks import leave_out_person_numbers

router: Final = APIRouter()
REFUSED: Final = "/refused"
_POLICY: Final = "content-security-policy"
_CHOSEN: Final = r'(?![^>]*type="(?:hidden|radio|checkbox|date|month)")'
_TYPED: Final = re.compile(
    rf'(<input\b{_CHOSEN}[^>]*? value="|<textarea\b[^>]*>)([^"<]*)'
)
_LEFT: Final = re.compile(r'(?<=name="session-seconds-left" content=")-?\d+')


@router.get("/{page:path}" + REFUSED + "/{kept}")
async def show_refused(
    request: Request, _caller: LoggedIn, page: str, kept: str
) -> Response:
    """Show what this session's form was answered with; gone: the form's own page."""
    desk = desk_of(request)
    found = await desk.kept_forms.get(request, f"/{quote(page)}{REFUSED}", kept)
    session, _ = await desk.sessions.look_at(session_cookie(request))
    left = str(session.ends_at - int(desk.clock().timestamp()))
    headers = {_POLICY: found["policy"]} if found["policy"] else {}
    return HTMLResponse(_LEFT.sub(left, found["html"]), found["status"], headers)


class RefusedFormsKept:
    """Lead a person whose form was refused to the page that says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; what is no page that refuses a form goes out as it is."""
        if scope["type"] != "http" or not _is_form(request := Request(scope)):
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            if held or _is_refusal(message):
                held.append(message)
            else:
                await send(message)

        await self._app(scope, receive, hold)
        if not held:
            return
        if not await _is_somebodys(request):
            for message in held:
                await send(message)
            return
        await (await _keep(request, held))(scope, receive, send)


async def _keep(request: Request, held: list[Message]) -> Response:
    headers = Headers(raw=held[0]["headers"])
    html = b"".join(one.get("body", b"") for one in held[1:]).decode()
    kept = {
        "status": held[0]["status"],
        "policy": headers.get(_POLICY, ""),
        "html": _TYPED.sub(_without_number, html),
    }
    page = "/" + quote(request.scope["path"].lstrip("/")) + REFUSED
    return await desk_of(request).kept_forms.lead_to(request, page, kept)


def _is_form(request: Request) -> bool:
    mode = request.headers.get("sec-fetch-mode", "navigate")
    return request.method == "POST" and mode == "navigate"


def _is_refusal(message: Message) -> bool:
    if message["type"] != "http.response.start" or message["status"] < 400:
        return False
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return kind.startswith("text/html")


async def _is_somebodys(request: Request) -> bool:
    try:
        await desk_of(request).sessions.look_at(session_cookie(request))
    except (NotLoggedIn, SessionEnded):
        return False
    return True


def _without_number(typed: re.Match[str]) -> str:
    return typed[1] + leave_out_person_numbers(typed[2])
