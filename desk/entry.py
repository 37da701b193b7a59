"""The way in and out: /login, /callback, /arrived, /logout, and what stands after.

Out leads the provider too, by `/backchannel-logout`.
"""

from contextlib import suppress
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.callers import AnyVisitor, verify_csrf
from desk.cookies import (
    LOGIN_COOKIE,
    SESSION_COOKIE,
    drop_cookie,
    find_session_cookie,
    has_left,
    leave_word,
    login_cookie,
    session_cookie,
    set_cookie,
    set_login_cookie,
    was_here,
)
from desk.desk import desk_of
from desk.errors import LoginRefused, ProviderUnreachable
from desk.headers import allow_form
from desk.navigation import is_own_page
from desk.own_pages import is_foreign
from desk.pages import render
from desk.provider import Prompt
from keys.security.events import SecurityEvent

router: Final = APIRouter()
# Not "cookies": browsers take that for the whole domain, the provider's included.
CLEAR_ALL: Final = '"cache", "storage"'
CLEAR_CACHE: Final = '"cache"'
SEE_OTHER: Final = 303
LONGEST_WAY: Final = 1_000
"""Of a page to come back to: it travels in a cookie."""


@router.get("/login")
async def begin_login(
    request: Request,
    visitor: AnyVisitor,
    to: str = "/start",
    prompt: Prompt | None = None,
) -> Response:
    """Send the browser to the identity provider, or who is logged in to the page.

    `none`: it may show no page. `login`: it asks who it is, also of whom it knows, as
    always where somebody was logged in before and is no longer.
    """
    return_to = to if is_own_page(to) and len(to) <= LONGEST_WAY else "/"
    desk = desk_of(request)
    live = visitor.session
    if live is not None and prompt is None and not live.needs_login(desk.clock()):
        return RedirectResponse(return_to, SEE_OTHER)
    if visitor.person is None and was_here(request):
        prompt = "login"
    cookie, url = await desk.login.begin(return_to, prompt=prompt)
    response = RedirectResponse(url, SEE_OTHER)
    set_login_cookie(response, cookie)
    return response


@router.get("/callback")
async def finish_login(request: Request, _visitor: AnyVisitor) -> Response:
    """Take the provider's answer and open a session, or carry on the one that lives.

    Where it was another person's, what this browser kept of them goes, and `/arrived`
    has their tabs left.
    """
    desk, answer = desk_of(request), dict(request.query_params)
    standing = find_session_cookie(request)
    done = await desk.login.finish(login_cookie(request), answer, standing)
    session, _ = await desk.sessions.look_at(done.cookie)
    await desk.known_names.note(session.person)
    desk.security.log.write(SecurityEvent.LOGIN, desk.security.know(session.person))
    to = "/arrived" if done.ended_former else done.return_to
    response = RedirectResponse(to, SEE_OTHER)
    if done.ended_former:
        response.headers["Clear-Site-Data"] = CLEAR_ALL
    set_cookie(response, SESSION_COOKIE, done.cookie)
    drop_cookie(response, LOGIN_COOKIE)
    return response


@router.get("/arrived")
async def show_arrived(request: Request, _visitor: AnyVisitor) -> HTMLResponse:
    """Lead who logged in back to before the provider's pages (login-entry.ts).

    It has no menu, whose counts would move it, and its words come when it takes long.
    """
    title = desk_of(request).texts.get("arrived.title")
    return render(request, "arrived.html", title=title)


@router.get("/logout")
async def ask_logout(request: Request, visitor: AnyVisitor) -> Response:
    """Ask once; logging out is a change, so it takes a form with the page's token."""
    if visitor.person is None:
        return _leave_late(request)
    texts = desk_of(request).texts
    page = render(
        request,
        "logout.html",
        title=texts.get("logout.title"),
        person=visitor.person,
        csrf=visitor.csrf,
    )
    allow_form(page, await _provider_origin(request))
    return page


