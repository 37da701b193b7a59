"""Routes, each of which says in its signature who may call it, what it reads and gives.

    @routes.post("/embargoes", "Houd gegevens buiten het rapport", status=201)
    async def place_embargo(
        body: embargoes.NewEmbargo, index: TheIndex, caller: MunicipalPrivacyOfficer
    ) -> embargoes.Embargo: ...

- A caller's type is `Annotated[PersonCaller, caller_from(find, scope)]`; `find` gives
  it or raises. A route that names none, or two, cannot even be made.
- The caller is found before the body is looked at: a stranger learns nothing of it.
- Everything a route reads is a model of `signal_index.wire` or one of its values, read
  strictly; a query's member that the route does not name, or a doubled one, is refused.
- `routes.plain` serves a route without all of this, for speed (a lookup, publishing,
  tiles); what it says of body and answer goes into the same document.
- The OpenAPI document is made from these signatures (`signal_index.api.document`).

Proven by tests/attack/test_every_route_names_a_caller.py and
tests/attack/test_the_wire_is_strict.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import BODY, invalid_field, parse_json

PREFIX: Final = "/v1"
JSON: Final = "application/json"
ROUTE_NAME: Final = "signal_index.route"
"""Where in a request's scope the template of its route stands, for the log."""
_CALLER: Final = "signal_index.caller"

FindCaller = Callable[[Request], Awaitable[object]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Awaitable[object]])


@dataclass(frozen=True, slots=True)
class FoundCaller:
    """What an endpoint gets as its caller: whom the route found before anything else.

    `scope`: what the access token must allow; None where no token is asked for.
    """

    find: FindCaller
    scope: str | None

    async def __call__(self, request: Request) -> object:
        """Hand over the caller that the route found."""
        return request.scope[_CALLER]


def caller_from(find: FindCaller, scope: str | None) -> Depends:
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
        find = self.found.find
        if self.is_plain:
            answer = _answering(self.endpoint, find, self.path)
            return Route(PREFIX + self.path, answer, methods=[self.method])
        return _StrictRoute(
            PREFIX + self.path,
            self.endpoint,
            methods=["GET", "HEAD"] if self.method == "GET" else [self.method],
            status_code=self.status,
            response_model=self.model,
            response_class=JSONResponse if self.model is not None else Response,
        )


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
    endpoint: Callable[..., Awaitable[Any]], find: FindCaller, path: str
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        request.scope[ROUTE_NAME] = path
        caller = await find(request)
        response: Response = await endpoint(request, caller, **request.path_params)
        return response

    return answer


class _StrictRequest(Request):
    """A request whose JSON is read by our own rules."""

    async def json(self) -> Any:  # noqa: ANN401 - as in Starlette
        try:
            return parse_json(await self.body())
        except InvalidField as error:
            raise _Unreadable(error) from error


class _Unreadable(HTTPException):
    """Carries our own fact through FastAPI, which lets only its own kind pass."""

    def __init__(self, fact: InvalidField) -> None:
        super().__init__(400)
        self.fact = fact


class _StrictRoute(APIRoute):
    """FastAPI's route, after the caller was found, and strict in what it reads."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        **options: Any,  # noqa: ANN401 - as FastAPI has them
    ) -> None:
        super().__init__(path, endpoint, **options)
        self.app = AsyncExitStackMiddleware(self.app)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        find = get_caller(self.endpoint)[1].find
        path = self.path.removeprefix(PREFIX)
        known = {name for one in self.dependant.query_params for name in _members(one)}

        async def answer_caller(request: Request) -> Response:
            request.scope[ROUTE_NAME] = path
            request.scope[_CALLER] = await find(request)
            _verify_query(request, known)
            try:
                return await answer(_StrictRequest(request.scope, request.receive))
            except _Unreadable as error:
                raise error.fact from None
            except RequestValidationError as error:
                raise _as_field(error) from None

        return answer_caller


def _members(parameter: Any) -> set[str]:  # noqa: ANN401 - FastAPI's own type
    """Name the members of one query parameter; a model's are its fields."""
    fields = getattr(parameter.field_info.annotation, "model_fields", None)
    if fields is None:
        return {parameter.alias}
    return {one.alias or name for name, one in fields.items()}


def _verify_query(request: Request, known: set[str]) -> None:
    """Refuse a query with a member that is doubled, or that is not this route's."""
    names = [name for name, _ in request.query_params.multi_items()]
    if not known.issuperset(names):
        raise InvalidField("query", "unknown-field")
    if len(names) != len(set(names)):
        raise InvalidField("query", "doubled-field")


def _as_field(error: RequestValidationError) -> InvalidField:
    """Say which field it was, as the wire names it; an absent body is no JSON."""
    first, *_ = error.errors()
    where, *path = first["loc"]
    if not path and first["type"] == "missing":
        return InvalidField(BODY, "not-json")
    if where == "path":
        path = [to_camel(str(path[0]))]
    return invalid_field([{**first, "loc": path}])
