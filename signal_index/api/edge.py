"""What every request passes, and every answer carries, before any endpoint.

- A body is JSON, at most so many bytes per route, read whole before it is parsed; how
  many requests are under way is bounded too (`keys.edge`).
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
from starlette.routing import Router
from starlette.types import Message, Receive, Scope, Send

from keys.edge.allowing import list_allowed
from keys.edge.errors import EdgeRefused
from keys.edge.gate import Gate, tell_refused
from keys.edge.limits import EdgeLimits
from keys.events import EventLog
from signal_index.api.errors import (
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotAcceptable,
    RouteUnknown,
)
from signal_index.api.problems import find_problem, render_problem
from signal_index.api.refusal_events import say_refused
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
    "strict-transport-security": "max-age=63072000; includeSubDomains",
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

    def __init__(
        self, routes: Router, limits: EdgeLimits, *, problem_base: str, log: EventLog
    ) -> None:
        self._routes = routes
        self._gate = Gate(limits, find_body_limit)
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
            _check_request(scope)
            async with self._gate.admit(scope, receive) as admitted:
                await self._routes(scope, admitted, guarded)
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
        if isinstance(error, HTTPException):
            error = self._as_fact(error, scope)
        if find_problem(error) is None:
            kind = type(error).__name__
            self._log.write(Event.FAILED, kind=kind, route=_route_of(scope))
        say_refused(self.state.index.security, error, scope)
        if send.status == 0:
            answer = render_problem(error, base=self._base)
            response = Response(answer.body, answer.status, dict(answer.headers))
            if isinstance(error, EdgeRefused):
                await tell_refused(response, error, scope, receive, send)
            else:
                await response(scope, receive, send)

    def _as_fact(self, error: HTTPException, scope: Scope) -> Exception:
        """Give our own fact for what the router raises."""
        if error.status_code == 405:
            return MethodNotAllowed(list_allowed(self._routes.routes, scope))
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


def find_body_limit(path: str) -> int:
    """Give how many bytes of a body are taken at a path."""
    return BATCH_BODY_MAXIMUM if path in LARGE_BODY_PATHS else BODY_MAXIMUM


def _check_request(scope: Scope) -> None:
    headers = Headers(scope=scope)
    _check_accept(headers.get("accept", ""), str(scope["path"]))
    if scope["method"] not in _METHODS_WITH_BODY:
        return
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise MediaTypeUnsupported


def _check_accept(accept: str, path: str) -> None:
    if not accept:
        return
    given = _ACCEPTED_OF_PAGES if path.startswith(PAGES) else _ACCEPTED
    ranges = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if ranges.isdisjoint(given):
        raise NotAcceptable
