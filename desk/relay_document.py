"""The OpenAPI 3.1 document of the relay, made from its routes: what vendors call.

- What a signature brings with it (a caller, a body) says itself by which statuses it
  fails; the facts of a route, and what it passes on of another party, stand in `fails`.
- Pages, and what only our own pages ask, are no part of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from starlette.routing import BaseRoute

from desk import errors
from desk.callers import CSRF_HEADER, get_changing_caller, get_reading_caller
from desk.cookies import SESSION_COOKIE
from desk.problems import OF_EDGE, PROBLEMS, UNEXPECTED, Problem
from desk.relay_wire import API_VERSION, PREFIX, RelayProblem
from desk.texts import load_texts
from keys import openapi
from keys.edge.errors import BodyTooLarge, Busy, TooManyAtOnce, TooOften

_OF_CALLER: Final = (
    errors.NotLoggedIn,
    errors.SessionEnded,
    errors.SessionReplaced,
    errors.AccessTokenRefused,
    errors.ForeignOrganisation,
    errors.ProviderUnreachable,
)
_SERVICE: Final = openapi.Service(
    title="Doorgeefluik van de signaalindex",
    version=API_VERSION,
    summary="Voor regiesystemen en zaaksystemen die zelf vlaggetjes tonen.",
    description=(
        "De desk ondertekent voor de organisatie, vraagt sleutelhouders en index, en "
        "bewaart de bewijzen. Wat zij antwoorden, gaat ongewijzigd door. Een "
        "burgerservicenummer komt hier nooit: uw eigen systeem blindeert het."
    ),
    server=PREFIX,
    security={
        "oidc": {
            "type": "openIdConnect",
            "openIdConnectUrl": (
                "https://login.example/.well-known/openid-configuration"
            ),
            "description": "Access token (RFC 9068) van de gebruiker, met scope "
            "`lookup`, van een client die de desk kent. Dit adres is een voorbeeld: "
            "vraag de beheerder van de desk naar uw OpenID-provider.",
        },
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
        "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
    },
    problem=RelayProblem,
)


@dataclass(frozen=True, slots=True)
class Party:
    """Who answers behind the desk: by which statuses it refuses, and if it is away."""

    name: str
    statuses: frozenset[int]
    away: type[errors.DeskError]


_REFUSES: Final = frozenset({400, 401, 403, 406, 429, 500, 503})
_REFUSES_A_BODY: Final = _REFUSES | {413, 415}
INDEX: Final = Party("de index", _REFUSES, errors.IndexUnreachable)
INDEX_ACTS: Final = Party("de index", _REFUSES_A_BODY, errors.IndexUnreachable)
HOLDER: Final = Party(
    "de sleutelhouder",
    frozenset({424, 429}),
    errors.HolderUnreachable,
)


@dataclass(frozen=True, slots=True)
class _Fails:
    facts: tuple[type[errors.DeskError], ...]
    party: Party | None
    more: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Said:
    """One reason of a status, as the document tells it."""

    status: int
    title: str


_FAILS: Final[dict[Callable[..., Any], _Fails]] = {}
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def fails(
    *facts: type[errors.DeskError], party: Party | None = None, more: Iterable[int] = ()
) -> Callable[[Endpoint], Endpoint]:
    """Say by which facts a route fails, and whose refusals it passes on.

    `more`: statuses by which this party refuses here, beside those that it always may.
    """

    def keep(endpoint: Endpoint) -> Endpoint:
        _FAILS[endpoint] = _Fails(facts, party, frozenset(more))
        return endpoint

    return keep


def write_document(routes: Iterable[BaseRoute]) -> bytes:
    """Write the document of these routes."""
    found = [one for one in routes if isinstance(one, APIRoute)]
    return openapi.write_document(_SERVICE, (_describe(one) for one in found))


def _describe(route: APIRoute) -> openapi.Operation:
    method = next(iter(route.methods or ("GET",)))
    return openapi.Operation(
        method=method,
        path=route.path.removeprefix(PREFIX),
        operation_id=to_camel(route.name),
        summary=route.summary or "",
        tag="doorgeefluik",
        endpoint=route.endpoint,
        failures=openapi.name_failures(_failures(route)),
        security=_security(route.dependant),
        status=route.status_code or 200,
        model=route.response_model,
        media_type=getattr(route.response_class, "media_type", None) or openapi.JSON,
    )


def _failures(route: APIRoute) -> Iterator[_Said]:
    known, texts = _FAILS.get(route.endpoint, _Fails((), None, frozenset())), _TEXTS
    problems: list[Problem] = [PROBLEMS[fact] for fact in known.facts]
    if _security(route.dependant):
        problems += [PROBLEMS[fact] for fact in _OF_CALLER]
    if _calls(route.dependant, get_changing_caller):
        problems.append(PROBLEMS[errors.CsrfMismatch])
    problems += _of_input(route)
    if known.party is not None:
        problems.append(PROBLEMS[known.party.away])
    for one in [*problems, UNEXPECTED]:
        yield _Said(one.status, texts.get(f"problem.{one.slug}.title") + ".")
    if known.party is not None:
        for status in sorted(known.party.statuses | known.more):
            yield _Said(
                status,
                f"Een weigering van {known.party.name}.",
            )


def _of_input(route: APIRoute) -> Iterator[Problem]:
    """List what a request can be refused for by how it came, and by what it holds."""
    reads = route.dependant
    if reads.body_params or reads.query_params or "{" in route.path:
        yield PROBLEMS[errors.InputInvalid]
    yield from (OF_EDGE[one] for one in (TooManyAtOnce, TooOften, Busy))
    if reads.body_params:
        yield OF_EDGE[BodyTooLarge]


def _security(dependant: Dependant) -> tuple[openapi.Security, ...]:
    token: openapi.Security = {"oidc": ["lookup"]}
    if _calls(dependant, get_changing_caller):
        return token, {"session": [], "csrf": []}
    if _calls(dependant, get_reading_caller):
        return token, {"session": []}
    return ()


def _calls(dependant: Dependant, find: Callable[..., Any]) -> bool:
    return any(one.call is find for one in dependant.dependencies)


_TEXTS: Final = load_texts("nl")
