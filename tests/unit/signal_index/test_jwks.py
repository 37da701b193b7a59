"""An issuer's keys come from its own discovery document, and are kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest
from joserfc.jwk import OKPKey

from signal_index.api.jwks import DiscoveredKeys
from signal_index.errors import CallerUnknown

pytestmark = pytest.mark.anyio
ISSUER = "https://login.test"
KEY = OKPKey.generate_key("Ed25519")
JWK = {**KEY.as_dict(private=False), "kid": "one", "use": "sig"}
DOCUMENT = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}


@dataclass
class Seconds:
    """A clock that only counts."""

    passed: float = 0.0

    def __call__(self) -> float:
        return self.passed


class Provider:
    """Answers two addresses, and counts."""

    def __init__(self, document: object = DOCUMENT, keys: object = None) -> None:
        self.asked = 0
        self.document = document
        self.keys = {"keys": [JWK]} if keys is None else keys

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        is_keys = request.url.path == "/keys"
        return httpx.Response(200, json=self.keys if is_keys else self.document)


def _keys(
    provider: Callable[[httpx.Request], httpx.Response], clock: Seconds
) -> DiscoveredKeys:
    client = httpx.AsyncClient(transport=httpx.MockTransport(provider))
    return DiscoveredKeys(client, clock)


async def test_the_keys_are_found_and_kept() -> None:
    provider, clock = Provider(), Seconds()
    keys = _keys(provider, clock)
    found = [await keys.get_keys(ISSUER, "one") for _ in range(3)]
    assert [key.kid for key in found[-1].keys] == ["one"]
    assert provider.asked == 2


async def test_they_are_read_again_after_ten_minutes() -> None:
    provider, clock = Provider(), Seconds()
    keys = _keys(provider, clock)
    await keys.get_keys(ISSUER, "one")
    clock.passed += 600
    await keys.get_keys(ISSUER, "one")
    assert provider.asked == 4


async def test_an_unknown_key_has_them_read_again_but_not_at_once() -> None:
    provider, clock = Provider(), Seconds()
    keys = _keys(provider, clock)
    await keys.get_keys(ISSUER, "two")
    await keys.get_keys(ISSUER, "two")
    assert provider.asked == 2
    clock.passed += 30
    await keys.get_keys(ISSUER, "two")
    assert provider.asked == 4


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ({**DOCUMENT, "issuer": "https://other.test"}, None),
        ({**DOCUMENT, "jwks_uri": "http://login.test/keys"}, None),
        ({"issuer": ISSUER}, None),
        (["no", "object"], None),
        (DOCUMENT, {}),
        (DOCUMENT, {"keys": [{"kty": "?"}]}),
        (DOCUMENT, []),
    ],
)
async def test_a_provider_that_says_something_else_is_not_believed(
    document: object, keys: object
) -> None:
    with pytest.raises(CallerUnknown):
        await _keys(Provider(document, keys), Seconds()).get_keys(ISSUER, "one")


async def test_a_provider_that_does_not_answer_lets_nobody_in() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down", request=request)

    with pytest.raises(CallerUnknown):
        await _keys(down, Seconds()).get_keys(ISSUER, "one")
