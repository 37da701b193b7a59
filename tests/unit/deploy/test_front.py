"""One origin for desk and register: each gets what is its own, and nothing else."""

import json
from dataclasses import dataclass, field

import httpx
import pytest

from deploy.front.app import Behind, create_app

pytestmark = pytest.mark.anyio
NUMBER = "999993847"
QUESTION = {"type": "RaadpleegMetBurgerservicenummer", "burgerservicenummer": [NUMBER]}
COOKIE = {"cookie": "session=geheim", "X-CSRF-Token": "token"}


@dataclass
class Behinds(httpx.AsyncBaseTransport):
    """A desk and a gateway that remember what reached them."""

    allows: int = 204
    down: bool = False
    desk: list[tuple[httpx.Request, bytes]] = field(default_factory=list)
    gateway: list[tuple[httpx.Request, bytes]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        at = self.desk if request.url.host == "desk" else self.gateway
        at.append((request, await request.aread()))
        if self.down and at is self.gateway:
            raise httpx.ConnectError("down")
        if request.url.path == "/session/register":
            return _answer(self.allows, ("x-user", "user-1"))
        if at is self.gateway:
            return _answer(200, body=b'{"personen": []}')
        cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2")]
        return _answer(303, *cookies, ("location", "/start"))

    def client(self) -> httpx.AsyncClient:
        behind = Behind("http://desk", "http://gateway/api", "/brp", "sleutel")
        app = httpx.ASGITransport(create_app(behind, self))
        return httpx.AsyncClient(transport=app, base_url="http://front")


def _answer(
    status: int, *headers: tuple[str, str], body: bytes = b""
) -> httpx.Response:
    stream = httpx.ByteStream(body)
    return httpx.Response(status, headers=list(headers), stream=stream)


async def test_a_question_for_the_register_never_reaches_the_desk() -> None:
    behind = Behinds()
    async with behind.client() as client:
        answer = await client.post("/brp/personen", json=QUESTION, headers=COOKIE)
    assert answer.json() == {"personen": []}
    assert answer.headers["cache-control"] == "no-store"
    ((checked, body),) = behind.desk
    assert (checked.method, str(checked.url)) == ("GET", "http://desk/session/register")
    assert body == b""
    assert NUMBER not in str(checked.headers.raw)
    assert (checked.headers["cookie"], checked.headers["x-csrf-token"]) == (
        COOKIE["cookie"],
        "token",
    )


async def test_the_gateway_gets_its_key_and_no_session() -> None:
    behind = Behinds()
    async with behind.client() as client:
        await client.post("/brp/personen", json=QUESTION, headers=COOKIE)
    ((asked, body),) = behind.gateway
    assert str(asked.url) == "http://gateway/api/personen"
    assert json.loads(body) == QUESTION
    assert (asked.headers["x-api-key"], asked.headers["x-user"]) == (
        "sleutel",
        "user-1",
    )
    assert "cookie" not in asked.headers
    assert "x-csrf-token" not in asked.headers


@pytest.mark.parametrize(("said", "status"), [(401, 401), (403, 403), (500, 403)])
async def test_whoever_the_desk_does_not_vouch_for_asks_nothing(
    said: int, status: int
) -> None:
    behind = Behinds(allows=said)
    async with behind.client() as client:
        answer = await client.post("/brp/personen", json=QUESTION)
    assert answer.status_code == status
    assert behind.gateway == []


async def test_nothing_else_at_that_path_reaches_anybody() -> None:
    behind = Behinds()
    async with behind.client() as client:
        assert (await client.get("/brp/personen")).status_code == 404
        assert (await client.post("/brp/reisdocumenten")).status_code == 404
    assert behind.desk == behind.gateway == []


async def test_a_gateway_that_is_down_is_no_answer() -> None:
    behind = Behinds(down=True)
    async with behind.client() as client:
        answer = await client.post("/brp/personen", json=QUESTION, headers=COOKIE)
    assert answer.status_code == 502


async def test_the_desk_gets_everything_else_as_it_came_and_so_does_the_browser() -> (
    None
):
    behind = Behinds()
    async with behind.client() as client:
        answer = await client.post(
            "/login?to=%2Flookup", content=b"a=b", headers=COOKIE
        )
        client.cookies.clear()
        await client.get("/")
    (first, body), (second, _) = behind.desk
    assert (first.url.raw_path, body) == (b"/login?to=%2Flookup", b"a=b")
    assert answer.status_code == 303
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "cookie" not in second.headers