@router.post("/logout")
async def log_out(
    request: Request, visitor: AnyVisitor, csrf: Annotated[str, Form()] = ""
) -> Response:
    """End the session here and at the provider, and clear what the browser kept."""
    if visitor.csrf is None:
        return _leave_late(request)
    verify_csrf(visitor.csrf, csrf)
    who = desk_of(request).security
    who.log.write(SecurityEvent.LOGOUT, who.know(visitor.person), reason="person")
    return _leave(await _end_session(request))


@router.post("/backchannel-logout")
async def end_from_provider(
    request: Request, logout_token: Annotated[str, Form()] = ""
) -> Response:
    """End the sessions of a login that ended at the provider, which calls this.

    OpenID Connect Back-Channel Logout 1.0: 200 also where there was none.
    """
    desk = desk_of(request)
    try:
        await desk.login.log_out_at_provider(logout_token)
    except LoginRefused:
        desk.security.log.write(SecurityEvent.TOKEN_REFUSED, reason="logout-token")
        return Response(status_code=400)
    desk.security.log.write(SecurityEvent.LOGOUT, reason="provider")
    return Response(status_code=200)


@router.get("/logged-out")
async def show_logged_out(
    request: Request, visitor: AnyVisitor, provider: Literal["open"] | None = None
) -> Response:
    """Say that the person is logged out, and give the way back in.

    It clears what waits in the browser where somebody left, and nowhere else: a link, a
    bookmark or "back" comes here too. Whoever is logged in goes on instead.
    `provider=open`: it says that the login at the organisation may still stand.
    """
    if visitor.person is not None:
        return RedirectResponse("/start", SEE_OTHER)
    if was_here(request) and not has_left(request):
        return RedirectResponse("/session-ended", SEE_OTHER)
    return _farewell(request, "logged-out", stands=provider is not None)


@router.get("/session-ended")
async def show_session_ended(request: Request, visitor: AnyVisitor) -> Response:
    """Say why the session ended; whoever is logged in goes on instead.

    It ends nothing: another tab may be in use. A tab clears its own storage; one that
    was left open where somebody logged out keeps nothing for them either.
    """
    if visitor.person is not None:
        return RedirectResponse("/start", SEE_OTHER)
    if has_left(request):
        return RedirectResponse("/logged-out", SEE_OTHER)
    why = "session-replaced" if visitor.is_replaced else "session-ended"
    response = _farewell(request, "session-ended", why)
    response.headers["Clear-Site-Data"] = CLEAR_CACHE
    return response


def _farewell(
    request: Request, name: str, why: str = "", *, stands: bool = False
) -> HTMLResponse:
    why = why or name
    texts = desk_of(request).texts
    return render(
        request,
        "farewell.html",
        title=texts.get(f"{why}.title"),
        text=texts.get(f"{why}.text"),
        farewell=name,
        clears=has_left(request),
        stands=stands,
    )


def _leave(to: str) -> Response:
    response = RedirectResponse(to, SEE_OTHER)
    leave_word(response)
    response.headers["Clear-Site-Data"] = CLEAR_ALL
    return response


def _leave_late(request: Request) -> Response:
    """Let somebody leave whose session is over: the provider's login may still stand.

    Not for a link on another site: it must not clear what waits for them.
    """
    if has_left(request) or not was_here(request) or is_foreign(request):
        return RedirectResponse("/logged-out", SEE_OTHER)
    return _leave("/logged-out?provider=open")


async def _end_session(request: Request) -> str:
    """End it here, and give where it ends at the provider too (RP-Initiated Logout)."""
    desk = desk_of(request)
    cookie = session_cookie(request)
    after = f"{desk.settings.base_url}/logged-out"
    session = await desk.sessions.get(cookie)
    await desk.sessions.end(cookie)
    with suppress(ProviderUnreachable):
        at_provider = await desk.provider.logout_url(session.id_token, after)
        if at_provider is not None:
            return at_provider
    return f"{after}?provider=open"


async def _provider_origin(request: Request) -> str:
    try:
        endpoint = (await desk_of(request).provider.metadata()).end_session_endpoint
    except ProviderUnreachable:
        return ""
    parts = urlsplit(endpoint or "")
    return f"{parts.scheme}://{parts.netloc}" if endpoint else ""
