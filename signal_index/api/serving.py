"""Serve an ordinary operation: from a request to its answer, as its signature says.

What is read is worked out once, when the route is made, and by FastAPI: the same
reading of the signature from which the document comes. A request then costs what it
reads, its endpoint and the writing of its answer, and nothing of a framework between:
FastAPI's own handler, which serves much that no operation of ours has, took half of
what a refused body costs.

- The caller is found before the body is looked at: a stranger learns nothing of it.
- A query's member that is doubled, or that the route does not name, is refused.
- Whatever is wrong raises `InvalidField` with the name that the wire has for it.
- A signature that asks for anything else (a header, a form) is no route: `TypeError`.

Proven by tests/attack/test_the_wire_is_strict.py and
tests/unit/signal_index/test_serving.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from typing import Any, Final, cast

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import (
    RequestModel,
    invalid_field,
    parse_json,
    parse_value,
)

JSON: Final = "application/json"
ROUTE_NAME: Final = "signal_index.route"
"""Where in a request's scope the template of its route stands, for the log."""

Give = Callable[[Request], Awaitable[object]]
Values = dict[str, Any]


class Operation:
    """One operation as an application, to which Starlette's `Route` hands a request.

    `find`: gives the caller, or raises. `model`: what the answer holds; None where the
    endpoint gives nothing, or a `Response` of its own.
    """

    def __init__(
        self,
        endpoint: Callable[..., Awaitable[object]],
        path: str,
        find: Give,
        *,
        status: int,
        model: Any,  # noqa: ANN401 - whatever pydantic can write
    ) -> None:
        said = APIRoute(path, endpoint, response_model=None).dependant
        _verify_plain(said, path)
        self._endpoint = endpoint
        self._path = path
        self._status = status
        self._write = None if model is None else TypeAdapter(model).dump_json
        self._find = find
        given = {str(one.name): cast("Give", one.call) for one in said.dependencies}
        (self._caller,) = (name for name, give in given.items() if give is find)
        self._given = [one for one in given.items() if one[0] != self._caller]
        self._in_path = [(one, to_camel(one.alias)) for one in said.path_params]
        self._in_query = {one.alias: one for one in said.query_params}
        self._body = _find_body(said)
        self._response = said.response_param_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or raise before anything of an answer is sent."""
        scope[ROUTE_NAME] = self._path
        request = Request(scope, receive)
        values: Values = {self._caller: await self._find(request)}
        for name, give in self._given:
            values[name] = await give(request)
        _verify_query(request, self._in_query)
        sent = parse_json(await request.body()) if self._body else None
        self._read_path(request, values)
        self._read_query(request, values)
        if self._body:
            name, model = self._body
            values[name] = parse_value(model, sent)
        response = await self._answer(values)
        await response(scope, receive, send)

    def _read_path(self, request: Request, values: Values) -> None:
        for field, name in self._in_path:
            values[field.name] = _read(field, request.path_params[field.alias], name)

    def _read_query(self, request: Request, values: Values) -> None:
        if not self._in_query:
            return
        asked = request.query_params
        for alias, field in self._in_query.items():
            values[field.name] = (
                _read(field, asked[alias], alias)
                if alias in asked
                else field.get_default()
            )

    async def _answer(self, values: Values) -> Response:
        """Have the endpoint act; one that names a `Response` may set its status."""
        chosen = Response(status_code=self._status)
        if self._response:
            values[self._response] = chosen
        answer = await self._endpoint(**values)
        if isinstance(answer, Response):
            return answer
        if self._write is None:
            return chosen
        written = self._write(answer, by_alias=True)
        return Response(written, chosen.status_code, media_type=JSON)


def _verify_plain(said: Dependant, path: str) -> None:
    """Hold that a signature asks for nothing but what is read here."""
    others = (
        *said.header_params,
        *said.cookie_params,
        *(part for one in said.dependencies for part in one.dependencies),
        *(one.alias for one in said.query_params if one.field_info.is_required()),
        said.request_param_name,
        said.websocket_param_name,
        said.background_tasks_param_name,
        said.security_scopes_param_name,
    )
    if any(others):
        raise TypeError(f"{path}: its signature asks for what no operation is given")


def _find_body(said: Dependant) -> tuple[str, type[RequestModel]] | None:
    """Find the one model of the body and its name in the signature."""
    if not said.body_params:
        return None
    first, *others = said.body_params
    model = first.field_info.annotation
    if isinstance(model, type) and issubclass(model, RequestModel) and not others:
        return first.name, model
    raise TypeError("a body is one model of signal_index.wire")


def _read(field: Any, value: str, name: str) -> object:  # noqa: ANN401 - FastAPI's own
    """Read one value of path or query strictly, or raise by its name on the wire."""
    read, errors = field.validate(value, {}, loc=(name,))
    if errors:
        raise invalid_field(errors)
    return read


def _verify_query(request: Request, known: Container[str]) -> None:
    """Refuse a query with a member that is doubled, or that is not this route's."""
    if not request.scope["query_string"]:
        return
    names = [name for name, _ in request.query_params.multi_items()]
    if any(name not in known for name in names):
        raise InvalidField("query", "unknown-field")
    if len(names) != len(set(names)):
        raise InvalidField("query", "doubled-field")
