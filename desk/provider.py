"""Speak OpenID Connect with the identity provider, whichever it is, by discovery.

Code flow with PKCE (RFC 7636), `private_key_jwt` (RFC 7523), resource indicator
(RFC 8707) so that the access token is a JWT for the index, `iss` in the answer
(RFC 9207). Endpoints and keys come from the provider's own metadata and are asked anew
every hour, keys at once when a token names an unknown one (at most once a minute).
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import uuid4

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from pydantic import BaseModel, TypeAdapter, ValidationError

from desk.errors import LoginDenied, ProviderUnreachable, TokenInvalid
from desk.settings import IdentitySettings, SafeUrl
from keys.base64url import encode_b64u

Prompt = Literal["none", "login"]
NOTHING_MORE: Final[Mapping[str, str]] = MappingProxyType({})
METADATA_SECONDS: Final = 3600.0
PAUSE_SECONDS: Final = 60.0
ASSERTION_SECONDS: Final = 60
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Metadata(BaseModel):
    """What we use of a provider's discovery document."""

    issuer: str
    authorization_endpoint: SafeUrl
    token_endpoint: SafeUrl
    jwks_uri: SafeUrl
    end_session_endpoint: SafeUrl | None = None
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What the token endpoint gave; no repr."""

    access_token: str
    refresh_token: str | None
    id_token: str | None


@dataclass(frozen=True, slots=True, repr=False)
class LoginTerms:
    """The secrets of one login under way."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """Give the PKCE challenge (S256) of the verifier."""
        return encode_b64u(hashlib.sha256(self.verifier.encode("ascii")).digest())


def new_login_terms() -> LoginTerms:
    """Draw state, nonce and verifier: 256 random bits each."""
    return LoginTerms(*(secrets.token_urlsafe(32) for _ in range(3)))


class Provider:
    """The identity provider as seen from the desk, or another page of ours.

    `resource`: for whom access tokens are; None where nobody wants one.
    """

    def __init__(
        self,
        settings: IdentitySettings,
        resource: str | None,
        key: Key,
        http: httpx.AsyncClient,
        clock: Callable[[], datetime],
        *,
        count_seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._settings = settings
        self._resource = {} if resource is None else {"resource": resource}
        self._key = key
        self._http = http
        self._clock = clock
        # What is kept grows old by a clock that nobody sets back.
        self._count_seconds = count_seconds
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self, *, anew: bool = False) -> Metadata:
        """Give the provider's metadata; its issuer must be the one we trust.

        `anew` asks it now, so that nobody is sent to a provider that does not answer.
        """
        now = self._count_seconds()
        known = self._metadata
        if known and not anew and now - known[0] < METADATA_SECONDS:
            return known[1]
        base = self._settings.issuer.rstrip("/")
        found = await self._ask_json(f"{base}/.well-known/openid-configuration")
        try:
            metadata = Metadata.model_validate(found)
        except ValidationError:
            raise ProviderUnreachable from None
        if metadata.issuer != self._settings.issuer:
            raise ProviderUnreachable
        self._metadata = (now, metadata)
        return metadata

    async def keys_for(self, token: str) -> KeySet:
        """Give the provider's keys, asked anew when the token names one we lack."""
        now = self._count_seconds()
        if self._keys:
            asked, keys = self._keys
            age = now - asked
            if age < PAUSE_SECONDS or (age < METADATA_SECONDS and _knows(keys, token)):
                return keys
        found = await self._ask_json((await self.metadata()).jwks_uri)
        try:
            keys = KeySet.import_key_set(found)
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProviderUnreachable from None
        self._keys = (now, keys)
        return keys

    async def login_url(
        self,
        terms: LoginTerms,
        redirect_uri: str,
        *,
        prompt: Prompt | None = None,
        more: Mapping[str, str] = NOTHING_MORE,
    ) -> str:
        """Give the address to send the browser to, with what it may show there.

        `more`: what else this provider is asked (`acr_values`).
        """
        metadata = await self.metadata(anew=True)
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._settings.scopes),
            **self._resource,
            "state": terms.state,
            "nonce": terms.nonce,
            "code_challenge": terms.challenge,
            "code_challenge_method": "S256",
            **more,
        } | _write_prompt(prompt)
        return _add_query(metadata.authorization_endpoint, query)

    async def logout_url(self, id_token: str | None, after: str) -> str | None:
        """Give where to go to end the provider's session too; None where it cannot.

        OpenID Connect RP-Initiated Logout 1.0; the browser comes back at `after`.
        """
        endpoint = (await self.metadata(anew=True)).end_session_endpoint
        if endpoint is None or id_token is None:
            return None
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": after}
        return _add_query(endpoint, query)

    async def redeem(self, code: str, terms: LoginTerms, redirect_uri: str) -> Tokens:
        """Change a code for tokens."""
        return await self._ask_tokens(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": terms.verifier,
                **self._resource,
            }
        )

    async def refresh(self, refresh_token: str) -> Tokens:
        """Ask a fresh access token for a person who is still logged in."""
        return await self._ask_tokens(
            {
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
                **self._resource,
            }
        )

    async def service_token(self) -> str:
        """Ask an access token for the desk itself: the nightly check of receipts."""
        tokens = await self._ask_tokens(
            {
                "grant_type": "client_credentials",
                "scope": " ".join(self._settings.service_scopes),
                **self._resource,
            }
        )
        return tokens.access_token

    async def _ask_tokens(self, form: dict[str, str]) -> Tokens:
        metadata = await self.metadata()
        proof = {
            "client_id": self._settings.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(metadata.issuer),
        }
        try:
            answer = await self._http.post(metadata.token_endpoint, data=form | proof)
        except httpx.HTTPError:
            raise ProviderUnreachable from None
        if answer.status_code >= 500:
            raise ProviderUnreachable
        if answer.status_code != 200:
            raise LoginDenied
        return _parse_tokens(answer)

    def _assertion(self, audience: str) -> str:
        issued = int(self._clock().timestamp())
        algorithm = str(self._key.alg)
        claims: dict[str, Any] = {
            "iss": self._settings.client_id,
            "sub": self._settings.client_id,
            "aud": audience,
            "iat": issued,
            "exp": issued + ASSERTION_SECONDS,
            "jti": str(uuid4()),
        }
        header = {"alg": algorithm, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[algorithm])

    async def _ask_json(self, url: str) -> Any:  # noqa: ANN401 - JSON of another party
        try:
            answer = await self._http.get(url)
        except httpx.HTTPError:
            raise ProviderUnreachable from None
        if answer.status_code != 200:
            raise ProviderUnreachable
        try:
            return answer.json()
        except ValueError:
            raise ProviderUnreachable from None


