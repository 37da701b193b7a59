"""An operation reads what its signature says, and a signature says nothing else."""

from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.routing import caller_from
from signal_index.api.serving import Operation
from signal_index.wire.access_requests import Closing
from signal_index.wire.embargoes import Lifting
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id, Slug

KNOWN = "0192f0c1-2b3c-7def-8123-456789abcdef"


async def find_someone(_request: Request) -> str:
    return "someone"


FOUND = caller_from(find_someone, None)
Someone = Annotated[str, FOUND]
Count = Annotated[int, Query()]


async def close_one(
    one_id: Id, body: Closing, caller: Someone, response: Response, count: Count = 7
) -> Closing:
    assert caller == "someone"
    assert one_id == UUID(KNOWN)
    response.status_code = 200
    return Closing(closing=Slug(f"{body.closing}-{count}"))


def make(endpoint: Any, path: str = "/ones/{one_id}") -> Operation:  # noqa: ANN401
    return Operation(endpoint, path, FOUND.dependency, status=201, model=Closing)  # type: ignore[arg-type]


async def ask(
    body: bytes, *, one_id: str = KNOWN, query: bytes = b""
) -> tuple[int, bytes]:
    """Ask for the operation as a server does; gives status and body."""
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [],
        "query_string": query,
        "path_params": {"one_id": one_id},
    }
    await make(close_one)(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.anyio
async def test_the_endpoint_gets_path_query_and_body_and_chooses_its_status() -> None:
    assert await ask(b'{"closing":"sent"}') == (200, b'{"closing":"sent-7"}')


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"body": b""}, "body", "not-json"),
        ({"body": b"null"}, "body", "not-an-object"),
        ({"body": b"{}"}, "closing", "missing"),
        ({"one_id": "7"}, "oneId", "wrong-form"),
        ({"query": b"more=1"}, "query", "unknown-field"),
        ({"query": b"count=1&count=1"}, "query", "doubled-field"),
        ({"query": b"count=x"}, "count", "wrong-form"),
    ],
)
async def test_what_is_wrong_is_named_as_on_the_wire(
    changed: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        await ask(**{"body": b'{"closing":"sent"}', **changed})
    assert (refused.value.field, refused.value.code) == (field, code)


async def with_header(caller: Someone, x: Annotated[str, Header()]) -> None: ...
async def with_request(caller: Someone, request: Request) -> None: ...
async def with_needed(caller: Someone, needed: Annotated[str, Query()]) -> None: ...
async def with_two(caller: Someone, body: Closing, other: Lifting) -> None: ...
async def with_any_body(caller: Someone, body: dict[str, str]) -> None: ...


@pytest.mark.parametrize(
    "endpoint", [with_header, with_request, with_needed, with_two, with_any_body]
)
def test_a_signature_that_asks_for_anything_else_is_no_operation(endpoint: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError):
        make(endpoint, "/ones")
