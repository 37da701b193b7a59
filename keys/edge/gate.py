"""Requests: how many are under way at once, and how large their bodies may be.

- A body is read whole, within its bounds, before the application sees the request, and
  takes no place among those under way while it comes in.
- Who is told to come again waits a moment for that word (`PATIENCE`): on one connection
  that is one request at a time, however fast a flood would like to send them. The door
  knows of it (`PENDING`), and parts with such a connection before any other. Nothing
  of the request is held meanwhile.
- After a body that is too large the connection ends, and after any refusal of which
  more of the body may still come than is read away. What is on its way is read a while
  first: a connection that is cut off while it sends loses the answer.
- What is refused is raised where no name of it stays: an exception that a frame of its
  own traceback holds keeps its whole request, body and all, until the collector comes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.edge.errors import (
    BodyTooLarge,
    Busy,
    ComeAgain,
    EdgeRefused,
    TooManyAtOnce,
    TooOften,
)
from keys.edge.limits import (
    LINGER_BYTES,
    LINGER_SECONDS,
    PATIENCE,
    PENDING,
    EdgeLimits,
    count_up,
    share_of,
)
from keys.edge.rate import Rate

_WHOLE: Final = "whole"
"""Noted of a request whose body came in to its end."""
BodyLimit = Callable[[str], int]
"""Gives how many bytes of a body are taken at a path."""
Refuse = Callable[[Scope, EdgeRefused], Response]
"""Gives the answer by which a service tells that it refuses."""


def refuse(_scope: Scope, refusal: EdgeRefused) -> Response:
    """Tell a refusal as a problem, for a service without words of its own."""
    return Response(refusal.body, refusal.status, media_type="application/problem+json")


def mark_refused(scope: Scope, refusal: type[EdgeRefused]) -> None:
    """Let the door know that a request has nothing to come but this refusal."""
    _noted(scope)["refusal"] = refusal


async def tell_refused(
    answer: Response, refusal: EdgeRefused, scope: Scope, receive: Receive, send: Send
) -> None:
    """Send the answer to what was refused, with the headers that go with it.

    One after which the connection ends is whole at once for whoever reads it; what is
    still sent is read for so long as the door itself would.
    """
    answer.headers.update(refusal.headers)
    if not (isinstance(refusal, BodyTooLarge) or _may_send_much(scope)):
        await answer(scope, receive, send)
        return
    answer.headers["connection"] = "close"
    mark_refused(scope, type(refusal))

    async def send_open(message: Message) -> None:
        is_body = message["type"] == "http.response.body"
        await send({**message, "more_body": True} if is_body else message)

    await answer(scope, receive, send_open)
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            await _read_away(receive)
    await send({"type": "http.response.body", "body": b""})


def _may_send_much(scope: Scope) -> bool:
    """Tell whether more of a body may still come than the door would read away.

    The rest would stand before the next request, and the door ends such a connection
    without a word: so the answer says it.
    """
    declared = _declared(scope)
    if declared is None or _noted(scope).get(_WHOLE):
        return False
    return declared > LINGER_BYTES or _is_chunked(scope)


def _noted(scope: Scope) -> dict[str, Any]:
    """Give what gate and door know together of a request; nothing without our door."""
    noted: dict[str, Any] = scope.get("extensions", {}).get(PENDING, {})
    return noted


async def _read_away(receive: Receive) -> None:
    size, more = 0, True
    while more and size <= LINGER_BYTES:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)


class Gate:
    """Lets requests in, as many as there is room for."""

    def __init__(
        self, limits: EdgeLimits, body_limit: BodyLimit, patience: float = PATIENCE
    ) -> None:
        self._limits = limits
        self._body_limit = body_limit
        self._patience = patience
        self._rate = Rate[str](2 * limits.requests_per_second_per_address, 2)
        self._under_way = 0
        self._bytes = 0
        self._requests_of: dict[str, int] = {}
        self._bytes_of: dict[str, int] = {}

    @asynccontextmanager
    async def admit(self, scope: Scope, receive: Receive) -> AsyncIterator[Receive]:
        """Give the body of one request, or raise `EdgeRefused`.

        Raises `ClientDisconnect` where the rest of a body does not come.
        """
        client = scope.get("client")
        address = share_of(client[0] if client else "")
        await self._keep_to_rate(scope, address)
        if self._requests_of.get(address, 0) >= self._limits.requests_per_address:
            await self._put_off(scope, TooManyAtOnce)
            raise TooManyAtOnce
        count_up(self._requests_of, address, 1)
        body = _Body(self, address)
        try:
            read = await body.read(scope, receive)
            if self._under_way < self._limits.requests:
                self._under_way += 1
                try:
                    yield read
                finally:
                    self._under_way -= 1
                return
        finally:
            self._hold(address, -body.size)
            count_up(self._requests_of, address, -1)
        del read, body
        await self._put_off(scope, Busy)
        raise Busy

    def find_limit(self, path: str) -> int:
        """Give how many bytes of a body are taken at a path."""
        return self._body_limit(path)

    def hold(self, address: str, size: int) -> None:
        """Keep account of bytes that came in; raises `ComeAgain` past the bounds."""
        self._hold(address, size)
        if self._bytes_of.get(address, 0) > self._limits.body_memory_per_address:
            raise TooManyAtOnce
        if self._bytes > self._limits.body_memory:
            raise Busy

    def _hold(self, address: str, size: int) -> None:
        if size:
            self._bytes += size
            count_up(self._bytes_of, address, size)

    async def _put_off(self, scope: Scope, refusal: type[ComeAgain]) -> None:
        """Let somebody wait for a refusal, so that the door may tell it sooner."""
        mark_refused(scope, refusal)
        await asyncio.sleep(self._patience)

    async def _keep_to_rate(self, scope: Scope, address: str) -> None:
        if self._limits.is_proxy(address):
            return
        now = asyncio.get_running_loop().time()
        try:
            self._rate.verify(address, now)
        except TooOften:
            await self._put_off(scope, TooOften)
            raise
        self._rate.take(address, now)


class _Body:
    """The body of one request as it comes in."""

    def __init__(self, gate: Gate, address: str) -> None:
        self._gate = gate
        self._address = address
        self.size = 0

    async def read(self, scope: Scope, receive: Receive) -> Receive:
        declared = _declared(scope)
        if declared is None:
            return receive
        limit = self._gate.find_limit(scope["path"])
        if declared > limit:
            raise BodyTooLarge
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            self.size += len(part)
            self._gate.hold(self._address, len(part))
            if self.size > limit:
                raise BodyTooLarge
            parts.append(part)
            if not message.get("more_body", False):
                _noted(scope)[_WHOLE] = True
                return _replay(b"".join(parts), receive)


def _declared(scope: Scope) -> int | None:
    """Give the length that a body says to have: 0 for one in chunks, None for none."""
    length: int | None = None
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() else 0
        elif name == b"transfer-encoding":
            return 0
    return length


def _is_chunked(scope: Scope) -> bool:
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])


def _replay(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


class Gated:
    """An application behind a gate, as a Starlette middleware."""

    def __init__(self, app: ASGIApp, gate: Gate, refuse: Refuse) -> None:
        self._app = app
        self._gate = gate
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with self._gate.admit(scope, receive) as admitted:
                await self._app(scope, admitted, send)
        except EdgeRefused as refusal:
            answer = self._refuse(scope, refusal)
            await tell_refused(answer, refusal, scope, receive, send)
        except ClientDisconnect:
            return
