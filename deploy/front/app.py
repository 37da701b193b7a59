"""A small reverse proxy: the desk, and beside it the register's gateway.

What any reverse proxy of an organisation does as well (docs/desk.md shows nginx):

1. what stands at the register's path goes to the gateway, and never to the desk;
2. before that the desk is asked who this is, with cookie and page token and no more:
   only a generalist at the desk's own page may ask (`GET /session/register`);
3. the gateway gets its key, who asks, and no cookie; its answer is not kept;
4. everything else goes to the desk as it came. Nothing is logged.

No cookie of an answer is remembered here: a client that does would hand one person's
session to the next.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.callers import CSRF_HEADER
from desk.register import CHECK, USER_HEADER

MAX_BODY: Final = 1 << 20
OF_ONE_HOP: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade", "content-length"),
    }
)
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
ALLOWED: Final = 204


@dataclass(frozen=True)
class Behind:
    """Where the desk and the gateway are, at which path it stands, and its key."""

    desk: str
    gateway: str
    path: str
    key: str = field(repr=False)


def create_app(behind: Behind, transport: httpx.AsyncBaseTransport) -> Starlette:
    """Give the proxy as an ASGI app; the transport is closed with it."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await transport.aclose()

    async def ask_register(request: Request) -> Response:
        who = await _find_who(transport, behind, request)
        headers = {
            "Content-Type": request.headers.get("content-type", ""),
            "Accept": "application/json",
            "X-API-Key": behind.key,
            USER_HEADER: who,
        }
        url = f"{behind.gateway}/personen"
        asked = httpx.Request(
            "POST", url, headers=headers, content=await _read(request)
        )
        answer, body = await _send(transport, asked)
        kept = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        media_type = answer.headers.get("content-type")
        return Response(body, answer.status_code, kept, media_type)

    async def pass_on(request: Request) -> Response:
        url = httpx.URL(behind.desk).copy_with(raw_path=_read_target(request))
        headers = _keep(request.headers.raw)
        content = await _read(request)
        asked = httpx.Request(request.method, url, headers=headers, content=content)
        answer, body = await _send(transport, asked)
        passed = Response(body, answer.status_code)
        length = answer.headers.get("content-length", str(len(body))).encode()
        passed.raw_headers = [*_keep(answer.headers.raw), (b"content-length", length)]
        return passed

    routes = [
        Route(f"{behind.path}/personen", ask_register, methods=["POST"]),
        Route(f"{behind.path}/{{rest:path}}", _refuse, methods=list(METHODS)),
        Route("/{rest:path}", pass_on, methods=list(METHODS)),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _find_who(
    transport: httpx.AsyncBaseTransport, behind: Behind, request: Request
) -> str:
    """Give who asks; raises 401 for nobody and 403 for who may not."""
    names = ("cookie", CSRF_HEADER)
    headers = {name: request.headers[name] for name in names if name in request.headers}
    url = behind.desk + CHECK
    checked, _ = await _send(transport, httpx.Request("GET", url, headers=headers))
    if checked.status_code != ALLOWED:
        raise HTTPException(
            401 if checked.status_code == httpx.codes.UNAUTHORIZED else 403
        )
    return checked.headers[USER_HEADER]


async def _refuse(_request: Request) -> Response:
    """Let nothing else of the gateway's path through, and none of it to the desk."""
    raise HTTPException(404)


async def _send(
    transport: httpx.AsyncBaseTransport, asked: httpx.Request
) -> tuple[httpx.Response, bytes]:
    """Give an answer and its bytes as they came; raises 502 where nobody answers."""
    try:
        answer = await transport.handle_async_request(asked)
        body = b"".join([part async for part in answer.aiter_raw()])
    except httpx.TransportError:
        raise HTTPException(502) from None
    return answer, body


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return bytes(body)


def _read_target(request: Request) -> bytes:
    query = request.scope["query_string"]
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw + b"?" + query if query else raw


def _keep(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Give the headers that are meant for the other end."""
    return [
        (name, value)
        for name, value in headers
        if name.decode("latin-1").lower() not in OF_ONE_HOP
    ]
