"""What a key holder can do wrong, each as a fault that a fake holder is given.

make_sick(holders, 1, "hung")
make_well(holders, 1)
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx

from keys.base64url import decode_b64u
from keys.holder.problems import PROBLEMS
from keys.jose import sign_compact
from keys.ticket import TICKET_TYPE
from tests.dealing import sign_config
from tests.holders_builders import FakeHolder, Fault, Holders

EVALUATIONS = "/v1/evaluations"
CONFIG = "/v1/key-config"
OF_CLOCK = {"clock-slow": timedelta(seconds=-40), "clock-fast": timedelta(seconds=40)}


async def refuse_to_connect(
    request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    del request, honest
    raise httpx.ConnectError("down")


async def hang(
    request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    del request, honest
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


class _Drops(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)


async def drip(
    request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    """A byte, and again a byte: a second is long in a test."""
    del request, honest
    return httpx.Response(200, stream=_Drops())


class _Flood(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield bytes(65536)


async def flood(
    request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    del request, honest
    return httpx.Response(200, stream=_Flood())


class Saying:
    """Answers the same to all that comes to one path, or to everything."""

    def __init__(self, status: int, text: str, path: str = "") -> None:
        self._status = status
        self._text = text
        self._path = path

    async def __call__(
        self, request: httpx.Request, honest: httpx.AsyncBaseTransport
    ) -> httpx.Response:
        if not request.url.path.endswith(self._path):
            return await honest.handle_async_request(request)
        headers = {"Content-Type": "application/json"}
        return httpx.Response(self._status, headers=headers, text=self._text)


class Changing:
    """Changes what an honest holder answers to one path."""

    def __init__(self, change: Callable[[dict[str, Any]], None]) -> None:
        self._change = change

    async def __call__(
        self, request: httpx.Request, honest: httpx.AsyncBaseTransport
    ) -> httpx.Response:
        answer = await honest.handle_async_request(request)
        body = await answer.aread()
        if not request.url.path.endswith(EVALUATIONS) or answer.status_code != 200:
            return httpx.Response(answer.status_code, content=body)
        said = json.loads(body)
        self._change(said)
        return httpx.Response(200, json=said)


def _problem(slug: str) -> Saying:
    (found,) = (each for each in PROBLEMS.values() if each.slug == slug)
    text = json.dumps({"type": f"/problems/{slug}", "status": found.status})
    return Saying(found.status, text, EVALUATIONS)


def _spoil_signature(said: dict[str, Any]) -> None:
    if "ticket" in said:
        head, body, signature = said["ticket"].split(".")
        first = "A" if signature[0] != "A" else "B"
        said["ticket"] = f"{head}.{body}.{first}{signature[1:]}"


def _spoil_proof(said: dict[str, Any]) -> None:
    first = "A" if said["proof"][0] != "A" else "B"
    said["proof"] = first + said["proof"][1:]


FAULTS: dict[str, Fault] = {
    "down": refuse_to_connect,
    "hung": hang,
    "a-byte-at-a-time": drip,
    "without-end": flood,
    "fault-of-its-own": Saying(500, ""),
    "garbage": Saying(200, "<html>Onderhoud</html>"),
    "garbage-for-config": Saying(200, "<html>Onderhoud</html>", CONFIG),
    "garbage-for-evaluations": Saying(200, "[]", EVALUATIONS),
    "no-login-of-ours": Saying(401, "no"),
    "unknown-organisation": _problem("organisation-unknown"),
    "another-key-in-use": _problem("stale-key-version"),
    "bad-ticket-signature": Changing(_spoil_signature),
    "bad-proof": Changing(_spoil_proof),
}
ALL = (*FAULTS, *OF_CLOCK, "older-config", "ticket-of-other-points")


def make_sick(holders: Holders, index: int, fault: str) -> None:
    """Let one holder be sick in this way."""
    holder = holders.holders[index]
    if fault in OF_CLOCK:
        holder.ahead = OF_CLOCK[fault]
    elif fault == "older-config":
        _renew_all_but(holders, holder)
    elif fault == "ticket-of-other-points":
        holder.fault = Changing(lambda said: _sign_for_other_points(holder, said))
    else:
        holder.fault = FAULTS[fault]


def make_well(holders: Holders, index: int) -> None:
    """Let it be as the others again."""
    holders.holders[index].fault = None
    holders.holders[index].ahead = timedelta()


def _renew_all_but(holders: Holders, holder: FakeHolder) -> None:
    """All but this one serve the next config: all signed it, it did not take it in."""
    keys = [dealt.config_key for dealt in holders.dealing.holders]
    later = holders.config.model_copy(update={"serial": holders.config.serial + 1})
    document = sign_config(later, keys).decode()
    for each in holders.holders.values():
        if each is not holder:
            each.fault = Saying(200, document, CONFIG)


def _sign_for_other_points(holder: FakeHolder, said: dict[str, Any]) -> None:
    if "ticket" not in said:
        return
    claims = json.loads(decode_b64u(said["ticket"].split(".")[1]))
    claims["req"] = "A" * 43
    said["ticket"] = sign_compact(holder.keys.ticket_key, TICKET_TYPE, claims)
