"""What an ordinary POST costs the process, in memory: `pytest -m bench -s tests/bench`.

Process time, so that other work on the machine counts little; the application is called
as a server calls it, without a client in between.
"""

import json
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import pytest
from starlette.types import Message

from tests.world import World, open_world

ROUNDS = 300
PATH = "/v1/access-requests"


async def post(world: World, token: str, body: bytes) -> int:
    """Ask the application once, and give the status."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "content-length": str(len(body)),
    }
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), said.encode()) for name, said in headers.items()],
    }
    await world.app(scope, receive, send)
    return int(sent[0]["status"])


async def measure(world: World, body: bytes, status: int) -> float:
    """Give the median milliseconds of process time of one POST."""
    token, times = world.an_officer(), []
    for _ in range(ROUNDS):
        began = process_time()
        assert await post(world, token, body) == status
        times.append(process_time() - began)
    return 1000 * median(times)


@pytest.mark.bench
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("check", "status", "most"), [("digid", 201, 6.0), (5, 400, 0.2)]
)
async def test_a_post_costs_little_more_than_its_act(
    tmp_path: Path, check: object, status: int, most: float
) -> None:
    async with open_world(tmp_path) as world:
        said = {"receivedOn": f"{world.clock():%Y-%m-%d}", "identityCheck": check}
        taken = await measure(world, json.dumps(said).encode(), status)
    print(f"POST {PATH}, {status}: {taken:.3f} ms of process time")  # noqa: T201
    assert taken < most
