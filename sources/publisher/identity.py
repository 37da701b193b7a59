"""An access token for the index, by client credentials and `private_key_jwt`.

- The token endpoint is found by discovery; the issuer found must be the one set.
- The assertion names the issuer as its only audience, lives a minute and is used once
  (RFC 7523; OpenID Connect Core section 9).
- Token and key have no repr and are kept in memory only.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from pydantic import BaseModel, ValidationError

from sources.errors import (
    IndexUnreachable,
    InvalidAgencySettings,
    ProviderUnreachable,
    TokenRefused,
)
from sources.publisher.patience import Patience, send_patiently
from sources.urls import Url

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME: Final = timedelta(seconds=60)
_MARGIN: Final = timedelta(seconds=30)
Send = Callable[[], Awaitable[httpx.Response]]
_DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The key by which the identity provider knows this agency's software."""

    key: Key = field(repr=False)
    algorithm: str


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """Who asks for a token, where, and for which service."""

    issuer: str
    client_id: str
    audience: str
    key: ClientKey
    scope: str = "publish"


class _Provider(BaseModel):
    issuer: str
    token_endpoint: Url


class _Token(BaseModel):
    access_token: str
    token_type: str
    expires_in: int = 60


class Tokens:
    """Give a valid access token; ask for a new one shortly before it ends."""

    def __init__(
        self, client: httpx.AsyncClient, identity: ClientIdentity, patience: Patience
    ) -> None:
        self._client = client
        self._identity = identity
        self._patience = patience
        self._lock = asyncio.Lock()
        self._endpoint = ""
        self._token = ""
        self._fresh_until: datetime | None = None

    async def get(self) -> str:
        """Give an access token, or raise `TokenRefused`."""
        async with self._lock:
            now = self._patience.now()
            if self._fresh_until is None or now >= self._fresh_until:
                token = await self._ask()
                lifetime = timedelta(seconds=token.expires_in)
                self._token = token.access_token
                self._fresh_until = now + max(lifetime - _MARGIN, lifetime / 2)
            return self._token

    def forget(self) -> None:
        """Drop the token: the index did not accept it."""
        self._fresh_until = None

    async def _ask(self) -> _Token:
        endpoint = await self._find_endpoint()
        form = {
            "grant_type": "client_credentials",
            "scope": self._identity.scope,
            "resource": self._identity.audience,
            "client_id": self._identity.client_id,
            "client_assertion_type": ASSERTION_TYPE,
        }

        async def send() -> httpx.Response:
            # A new assertion for each attempt: a provider accepts one once.
            return await self._client.post(
                endpoint, data=form | {"client_assertion": self._make_assertion()}
            )

        response = await self._send(send)
        try:
            token = _Token.model_validate_json(response.content)
        except ValidationError:
            raise TokenRefused("De inlogdienst gaf geen toegang.") from None
        if token.token_type.lower() != "bearer":
            raise TokenRefused("De inlogdienst gaf geen bruikbare toegang.")
        return token

    async def _find_endpoint(self) -> str:
        if not self._endpoint:
            issuer = self._identity.issuer
            url = issuer.rstrip("/") + _DISCOVERY
            response = await self._send(lambda: self._client.get(url))
            try:
                provider = _Provider.model_validate_json(response.content)
            except ValidationError:
                raise TokenRefused("De inlogdienst beschrijft zich niet.") from None
            if provider.issuer != issuer:
                raise TokenRefused("De inlogdienst heeft een andere naam (issuer).")
            self._endpoint = provider.token_endpoint
        return self._endpoint

    async def _send(self, send: Send) -> httpx.Response:
        try:
            response = await send_patiently(send, self._patience)
        except IndexUnreachable:
            raise ProviderUnreachable("De inlogdienst antwoordt niet.") from None
        if response.status_code != httpx.codes.OK:
            raise TokenRefused(_explain(response, self._identity))
        return response

    def _make_assertion(self) -> str:
        identity, issued = self._identity, self._patience.now()
        claims = {
            "iss": identity.client_id,
            "sub": identity.client_id,
            "aud": identity.issuer,
            "iat": int(issued.timestamp()),
            "exp": int((issued + _LIFETIME).timestamp()),
            "jti": str(uuid4()),
        }
        header = {"alg": identity.key.algorithm, "kid": identity.key.key.kid}
        return jwt.encode(
            header, claims, identity.key.key, algorithms=[identity.key.algorithm]
        )


class _Refusal(BaseModel):
    error: str = ""


def _explain(response: httpx.Response, identity: ClientIdentity) -> str:
    """Say what an OAuth error means here (RFC 6749 section 5.2); never its own text."""
    try:
        code = _Refusal.model_validate_json(response.content).error
    except ValidationError:
        code = ""
    client = f"client_id {identity.client_id}"
    known = {
        "invalid_client": f"kent {client} niet, of niet met deze sleutel",
        "unauthorized_client": f"laat {client} zich zo niet aanmelden",
        "invalid_scope": f"geeft {client} het recht {identity.scope} niet",
        "invalid_target": f"geeft {client} geen toegang tot {identity.audience}",
    }
    said = known.get(code, f"geeft geen toegang ({response.status_code})")
    return f"De inlogdienst {said}."


def parse_client_key(data: bytes) -> ClientKey:
    """Read a private client key (JWK with `kid`): Ed25519, P-256 or RSA."""
    try:
        members = json.loads(data)
        key = _KINDS[members["kty"]][0].import_key(members)
        algorithm = _KINDS[members["kty"]][1]
    except (ValueError, KeyError, TypeError, JoseError):
        raise InvalidAgencySettings(
            "De sleutel voor de inlogdienst (client) is geen JWK."
        ) from None
    if not key.is_private or not key.kid:
        raise InvalidAgencySettings(
            "De sleutel voor de inlogdienst (client) is niet bruikbaar."
        )
    return ClientKey(key, algorithm)


_KINDS: Final[dict[str, tuple[type[OKPKey | ECKey | RSAKey], str]]] = {
    "OKP": (OKPKey, "Ed25519"),
    "EC": (ECKey, "ES256"),
    "RSA": (RSAKey, "PS256"),
}
