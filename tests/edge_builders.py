"""A served application behind the edge, and callers that say what they like to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from keys.edge.gate import Gate, Gated, refuse
from keys.edge.limits import EdgeLimits, Seen
from keys.edge.server import make_server

BODY_MAXIMUM = 50_000


class QuietServer(uvicorn.Server):
    """A server in a test's own loop, which leaves signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Served:
    """One server, what its application saw, and what was refused at its door."""

    port: int
    bodies: list[int] = field(default_factory=list)
    refused: list[Seen] = field(default_factory=list)
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    callers: list["Caller"] = field(default_factory=list)
    gone: int = 0

    async def connect(self, address: str = "127.0.0.9") -> "Caller":
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(address, 0)
        )
        self.callers.append(Caller(reader, writer))
        return self.callers[-1]

    async def ask(self, sent: bytes, address: str = "127.0.0.9") -> "Told":
        """Send something over a connection of its own, and give what comes back."""
        caller = await self.connect(address)
        await caller.send(sent)
        told = await caller.hear()
        await caller.leave()
        return told

    async def hold(self, count: int, sent: bytes, *addresses: str) -> list["Caller"]:
        """Open connections, by turns from these addresses, and send each the same."""
        opened = [
            await self.connect(addresses[number % len(addresses)])
            for number in range(count)
        ]
        for caller in opened:
            await caller.send(sent)
        await asyncio.sleep(0.1)
        return opened


@dataclass(frozen=True)
class Told:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Caller:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, sent: bytes) -> None:
        """Send it all, or as much as is taken: whoever refuses stops reading."""
        with suppress(ConnectionError):
            self.writer.write(sent)
            await self.writer.drain()

    async def hear(self) -> Told:
        async with asyncio.timeout(20):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.splitlines()
            said = dict(line.lower().split(": ", 1) for line in lines if line)
            body = await self.reader.readexactly(int(said.get("content-length", 0)))
        return Told(int(first.split()[1]), said, body)

    async def is_closed(self) -> bool:
        """Wait until the server is done with this connection."""
        with suppress(ConnectionError):
            async with asyncio.timeout(20):
                while await self.reader.read(65_536):
                    pass
        return True

    async def leave(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def serving(patience: float = 0.05, /, **limits: object) -> AsyncIterator[Served]:
    """Serve an application that tells the length of a body, or holds on at /hold.

    Whoever asks for /stay is waited for until they are gone.
    """
    bounds = EdgeLimits.model_validate(limits)
    served = Served(0)

    async def measure(request: Request) -> PlainTextResponse:
        size = len(await request.body())
        served.bodies.append(size)
        return PlainTextResponse(str(size))

    async def hold(_request: Request) -> PlainTextResponse:
        await served.holding.wait()
        return PlainTextResponse("held")

    async def stay(request: Request) -> PlainTextResponse:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        served.gone += 1
        return PlainTextResponse("gone")

    async def much(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("x" * 20_000_000)

    app = Starlette(
        routes=[
            Route("/", measure, methods=["GET", "POST"]),
            Route("/hold", hold),
            Route("/stay", stay),
            Route("/much", much),
        ],
        middleware=[
            Middleware(
                Gated,
                gate=Gate(bounds, lambda _: BODY_MAXIMUM, patience),
                refuse=refuse,
            )
        ],
    )
    server = make_server(
        app,
        ("127.0.0.1", 0),
        bounds,
        served.refused.append,
        headers={"x-service": "a test"},
        lifespan="off",
        kind=QuietServer,
        patience=patience,
    )
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(0.01)
    served.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        served.holding.set()
        for caller in served.callers:
            await caller.leave()
        server.should_exit = server.force_exit = True
        await running
