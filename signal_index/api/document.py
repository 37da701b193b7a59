"""The OpenAPI 3.1 document of the index, made from its routes.

- Every operation names each status that it gives: what its signature brings with it
  (a body can be 400, 413 and 415, a caller 401 and 403, anything 406, 500 and 503) and
  what its own facts (`raises`) are in the table of problems.
- Plain routes stand in it too, from the models that they name.

NL API Design Rules 2.1, /core/doc-openapi; OpenAPI 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import Parameter, Signature
from typing import Any, Final

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from signal_index import errors
from signal_index.api import errors as edge
from signal_index.api.problem_table import find_kind
from signal_index.api.routing import JSON, PREFIX, NamedRoute, Routes
from signal_index.wire.errors import InvalidField
from signal_index.wire.problem import Problem

API_VERSION: Final = "1.0.0"
"""Of what is on the wire; goes up with every change that a caller can see."""
_ALWAYS: Final = (
    edge.NotAcceptable,
    edge.ServerFault,
    errors.DatabaseUnavailable,
)
_WITH_BODY: Final = (InvalidField, edge.BodyTooLarge, edge.MediaTypeUnsupported)
_WITH_CALLER: Final = (
    errors.CallerUnknown,
    errors.CallerNotAllowed,
    errors.CallerSuspended,
)
_PATH_NAME: Final = re.compile(r"\{(\w+)")
_SCHEMAS: Final = "#/components/schemas/"
_PROBLEM: Final = {"$ref": _SCHEMAS + "Problem"}
_HEADERS: Final = {
    "API-Version": {
        "schema": {"type": "string"},
        "description": "Volledig versienummer van deze API",
    }
}
_INFO: Final[Mapping[str, Any]] = {
    "title": "Signaalindex",
    "version": API_VERSION,
    "summary": "Dat er contact is, en wie u kunt bellen. Niets anders.",
    "description": (
        "Bronnen leveren dat-signalen aan onder een pseudoniem. Een generalist vraagt "
        "voor één doel wie er al betrokken is. Elke bevraging staat in het "
        "inzagelogboek voordat het antwoord vertrekt. De index kent geen "
        "burgerservicenummers."
    ),
    "license_info": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
}
_CONTACT: Final = {
    "name": "Beheer van de signaalindex",
    "url": "https://signal-index.example/",
    "email": "security@signal-index.example",
}
_LOGIN: Final = {
    "type": "openIdConnect",
    "openIdConnectUrl": "https://login.example/.well-known/openid-configuration",
    "description": "Access token (RFC 9068) van een bekende OpenID-provider, "
    "hooguit 5 minuten geldig.",
}


def make_document(subjects: Sequence[Routes]) -> Mapping[str, Any]:
    """Make the document of all routes of these subjects."""
    router = APIRouter()
    for subject in subjects:
        for named in subject.named:
            _describe(router, named, subject.tag)
    document: dict[str, Any] = get_openapi(
        **_INFO,
        routes=router.routes,
        servers=[{"url": PREFIX}],
        tags=[{"name": tag} for tag in dict.fromkeys(one.tag for one in subjects)],
    )
    document["info"]["contact"] = _CONTACT
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"oidc": _LOGIN}
    components.setdefault("schemas", {}).update(_problem_schemas())
    _tidy(document)
    return document


def _problem_schemas() -> Mapping[str, Any]:
    _, found = models_json_schema(
        [(Problem, "serialization")], ref_template=_SCHEMAS + "{model}"
    )
    schemas: Mapping[str, Any] = found["$defs"]
    return schemas


def _describe(router: APIRouter, named: NamedRoute, tag: str) -> None:
    """Add one operation to what the document is made of."""
    scope = named.found.scope
    router.add_api_route(
        named.path.replace(":path}", "}"),
        _describable(named) if named.is_plain else named.endpoint,
        response_model=named.model,
        response_class=JSONResponse if named.media_type == JSON else Response,
        methods=[named.method],
        status_code=named.status,
        summary=named.summary,
        description=" ",
        tags=[tag],
        operation_id=named.operation_id,
        responses=_responses(named),
        openapi_extra={"security": [] if scope is None else [{"oidc": [scope]}]},
    )


def _responses(named: NamedRoute) -> dict[int | str, dict[str, Any]]:
    done: dict[str, Any] = {"description": "Gelukt", "headers": _HEADERS}
    if named.media_type != JSON:
        done["content"] = {named.media_type: {"schema": {"type": "string"}}}
    responses: dict[int | str, dict[str, Any]] = {named.status: done}
    if named.also is not None:
        responses[named.also] = {**done, "model": named.model}
    for status, titles in sorted(_failures(named).items()):
        responses[status] = {
            "description": " ".join(titles),
            "headers": _HEADERS,
            "content": {"application/problem+json": {"schema": _PROBLEM}},
        }
    return responses


def _failures(named: NamedRoute) -> Mapping[int, Sequence[str]]:
    """Name each status by which an operation fails, with the titles of why."""
    facts: list[type[Exception]] = [*_ALWAYS, *named.raises]
    if named.method != "GET":
        facts += [*_WITH_BODY, errors.CommitUnknown]
    elif _reads_anything(named):
        facts.append(InvalidField)
    if named.found.scope is not None:
        facts += _WITH_CALLER
    found: dict[int, dict[str, None]] = {}
    for fact in facts:
        problem = find_kind(fact)
        if problem is None:
            raise TypeError(f"{named.path} raises what is no problem: {fact}")
        found.setdefault(problem.status, {})[problem.title] = None
    return {status: list(titles) for status, titles in found.items()}


def _reads_anything(named: NamedRoute) -> bool:
    """Every route that is not plain refuses a query that it does not know."""
    return not named.is_plain or "{" in named.path


def _describable(named: NamedRoute) -> Callable[..., Awaitable[object]]:
    """Make an endpoint that says of a plain route what its own signature does not."""

    async def described(**_values: object) -> None: ...

    reads: dict[str, Any] = dict.fromkeys(_PATH_NAME.findall(named.path), str)
    if named.body is not None:
        reads["body"] = named.body
    described.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, Parameter.KEYWORD_ONLY, annotation=one)
            for name, one in reads.items()
        ]
    )
    return described


def _tidy(document: dict[str, Any]) -> None:
    """Take out what the generator adds of its own: titles, and its 422."""
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for item in document["paths"].values():
        for operation in item.values():
            operation["responses"].pop("422", None)
            operation.pop("description", None)
    _untitle(document["paths"])
    _untitle(schemas)


def _untitle(value: object) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("title"), str):
            del value["title"]
        for name, below in value.items():
            if isinstance(below, float) and below.is_integer():
                value[name] = int(below)  # a bound, which the generator made a float
            _untitle(below)
    elif isinstance(value, list):
        for below in value:
            _untitle(below)
