"""The desk's two cookies: one for a login under way, one for the session.

`__Host-`: Secure, no Domain, Path=/ (RFC 6265bis section 4.1.3.2), so no sister domain
can set one. SameSite=Lax, because the provider's redirect back must bring it along;
every change asks the page's own token besides.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from desk.errors import LoginExpired, NotLoggedIn
from desk.sealing import CookieSecret

SESSION_COOKIE: Final = "__Host-desk-session"
LOGIN_COOKIE: Final = "__Host-desk-login"


def set_cookie(response: Response, name: str, secret: CookieSecret) -> None:
    """Hand a cookie to the browser, for as long as the browser is open."""
    response.set_cookie(
        name, secret.cookie, path="/", secure=True, httponly=True, samesite="lax"
    )


def drop_cookie(response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def session_cookie(request: Request) -> CookieSecret:
    """Give the session's secret, or raise `NotLoggedIn`."""
    value = request.cookies.get(SESSION_COOKIE)
    if value is None:
        raise NotLoggedIn
    return CookieSecret.parse(value)


def login_cookie(request: Request) -> CookieSecret:
    """Give the secret of the login under way, or raise `LoginExpired`."""
    value = request.cookies.get(LOGIN_COOKIE)
    if value is None:
        raise LoginExpired
    return CookieSecret.parse(value)
