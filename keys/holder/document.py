"""The OpenAPI 3.1 document of a key holder, made from its routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic.alias_generators import to_camel
from starlette.responses import Response

from keys import openapi
from keys.edge.errors import BodyTooLarge, Busy, TooManyAtOnce, TooOften
from keys.holder.errors import RequestRefused
from keys.holder.problems import INTERNAL, OF_EDGE, PROBLEMS
from keys.wire import HolderProblem

PREFIX: Final = "/v1"
API_VERSION: Final = "1.0.0"
"""Of what is on the wire; goes up with every change that a caller can see."""

SERVICE: Final = openapi.Service(
    title="Sleutelhouder van de signaalindex",
    version=API_VERSION,
    summary="Rekent met geblindeerde punten, en ziet geen burgerservicenummer.",
    description=(
        "Twee van de drie sleutelhouders zijn nodig om een pseudoniem te maken. Elke "
        "aanvraag is ondertekend door een bekende organisatie, en telt mee voor een "
        "daglimiet. Voor een bevraging geeft een sleutelhouder een eenmalig bewijs."
    ),
    server=PREFIX,
    security={
        "signedRequest": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWS, typ signal-request+jwt",
            "description": "Aanvraag, ondertekend met de sleutel van de organisatie.",
        }
    },
    problem=HolderProblem,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRoute:
    """One route: what serves it, and what the document says of it.

    `is_signed`: the request is in the Authorization header; the one for evaluations is
    in its body, so that no header grows with it.
    """

    method: str = "GET"
    path: str
    endpoint: Callable[..., Awaitable[Response]]
    summary: str
    answer: Any = None
    body: type | None = None
    parameters: Mapping[str, type] = field(default_factory=dict)
    media_type: str = openapi.JSON
    raises: tuple[type[RequestRefused], ...] = ()
    is_signed: bool = False


def write_document(routes: Iterable[HolderRoute]) -> bytes:
    """Write the document of these routes."""
    return openapi.write_document(SERVICE, (_describe(route) for route in routes))


def _describe(route: HolderRoute) -> openapi.Operation:
    kinds = [PROBLEMS[fact] for fact in route.raises]
    kinds += [OF_EDGE[one] for one in (TooManyAtOnce, TooOften, Busy)]
    if route.body is not None:
        kinds.append(OF_EDGE[BodyTooLarge])
    return openapi.Operation(
        method=route.method,
        path=route.path,
        operation_id=to_camel(route.endpoint.__name__),
        summary=route.summary,
        tag="sleutelhouder",
        endpoint=openapi.reading(route.body, route.parameters),
        failures=openapi.name_failures([*kinds, INTERNAL]),
        security=({"signedRequest": []},) if route.is_signed else (),
        model=route.answer,
        media_type=route.media_type,
    )
