"""The desk's two cookies: one for a login under way, one for the session.

`__Host-`: Secure, no Domain, Path=/ (RFC 6265bis section 4.1.3.2), so no sister domain
can set one. SameSite=Lax, because the provider's redirect back must bring it along;
every change asks the page's own token besides.

A session's cookie stays when the session is over, and says that somebody was here: the
provider may still know them, and whoever sits there now must not be let in as them.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from desk.errors import LoginExpired, NotLoggedIn, SessionEnded
from desk.sealing import CookieSecret

SESSION_COOKIE: Final = "__Host-desk-session"
LOGIN_COOKIE: Final = "__Host-desk-login"
_LEFT: Final = "left"


def set_cookie(response: Response, name: str, secret: CookieSecret) -> None:
    """Hand a cookie to the browser, for as long as the browser is open."""
    _set(response, name, secret.cookie)


def leave_word(response: Response) -> None:
    """Have the browser forget a session, but not that there was one."""
    _set(response, SESSION_COOKIE, _LEFT)


def has_left(request: Request) -> bool:
    """Tell whether somebody logged out here, rather than that their time was over."""
    return request.cookies.get(SESSION_COOKIE) == _LEFT


def was_here(request: Request) -> bool:
    """Tell whether somebody had a session in this browser since it was opened."""
    return SESSION_COOKIE in request.cookies


def drop_cookie(response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def session_cookie(request: Request) -> CookieSecret:
    """Give the session's secret, or raise `NotLoggedIn`."""
    value = request.cookies.get(SESSION_COOKIE)
    if value is None or value == _LEFT:
        raise NotLoggedIn
    return CookieSecret.parse(value)


def find_session_cookie(request: Request) -> CookieSecret | None:
    """Give the session's secret where this browser has one, of whatever session."""
    try:
        return session_cookie(request)
    except (NotLoggedIn, SessionEnded):
        return None


def set_login_cookie(response: Response, sealed: str) -> None:
    """Hand the browser its login under way, sealed."""
    _set(response, LOGIN_COOKIE, sealed)


def login_cookie(request: Request) -> str:
    """Give the login under way as it was sealed, or raise `LoginExpired`."""
    value = request.cookies.get(LOGIN_COOKIE)
    if value is None:
        raise LoginExpired
    return value


def _set(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, path="/", secure=True, httponly=True, samesite="lax"
    )
