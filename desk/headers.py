"""Security headers on every answer, whatever made it.

The content security policy is that of architecture.md section 4, word for word; a page
that needs a form says so itself with `allow_form`. Pages are never kept: `no-store`.
"""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.relay_wire import API_VERSION, PREFIX

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action {forms}; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY.format(forms="'none'"),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TRANSPORT: Final = "max-age=63072000; includeSubDomains"
IMMUTABLE: Final = "public, max-age=31536000, immutable"


def allow_form(response: Response, *targets: str) -> None:
    """Let this page send a form to the desk, which may send on to `targets`.

    Browsers judge the redirect that follows a form by the same rule.
    """
    forms = " ".join(("'self'", *targets))
    response.headers["Content-Security-Policy"] = POLICY.format(forms=forms)


def complete_headers(headers: MutableHeaders, path: str, *, https: bool) -> None:
    """Add to an answer's headers what it does not say itself."""
    extra = {"Strict-Transport-Security": TRANSPORT} if https else {}
    for name, value in (HEADERS | extra).items():
        headers.setdefault(name, value)
    if path.startswith("/static/built/"):
        headers["Cache-Control"] = IMMUTABLE
    if path.startswith(PREFIX):
        headers["API-Version"] = API_VERSION


class SecurityHeaders:
    """Add what an answer does not say itself."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                complete_headers(headers, scope["path"], https=self._https)
            await send(message)

        await self._app(scope, receive, send_with_headers)
