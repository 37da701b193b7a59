"""Whose page sends a request: what a page of elsewhere asks changes nothing.

One place judges it for every route, before the route is known: what it asks for with an
effect is refused, whatever token came along, and so is all that it loads unseen (an
image, a script, a frame). A link that somebody follows shows the page and is no use of
a session (`desk.callers`), so that none keeps one alive.

- A browser says it in `Sec-Fetch-Site`, which no page can write; `none` is typed or a
  bookmark. Our own forms send `Origin: null` (`no-referrer`), so `Origin` counts only
  where that is missing.
- A case system's server is judged by its token alone, and says neither.

Proven by tests/attack/test_a_foreign_page_cannot_use_a_session.py.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from desk.desk import desk_of
from desk.errors import ForeignPage
from desk.problems import answer_desk_error

_OWN: Final = frozenset({"same-origin", "none"})


def is_foreign(request: Request) -> bool:
    """Tell whether a page of elsewhere, or of a sister domain, sent the browser."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OWN
    own = urlsplit(desk_of(request).settings.base_url)
    origin = request.headers.get("origin")
    return origin is not None and origin != f"{own.scheme}://{own.netloc}"


def is_followed(request: Request) -> bool:
    """Tell whether it is a link that somebody follows, into a window that they see."""
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
        and "sec-purpose" not in headers
    )


class OwnPagesOnly:
    """Refuse all that a page of elsewhere asks for but a link that somebody follows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403 before anything is read of the body."""
        if scope["type"] == "http" and scope["method"] != "OPTIONS":
            request = Request(scope)
            is_servers = "authorization" in request.headers
            if not is_servers and is_foreign(request) and not is_followed(request):
                refusal = await answer_desk_error(request, ForeignPage())
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
