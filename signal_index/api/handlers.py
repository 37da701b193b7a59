"""Handlers that turn a fact raised by an endpoint into its problem.

The framework's own handlers answer in another form; so every root of our trees has a
handler here. What is no fact of ours gives a 500 that says nothing, and goes on to the
edge, which logs its kind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from keys.errors import KeysError
from policy.errors import PolicyError
from signal_index.api.errors import (
    EdgeError,
    MethodNotAllowed,
    RouteUnknown,
    ServerFault,
)
from signal_index.api.problems import render_problem
from signal_index.errors import SignalIndexError
from signal_index.notice import NoticeError

Handler = Callable[[Request, Exception], Awaitable[Response]]

_ROOTS: tuple[type[Exception], ...] = (
    SignalIndexError,
    NoticeError,
    PolicyError,
    KeysError,
    EdgeError,
    HTTPException,
)


def render_problems() -> Mapping[type[Exception], Handler]:
    """Give the handlers: one for the root of each tree of facts, and a last one."""
    return dict.fromkeys((*_ROOTS, Exception), _render)


async def _render(request: Request, error: Exception) -> Response:
    base = str(request.app.state.problem_base)
    answer = render_problem(_as_fact(error), base=base)
    return Response(answer.body, answer.status, dict(answer.headers))


def _as_fact(error: Exception) -> Exception:
    """Give our own fact for what the framework raises."""
    if not isinstance(error, HTTPException):
        return error
    if error.status_code == 404:
        return RouteUnknown()
    if error.status_code == 405:
        return MethodNotAllowed((error.headers or {}).get("Allow", ""))
    return ServerFault()
