"""OpenAPI 3.1 documents of index, desk and key holder: made from routes, in one form.

- An operation says what it reads by the signature of its endpoint, what it gives by a
  model, and every status by which it fails; a status that nobody named is not there.
- Every answer carries `API-Version`; what fails is problem+json (RFC 9457), and what is
  wrong with input is 400, never the 422 that the generator would add.

Stands in `keys` because nothing of ours lies below. NL API Design Rules 2.1,
/core/doc-openapi; `deploy/check` holds each document against them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import Parameter, Signature
from threading import Lock
from typing import Any, Final, Protocol

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
PUBLIC_HEADERS: Final = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "public, max-age=300",
}
"""With which a document is served: any page may read it."""

_SCHEMAS: Final = "#/components/schemas/"
_HEADERS: Final = {
    "API-Version": {
        "schema": {"type": "string"},
        "description": "Volledig versienummer van deze API",
    }
}
_RETRY: Final = {
    "Retry-After": {
        "schema": {"type": "integer"},
        "description": "Na hoeveel seconden het weer zin heeft",
    }
}
_NEW_OR_NOT: Final = {201: "Nieuw vastgelegd", 200: "Stond er al"}
_CONTACT: Final = {
    "name": "Beheer van de signaalindex",
    "url": "https://signal-index.example/",
    "email": "security@signal-index.example",
}
_LICENCE: Final = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}


class Kind(Protocol):
    """A kind of problem, as each of the three has a table of them."""

    @property
    def status(self) -> int:
        """By which status it is told."""

    @property
    def title(self) -> str:
        """What is wrong, in Dutch."""


Security = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a document says of the whole: its version goes up with what a caller sees.

    `server`: the path that all operations stand under, which ends in the major version.
    """

    title: str
    version: str
    summary: str
    description: str
    server: str
    security: Mapping[str, Mapping[str, str]]
    problem: type[BaseModel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: what serves it, what it gives, and how it fails.

    `failures`: each status with the titles of why; `also`: another status that means
    success (200 beside 201); `security`: empty where anybody may call.
    """

    method: str
    path: str
    operation_id: str
    summary: str
    tag: str
    endpoint: Callable[..., Any]
    failures: Mapping[int, Sequence[str]]
    security: Sequence[Security] = ()
    status: int = 200
    also: int | None = None
    model: Any = None
    media_type: str = JSON


def make_document(
    service: Service, operations: Iterable[Operation]
) -> Mapping[str, Any]:
    """Make the document of a service and its operations."""
    router, tags = APIRouter(), dict[str, None]()
    for one in operations:
        _describe(router, one, service)
        tags[one.tag] = None
    document: dict[str, Any] = get_openapi(
        title=service.title,
        version=service.version,
        summary=service.summary,
        description=service.description,
        license_info=_LICENCE,
        routes=router.routes,
        servers=[{"url": service.server}],
        tags=[{"name": tag} for tag in tags],
    )
    document["info"]["contact"] = _CONTACT
    components = document.setdefault("components", {})
    components["securitySchemes"] = service.security
    _, found = models_json_schema(
        [(service.problem, "serialization")], ref_template=_SCHEMAS + "{model}"
    )
    components.setdefault("schemas", {}).update(found["$defs"])
    _tidy(document)
    return document


def write_document(service: Service, operations: Iterable[Operation]) -> bytes:
    """Write the same as the JSON that is served."""
    document = make_document(service, operations)
    return json.dumps(document, ensure_ascii=False).encode()


def beside(write: Callable[[], bytes]) -> Callable[[], Awaitable[bytes]]:
    """Make what gives a document: written once, in a thread, while others are served.

    It takes seconds of a processor, and anybody may be the first to ask.
    """
    lock, kept = Lock(), list[bytes]()

    def write_once() -> bytes:
        with lock:
            if not kept:
                with _giving_way():
                    kept.append(write())
        return kept[0]

    async def give() -> bytes:
        return kept[0] if kept else await asyncio.to_thread(write_once)

    return give


@contextmanager
def _giving_way() -> Iterator[None]:
    """Have other threads wait for this one a tenth as long as the interpreter would."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def name_failures(kinds: Iterable[Kind]) -> Mapping[int, Sequence[str]]:
    """Name each status that these kinds of problem have, with the titles of why."""
    found: dict[int, dict[str, None]] = {}
    for one in kinds:
        found.setdefault(one.status, {})[one.title] = None
    return {status: list(titles) for status, titles in found.items()}


def reading(
    body: type | None = None, parameters: Mapping[str, Any] | None = None
) -> Callable[..., Awaitable[object]]:
    """Make an endpoint that says what a plain route reads, where its own does not.

    `parameters`: the type of each member of its path.
    """

    async def described(**_values: object) -> None: ...

    reads = dict(parameters or {})
    if body is not None:
        reads["body"] = body
    described.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, Parameter.KEYWORD_ONLY, annotation=one)
            for name, one in reads.items()
        ]
    )
    return described


def _describe(router: APIRouter, one: Operation, service: Service) -> None:
    """Add one operation to what the document is made of."""
    router.add_api_route(
        one.path,
        one.endpoint,
        response_model=one.model,
        response_class=JSONResponse if one.media_type == JSON else Response,
        methods=[one.method],
        status_code=one.status,
        summary=one.summary,
        description=" ",
        tags=[one.tag],
        operation_id=one.operation_id,
        responses=_responses(one, service),
        openapi_extra={"security": list(one.security)},
    )


def _responses(one: Operation, service: Service) -> dict[int | str, dict[str, Any]]:
    done: dict[str, Any] = {"description": "Gelukt", "headers": _HEADERS}
    if one.media_type != JSON:
        done["content"] = {one.media_type: {"schema": {"type": "string"}}}
    responses: dict[int | str, dict[str, Any]] = {one.status: done}
    if one.also is not None:
        responses[one.also] = {**done, "model": one.model}
        for status, said in _NEW_OR_NOT.items():
            responses[status] = {**responses[status], "description": said}
    schema = {"$ref": _SCHEMAS + service.problem.__name__}
    for status, titles in sorted(one.failures.items()):
        responses[status] = {
            "description": " ".join(titles),
            "headers": {**_HEADERS, **(_RETRY if status in (429, 503) else {})},
            "content": {PROBLEM_JSON: {"schema": schema}},
        }
    return responses


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
