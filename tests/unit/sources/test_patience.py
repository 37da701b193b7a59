"""Trying again: what passes, how long, and when to stop."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.errors import IndexUnreachable
from sources.publisher.patience import Patience, parse_retry_after, send_patiently
from tests.sources_builders import NOW

pytestmark = pytest.mark.anyio


@dataclass
class Server:
    """Gives prepared answers; None is a broken connection."""

    answers: list[httpx.Response | None]
    waited: list[float] = field(default_factory=list)

    async def send(self) -> httpx.Response:
        answer = self.answers.pop(0)
        if answer is None:
            raise httpx.ConnectError("")
        return answer

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    def patience(self, draw: Callable[[], float] = lambda: 0.5) -> Patience:
        return Patience(lambda: NOW, attempts=4, sleep=self.sleep, draw=draw)


async def test_what_passes_is_tried_again_with_growing_waits() -> None:
    server = Server(
        [None, httpx.Response(503), httpx.Response(502), httpx.Response(200)]
    )
    response = await send_patiently(server.send, server.patience())
    assert response.status_code == 200
    assert server.waited == sorted(server.waited)
    assert server.waited[-1] > server.waited[0]


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 409, 500])
async def test_a_final_answer_is_not_asked_for_twice(status: int) -> None:
    server = Server([httpx.Response(status)])
    response = await send_patiently(server.send, server.patience())
    assert response.status_code == status
    assert server.waited == []


@pytest.mark.parametrize("status", [429, 503])
async def test_whoever_asks_for_time_gets_it(status: int) -> None:
    busy = httpx.Response(status, headers={"Retry-After": "17"})
    server = Server([busy, httpx.Response(200)])
    await send_patiently(server.send, server.patience())
    assert server.waited == [17.0]


async def test_a_party_that_asks_for_hours_stops_the_run() -> None:
    server = Server([httpx.Response(429, headers={"Retry-After": "7200"})])
    with pytest.raises(IndexUnreachable, match="7200"):
        await send_patiently(server.send, server.patience())


async def test_patience_ends() -> None:
    server = Server([None] * 4)
    with pytest.raises(IndexUnreachable):
        await send_patiently(server.send, server.patience())
    assert len(server.waited) == 3


@given(st.integers(0, 20), st.floats(0, 1))
def test_a_wait_is_never_longer_than_the_longest(attempt: int, drawn: float) -> None:
    patience = Patience(lambda: NOW, draw=lambda: drawn)
    assert 0 < patience.compute_wait(attempt, None) <= patience.longest_wait


async def test_two_agencies_do_not_return_at_the_same_moment() -> None:
    early = Patience(lambda: NOW, draw=lambda: 0.0).compute_wait(3, None)
    late = Patience(lambda: NOW, draw=lambda: 0.9).compute_wait(3, None)
    assert early < late


def test_a_moment_to_return_is_understood() -> None:
    moment = format_datetime(NOW + timedelta(seconds=30), usegmt=True)
    response = httpx.Response(503, headers={"Retry-After": moment})
    assert parse_retry_after(response, now=NOW) == 30.0


@pytest.mark.parametrize("text", ["", "soon", "-1", "1e9", "²"])
def test_what_is_no_wait_is_none(text: str) -> None:
    headers = httpx.Headers([(b"Retry-After", text.encode())])
    assert parse_retry_after(httpx.Response(503, headers=headers), now=NOW) is None