class _TokenAnswer(BaseModel):
    access_token: str
    refresh_token: str | None = None
    id_token: str | None = None


def _write_prompt(prompt: Prompt | None) -> dict[str, str]:
    """Say what the provider may show; `max_age=0`: it says when it asked who it is."""
    match prompt:
        case None:
            return {}
        case "login":
            return {"prompt": prompt, "max_age": "0"}
        case _:
            return {"prompt": prompt}


def _add_query(endpoint: str, query: dict[str, str]) -> str:
    """Add to what an endpoint's own query says (RFC 6749, section 3.1)."""
    return str(httpx.URL(endpoint).copy_merge_params(query))


_ANSWER: Final = TypeAdapter(_TokenAnswer)


def _parse_tokens(answer: httpx.Response) -> Tokens:
    try:
        found = _ANSWER.validate_json(answer.content)
    except ValidationError:
        raise TokenInvalid from None
    return Tokens(found.access_token, found.refresh_token, found.id_token)


def _knows(keys: KeySet, token: str) -> bool:
    """Tell whether a token's `kid` is among the keys we have; an absent one counts."""
    try:
        kid = jws.extract_compact(token.encode("ascii")).headers().get("kid")
    except (JoseError, ValueError):
        return True
    return kid is None or any(key.kid == kid for key in keys.keys)
