"""A flood that is told to come again fills the memory with what was refused.

An exception that a frame of its own traceback holds is a ring: it keeps the request,
body and all, until the collector comes, and a service here lets that come seldom.
"""

import asyncio
import gc
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import FrameType, TracebackType

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.edge.gate import Gate, Gated, refuse
from keys.edge.limits import EdgeLimits
from keys.edge.rate import Rate
from tests.holders_builders import a_bsn
from tests.world import open_world

pytestmark = pytest.mark.anyio

ADDRESS = "127.0.0.9"
LIMITS = EdgeLimits(requests=8, requests_per_address=4)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def send_to(
    app: ASGIApp, body: bytes, path: str = "/", headers: Mapping[str, str] = {}
) -> int:
    """Post as a server hands it over, and give the status."""
    said = {"content-type": "application/json", "content-length": str(len(body))}
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(a.encode(), b.encode()) for a, b in {**said, **headers}.items()],
        "client": (ADDRESS, 1),
    }
    status = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        status.append(int(message.get("status", 0)))

    await app(scope, receive, send)
    return status[0]


async def kept_after(ask: Callable[[], Awaitable[int]]) -> tuple[set[int], int]:
    """Ask three times; give the statuses, and how many frames the collector finds."""
    await ask()
    gc.collect()
    gc.disable()
    try:
        statuses = {await ask() for _ in range(3)}
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = [one for one in gc.garbage if isinstance(one, FrameType | TracebackType)]
        return statuses, len(left)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def take_all_places(gate: Gate) -> None:
    gate._under_way = LIMITS.requests


def take_the_places_of_the_address(gate: Gate) -> None:
    gate._requests_of[ADDRESS] = LIMITS.requests_per_address


def take_the_rate_of_the_address(gate: Gate) -> None:
    gate._rate = Rate(1, 3_600)
    gate._rate.take(ADDRESS, asyncio.get_running_loop().time())


FULL = {
    "all places": (take_all_places, 503),
    "the places of an address": (take_the_places_of_the_address, 429),
    "the rate of an address": (take_the_rate_of_the_address, 429),
}


@pytest.mark.parametrize(("fill", "status"), FULL.values(), ids=list(FULL))
async def test_who_is_told_to_come_again_leaves_nothing(
    fill: Callable[[Gate], None], status: int
) -> None:
    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("let in")

    gate = Gate(LIMITS, lambda _path: 100, patience=0)
    fill(gate)
    app = Gated(never, gate, refuse)
    assert await kept_after(lambda: send_to(app, b"{}")) == ({status}, 0)


async def test_nor_does_who_is_refused_by_the_index_itself(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        token = {"authorization": f"Bearer {world.a_token()}"}
        asked = await world.ask([a_bsn(1)])
        refused = {
            "no login": (b"{}", {}, 401),
            "no token": (b"{}", {"authorization": "Bearer a.b.c"}, 401),
            "no JSON": (b"{", token, 400),
            "no field": (b"{}", token, 400),
            "too large": (b"x" * 100_000, token, 413),
            "no tickets": (_encode(asked, tickets=["a.b.c", "d.e.f"]), token, 403),
            "no ground": (_encode(asked, legalBasis="jeugdwet-2.3"), token, 403),
        }
        left = {
            name: await kept_after(
                lambda body=body, said=said: send_to(  # type: ignore[misc]  # bound at once
                    world.app, body, "/v1/lookups", said
                )
            )
            for name, (body, said, _) in refused.items()
        }
    assert left == {name: ({status}, 0) for name, (*_, status) in refused.items()}


def _encode(asked: Mapping[str, object], **changed: object) -> bytes:
    return json.dumps({**asked, **changed}).encode()
