"""Routes, each of which says in its signature who may call it.

    @routes.post("/lookups")
    async def look_up(request: Request, caller: Person) -> Response: ...

- A caller's type is `Annotated[PersonCaller, CallerFrom(find)]`; `find` gives it
  or raises. A route that names none, or two, cannot even be made.
- Ids in a path arrive as text; the endpoint parses them.
- Plain Starlette: a lookup pays for nothing that it does not use.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar, get_args, get_origin, get_type_hints

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX: Final = "/v1"
ROUTE_NAME: Final = "signal_index.route"
"""Where in a request's scope the template of its route stands, for the log."""

FindCaller = Callable[[Request], Awaitable[object]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Awaitable[Response]])


@dataclass(frozen=True, slots=True)
class CallerFrom:
    """How the caller of a route is found, or refused."""

    find: FindCaller


@dataclass(frozen=True, slots=True)
class NamedRoute:
    """A route with the type of its caller."""

    route: Route
    caller: type
    method: str
    path: str


class Routes:
    """The routes of one subject."""

    def __init__(self) -> None:
        self.named: list[NamedRoute] = []

    def get(self, path: str) -> Callable[[Endpoint], Endpoint]:
        """Make a route for reading."""
        return self._route("GET", path)

    def post(self, path: str) -> Callable[[Endpoint], Endpoint]:
        """Make a route for an act."""
        return self._route("POST", path)

    def put(self, path: str) -> Callable[[Endpoint], Endpoint]:
        """Make a route for storing under a given id."""
        return self._route("PUT", path)

    def _route(self, method: str, path: str) -> Callable[[Endpoint], Endpoint]:
        def keep(endpoint: Endpoint) -> Endpoint:
            caller, find = get_caller(endpoint)
            answer = _answering(endpoint, find, path)
            route = Route(PREFIX + path, answer, methods=[method])
            self.named.append(NamedRoute(route, caller, method, path))
            return endpoint

        return keep


def get_caller(endpoint: Callable[..., object]) -> tuple[type, FindCaller]:
    """Give the type of an endpoint's caller and how to find it.

    Raises `TypeError` unless the signature names exactly one.
    """
    hints = get_type_hints(endpoint, include_extras=True).values()
    found = [
        (get_args(hint)[0], mark.find)
        for hint in hints
        if get_origin(hint) is Annotated
        for mark in get_args(hint)[1:]
        if isinstance(mark, CallerFrom)
    ]
    if len(found) != 1:
        raise TypeError("a route names exactly one caller in its signature")
    return found[0]


def _answering(
    endpoint: Callable[..., Awaitable[Response]], find: FindCaller, path: str
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        request.scope[ROUTE_NAME] = path
        caller = await find(request)
        return await endpoint(request, caller, **request.path_params)

    return answer
