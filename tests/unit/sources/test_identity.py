"""Access tokens: discovery, the assertion, and when to ask again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from sources.errors import InvalidAgencySettings, TokenRefused
from sources.publisher.identity import (
    ASSERTION_TYPE,
    ClientIdentity,
    ClientKey,
    Tokens,
    parse_client_key,
)
from sources.publisher.patience import Patience
from tests.sources_builders import NOW

pytestmark = pytest.mark.anyio
ISSUER = "https://identity.test"
KEY = OKPKey.generate_key("Ed25519", {"kid": "client"})
PUBLIC = json.dumps(KEY.as_dict(private=False)).encode()


@dataclass
class Provider:
    """An OpenID provider's two endpoints."""

    issuer: str = ISSUER
    status: int = 200
    answer: Mapping[str, object] = field(
        default_factory=lambda: {
            "access_token": "t",
            "token_type": "Bearer",
            "expires_in": 300,
        }
    )
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    now: datetime = NOW

    def answer_to(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/openid-configuration":
            found = {"issuer": self.issuer, "token_endpoint": f"{ISSUER}/token"}
            return httpx.Response(200, json=found)
        self.forms.append(parse_qs(request.content.decode()))
        return httpx.Response(self.status, json=dict(self.answer))

    def tokens(self) -> Tokens:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer_to))
        identity = ClientIdentity(
            ISSUER, "agency", "https://index.test", ClientKey(KEY, "Ed25519")
        )
        return Tokens(client, identity, Patience(lambda: self.now, attempts=1))


async def test_a_token_is_asked_for_as_the_standard_says() -> None:
    provider = Provider()
    assert await provider.tokens().get() == "t"
    (form,) = provider.forms
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["publish"]
    assert form["resource"] == ["https://index.test"]
    assert form["client_assertion_type"] == [ASSERTION_TYPE]
    found = jwt.decode(form["client_assertion"][0], KEY, algorithms=["Ed25519"])
    assert found.claims["iss"] == found.claims["sub"] == "agency"
    assert found.claims["aud"] == ISSUER
    assert found.claims["exp"] - found.claims["iat"] == 60
    assert found.header["kid"] == "client"


async def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    provider = Provider()
    tokens = provider.tokens()
    await tokens.get()
    provider.now += timedelta(seconds=269)
    await tokens.get()
    assert len(provider.forms) == 1
    provider.now += timedelta(seconds=2)
    await tokens.get()
    assert len(provider.forms) == 2


async def test_every_request_has_an_assertion_of_its_own() -> None:
    provider = Provider()
    tokens = provider.tokens()
    await tokens.get()
    tokens.forget()
    await tokens.get()
    one, two = (form["client_assertion"] for form in provider.forms)
    assert one != two


async def test_a_provider_of_another_name_gets_no_assertion() -> None:
    provider = Provider(issuer="https://elsewhere.test")
    with pytest.raises(TokenRefused):
        await provider.tokens().get()
    assert provider.forms == []


@pytest.mark.parametrize(
    "provider",
    [
        Provider(status=401),
        Provider(answer={"access_token": "t", "token_type": "mac"}),
        Provider(answer={"error": "no"}),
    ],
)
async def test_no_token_is_a_refusal(provider: Provider) -> None:
    with pytest.raises(TokenRefused):
        await provider.tokens().get()


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (KEY, "Ed25519"),
        (ECKey.generate_key("P-256", {"kid": "e"}), "ES256"),
        (RSAKey.generate_key(2048, {"kid": "r"}), "PS256"),
    ],
)
async def test_a_client_key_of_each_kind_is_read(
    key: OKPKey | ECKey | RSAKey, algorithm: str
) -> None:
    found = parse_client_key(json.dumps(key.as_dict(private=True)).encode())
    assert found.algorithm == algorithm
    assert "PRIVATE" not in repr(found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"kty":"oct","k":"AA"}',
        json.dumps(KEY.as_dict(private=False)).encode(),
    ],
)
def test_what_is_no_private_key_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidAgencySettings):
        parse_client_key(data)
