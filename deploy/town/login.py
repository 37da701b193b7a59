"""Get access tokens as a case system does: drive the provider's real login page."""

import hashlib
import secrets
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.town.parties import AUDIENCE, PASSWORD, Account
from keys.base64url import encode_b64u

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_STEPS = 12


LOGGED_IN_SECONDS = 200.0
"""Of the five minutes for which a login is good."""


class LoginFailed(Exception):
    """The provider did not let the account in; names the step."""


@dataclass(frozen=True)
class ProviderClient:
    """A client registered at the provider that proves itself with a key."""

    client_id: str
    redirect_uri: str
    key: OKPKey


class KeptToken(httpx.Auth):
    """An access token that is fetched anew before it ends; signs requests with it."""

    def __init__(self, fetch: Callable[[], Awaitable[str]]) -> None:
        self._fetch = fetch
        self._token = ""
        self._fetched_at = 0.0

    async def get(self) -> str:
        """Give one that is good for a minute and a half yet; raises `LoginFailed`."""
        if not self._token or time.monotonic() - self._fetched_at > LOGGED_IN_SECONDS:
            self._token, self._fetched_at = await self._fetch(), time.monotonic()
        return self._token

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add it to a request (RFC 6750)."""
        request.headers["Authorization"] = f"Bearer {await self.get()}"
        yield request


async def fetch_access_token(
    issuer: str, client: ProviderClient, who: Account, scope: str = "openid lookup"
) -> str:
    """Give an access token for the index on behalf of a person (RFC 6749, 7636)."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    async with httpx.AsyncClient(timeout=30) as browser:
        question = httpx.QueryParams(
            client_id=client.client_id,
            response_type="code",
            scope=scope,
            redirect_uri=client.redirect_uri,
            resource=AUDIENCE,
            state=secrets.token_urlsafe(16),
            nonce=secrets.token_urlsafe(16),
            code_challenge=encode_b64u(digest),
            code_challenge_method="S256",
        )
        start = f"{issuer}/auth?{question}"
        stop_at = client.redirect_uri
        landed = await _walk_through_login(browser, start, who, stop_at=stop_at)
        code = httpx.URL(landed.headers["location"]).params.get("code")
        if code is None:
            raise LoginFailed("the provider gave no code")
        grant = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": verifier,
        }
        return await _ask_token(browser, issuer, client, grant)


async def fetch_client_token(issuer: str, client: ProviderClient, scope: str) -> str:
    """Give an access token of the client itself (client credentials)."""
    async with httpx.AsyncClient(timeout=30) as browser:
        grant = {"grant_type": "client_credentials", "scope": scope}
        return await _ask_token(browser, issuer, client, grant)


async def _ask_token(
    browser: httpx.AsyncClient,
    issuer: str,
    client: ProviderClient,
    grant: dict[str, str],
) -> str:
    now = int(time.time())  # noqa: TID251 - the edge of a script
    assertion = jwt.encode(
        {"alg": "Ed25519", "kid": str(client.key.kid)},
        {
            "iss": client.client_id,
            "sub": client.client_id,
            "aud": issuer,
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid.uuid4()),
        },
        client.key,
        algorithms=["Ed25519"],
    )
    proof = {
        "client_id": client.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "resource": AUDIENCE,
    }
    answer = await browser.post(f"{issuer}/token", data={**grant, **proof})
    if answer.status_code != 200:
        raise LoginFailed(f"the provider gave no token: {answer.status_code}")
    return str(answer.json()["access_token"])


async def _walk_through_login(
    browser: httpx.AsyncClient, start: str, who: Account, *, stop_at: str
) -> httpx.Response:
    answer = await browser.get(start)
    for _ in range(MAX_STEPS):
        if answer.is_redirect:
            target = answer.url.join(answer.headers["location"])
            if str(target).startswith(stop_at):
                return answer
            answer = await browser.get(target)
        elif "/interaction/" in answer.url.path and answer.status_code == 200:
            fields = {"username": who.username, "password": PASSWORD}
            action = answer.url.join(find_form_action(answer.text))
            answer = await browser.post(action, data=fields)
        else:
            raise LoginFailed(f"the provider answered {answer.status_code}")
    raise LoginFailed("the login went round in circles")


class _FormFinder(HTMLParser):
    action: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "form":
            self.action = dict(attrs).get("action")


def find_form_action(page: str) -> str:
    """Give where a login page sends its form, or raise `LoginFailed`."""
    finder = _FormFinder()
    finder.feed(page)
    if finder.action is None:
        raise LoginFailed("the provider's page has no form")
    return finder.action
