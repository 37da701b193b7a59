"""What every request passes, and every answer carries, before any endpoint.

- A body is JSON, at most so many bytes per route, read whole before it is parsed.
- The caller takes JSON (of the pages of problems: HTML), or the request is refused.
- Every answer has the security headers, `API-Version` and, unless public, `no-store`.
- A failure is a problem from the table; what the table does not know is a 500 that says
  nothing. This is the one place that catches `Exception`.

NL API Design Rules 2.1; OWASP ASVS 5.0 chapters 3.4, 4.1 and 16.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Final

from starlette.datastructures import Headers, State
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.events import EventLog
from signal_index.api.errors import (
    BodyTooLarge,
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotAcceptable,
    RouteUnknown,
)
from signal_index.api.problems import find_problem, render_problem
from signal_index.api.serving import ROUTE_NAME
from signal_index.events import Event

API_VERSION: Final = "1.0.0"
BODY_MAXIMUM: Final = 64 * 1024
BATCH_BODY_MAXIMUM: Final = 2 * 1024 * 1024
LARGE_BODY_PATHS: Final = frozenset(
    {
        "/v1/signal-batches",
        "/v1/completeness/reports",
        "/v1/policy/simulations",
        "/v1/policy/proposals",
    }
)
_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"})
_METHODS_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_ACCEPTED: Final = frozenset(
    {
        "*/*",
        "application/*",
        "application/json",
        "application/octet-stream",
        "application/problem+json",
        "text/*",
        "text/plain",
    }
)

PAGES: Final = "/v1/problems/"
_ACCEPTED_OF_PAGES: Final = frozenset({"*/*", "text/*", "text/html"})

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "api-version": API_VERSION,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "interest-cohort=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_ALWAYS: Final = tuple(
    (name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
)


class Edge:
    """The whole service: the routes, and what every request passes before them.

    `state.index` is set once the index is open.
    """

    def __init__(self, routes: ASGIApp, *, problem_base: str, log: EventLog) -> None:
        self._routes = routes
        self._base = problem_base
        self._log = log
        self.state = State()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or give the problem that stopped it."""
        scope["app"] = self
        if scope["type"] != "http":
            await self._routes(scope, receive, send)
            return
        guarded = _GuardedSend(send)
        began = perf_counter()
        try:
            checked = await _check_request(scope, receive)
            await self._routes(scope, checked, guarded)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the edge: nothing passes it
            await self._refuse(error, scope, receive, guarded)
        milliseconds = round((perf_counter() - began) * 1000)
        self._log.write(
            Event.ANSWERED,
            method=_method_of(scope),
            route=_route_of(scope),
            status=guarded.status,
            milliseconds=milliseconds,
        )

    async def _refuse(
        self, error: Exception, scope: Scope, receive: Receive, send: _GuardedSend
    ) -> None:
        error = _as_fact(error)
        if find_problem(error) is None:
            kind = type(error).__name__
            self._log.write(Event.FAILED, kind=kind, route=_route_of(scope))
        if send.status == 0:
            answer = render_problem(error, base=self._base)
            response = Response(answer.body, answer.status, dict(answer.headers))
            await response(scope, receive, send)


def _as_fact(error: Exception) -> Exception:
    """Give our own fact for what the router raises."""
    if not isinstance(error, HTTPException):
        return error
    if error.status_code == 405:
        return MethodNotAllowed((error.headers or {}).get("Allow", ""))
    return RouteUnknown()


def _route_of(scope: Scope) -> str:
    """Give the template of the route: a path itself may hold an id."""
    return str(scope.get(ROUTE_NAME, ""))


def _method_of(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in _METHODS else "other"


class _GuardedSend:
    """Adds the headers of every answer, and knows which answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            given = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(pair for pair in _ALWAYS if pair[0] not in given),
            ]
        await self._send(message)


async def _check_request(scope: Scope, receive: Receive) -> Receive:
    headers = Headers(scope=scope)
    path = str(scope["path"])
    _check_accept(headers.get("accept", ""), path)
    if scope["method"] not in _METHODS_WITH_BODY:
        return receive
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise MediaTypeUnsupported
    maximum = BATCH_BODY_MAXIMUM if path in LARGE_BODY_PATHS else BODY_MAXIMUM
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > maximum:
        raise BodyTooLarge
    return _replay(await _read_body(receive, maximum), receive)


def _check_accept(accept: str, path: str) -> None:
    if not accept:
        return
    given = _ACCEPTED_OF_PAGES if path.startswith(PAGES) else _ACCEPTED
    ranges = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if ranges.isdisjoint(given):
        raise NotAcceptable


async def _read_body(receive: Receive, maximum: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > maximum:
            raise BodyTooLarge
        parts.append(chunk)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
