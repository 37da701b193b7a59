"""Routes, each of which says in its signature who may call it, what it reads and gives.

    @routes.post("/embargoes", "Houd gegevens buiten het rapport", status=201)
    async def place_embargo(
        body: embargoes.NewEmbargo, index: TheIndex, caller: MunicipalPrivacyOfficer
    ) -> embargoes.Embargo: ...

- A caller's type is `Annotated[PersonCaller, caller_from(find, scope)]`; `find` gives
  it or raises. A route that names none, or two, cannot even be made.
- What a route reads, and how strictly, is `signal_index.api.serving`.
- `routes.plain` serves a route without all of this, for speed (a lookup, publishing,
  tiles); what it says of body and answer goes into the same document.
- The OpenAPI document is made from these signatures (`signal_index.api.document`).

Proven by tests/attack/test_every_route_names_a_caller.py and
tests/attack/test_the_wire_is_strict.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

from fastapi.params import Depends
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signal_index.api.serving import JSON, ROUTE_NAME, Give, Operation

PREFIX: Final = "/v1"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Awaitable[object]])


@dataclass(frozen=True, slots=True)
class FoundCaller:
    """How the caller of a route is found, before anything else of a request is read.

    `scope`: what the access token must allow; None where no token is asked for.
    """

    find: Give
    scope: str | None

    async def __call__(self, request: Request) -> object:
        """Give the caller, or raise."""
        return await self.find(request)


def caller_from(find: Give, scope: str | None) -> Depends:
    """Mark a type as that of a caller, and say how this caller is found or refused."""
    return Depends(FoundCaller(find, scope))


@dataclass(frozen=True)
class NamedRoute:
    """One operation: what serves it, who calls it, and what its document says.

    `raises`: the facts by which it refuses, beside those that any such route can give.
    `also`: another status that means success (200 beside 201). `body`, `answer`: what a
    plain route reads and gives, which its signature does not say.
    """

    endpoint: Callable[..., Awaitable[object]]
    method: str
    path: str
    summary: str
    status: int = 200
    also: int | None = None
    raises: tuple[type[Exception], ...] = ()
    media_type: str = JSON
    body: type | None = None
    answer: Any = None
    is_plain: bool = False

    @cached_property
    def caller(self) -> type:
        """The type of the one caller in the signature."""
        return get_caller(self.endpoint)[0]

    @cached_property
    def found(self) -> FoundCaller:
        """How that caller is found."""
        return get_caller(self.endpoint)[1]

    @cached_property
    def model(self) -> Any:  # noqa: ANN401 - a model, or a type that FastAPI takes
        """What a successful answer holds; None where it is empty or is no JSON."""
        if self.is_plain or self.media_type != JSON:
            return self.answer
        found = get_type_hints(self.endpoint)["return"]
        return self.answer if found in (type(None), Response) else found

    @property
    def operation_id(self) -> str:
        """The endpoint's own name, as the wire writes names."""
        return to_camel(self.endpoint.__name__)

    def make(self) -> Route:
        """Make what serves this operation; raises `TypeError` without one caller."""
        if self.is_plain:
            answer = _answering(self.endpoint, self.found.find, self.path)
            return Route(PREFIX + self.path, answer, methods=[self.method])
        operation = Operation(
            self.endpoint, self.path, self.found, status=self.status, model=self.model
        )
        return Route(PREFIX + self.path, operation, methods=[self.method])


class Routes:
    """The routes of one subject; `tag` is the document's heading for them."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.named: list[NamedRoute] = []
        self.served: list[Route] = []

    def get(
        self,
        path: str,
        summary: str,
        **more: Any,  # noqa: ANN401 - the fields of NamedRoute
    ) -> Callable[[Endpoint], Endpoint]:
        """Make a route for reading."""
        return self._route("GET", path, summary, **more)

    def post(
        self,
        path: str,
        summary: str,
        **more: Any,  # noqa: ANN401 - the fields of NamedRoute
    ) -> Callable[[Endpoint], Endpoint]:
        """Make a route for an act."""
        return self._route("POST", path, summary, **more)

    def put(
        self,
        path: str,
        summary: str,
        **more: Any,  # noqa: ANN401 - the fields of NamedRoute
    ) -> Callable[[Endpoint], Endpoint]:
        """Make a route for storing under a given id."""
        return self._route("PUT", path, summary, **more)

    def _route(
        self,
        method: str,
        path: str,
        summary: str,
        **more: Any,  # noqa: ANN401 - the fields of NamedRoute
    ) -> Callable[[Endpoint], Endpoint]:
        def keep(endpoint: Endpoint) -> Endpoint:
            named = NamedRoute(endpoint, method, path, summary, **more)
            self.served.append(named.make())
            self.named.append(named)
            return endpoint

        return keep


def get_caller(endpoint: Callable[..., object]) -> tuple[type, FoundCaller]:
    """Find the type of an endpoint's caller and how the caller is found.

    Raises `TypeError` unless the signature names exactly one.
    """
    hints = get_type_hints(endpoint, include_extras=True).values()
    found = [
        (get_args(hint)[0], mark.dependency)
        for hint in hints
        if get_origin(hint) is Annotated
        for mark in get_args(hint)[1:]
        if isinstance(mark, Depends) and isinstance(mark.dependency, FoundCaller)
    ]
    if len(found) != 1:
        raise TypeError("a route names exactly one caller in its signature")
    return found[0]


def _answering(
    endpoint: Callable[..., Awaitable[Any]], find: Give, path: str
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        request.scope[ROUTE_NAME] = path
        caller = await find(request)
        response: Response = await endpoint(request, caller, **request.path_params)
        return response

    return answer
