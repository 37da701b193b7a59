"""An OpenID provider in memory: code flow, refresh, client credentials.

It checks what a real one checks (client assertion, PKCE, code used once, resource) and
lets everybody in as `person` without a page.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey, import_key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.holders_builders import FakeClock

PERSON: dict[str, Any] = {
    "sub": "user-1",
    "name": "Noor de Wit",
    "org": "00000001800000009901",
    "municipality": "9901",
    "roles": ["generalist"],
    "loa": "substantial",
}


@dataclass
class FakeProvider:
    """The provider, what it gave out, and what a test makes it do wrong."""

    issuer: str
    audience: str
    client_key: dict[str, Any]
    clock: FakeClock
    person: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    access: dict[str, Any] = field(default_factory=dict)
    id_claims: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    refresh_refused: bool = False
    refreshed: int = 0
    gives_refresh: bool = True
    ends_sessions: bool = True
    knows_person: bool = True
    query: str = ""
    """What its endpoints have as a query of their own."""
    prompts: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        marks = {"use": "sig", "alg": "Ed25519"}
        self.key = OKPKey.generate_key("Ed25519", marks, auto_kid=True)  # type: ignore[arg-type]  # a TypedDict
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discover),
                Route("/jwks", self._keys),
                Route("/auth", self._authorise),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def access_token(self, client: str = "desk", **changes: object) -> str:
        """Sign an access token for the index."""
        claims = self.person | {
            "iss": self.issuer,
            "aud": self.audience,
            "client_id": client,
            "scope": "lookup",
        }
        return self.sign("at+jwt", claims | self.access | changes)

    def sign(self, typ: str, claims: dict[str, Any]) -> str:
        now = int(self.clock().timestamp())
        times = {"iat": now, "exp": now + 300}
        header = {"alg": "Ed25519", "typ": typ, "kid": self.key.kid}
        return jwt.encode(header, times | claims, self.key, algorithms=["Ed25519"])

    async def _discover(self, _request: Request) -> Response:
        end = {"end_session_endpoint": f"{self.issuer}/session/end{self.query}"}
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth{self.query}",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "authorization_response_iss_parameter_supported": True,
            }
            | (end if self.ends_sessions else {})
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def _authorise(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["code_challenge_method"] == "S256"
        assert asked.get("resource", "") == self.audience
        self.prompts.append(asked.get("prompt", ""))
        if asked.get("prompt") == "none" and not self.knows_person:
            return self._back(asked, {"error": "login_required"})
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return self._back(asked, {"code": code})

    def _back(self, asked: dict[str, str], said: dict[str, str]) -> Response:
        answer = said | {"state": asked["state"], "iss": self.issuer}
        shown = {name: text for name, text in (answer | self.answer).items() if text}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(shown)}", 303)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._knows_client(form):
            return JSONResponse({"error": "invalid_client"}, 401)
        match form["grant_type"]:
            case "authorization_code":
                return self._redeem(form)
            case "refresh_token":
                return self._refresh(form)
            case _:
                token = self.access_token(sub="desk", scope="ledger")
                return JSONResponse({"access_token": token, "token_type": "Bearer"})

    def _redeem(self, form: dict[str, str]) -> Response:
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {"iss": self.issuer, "aud": "desk", "nonce": asked["nonce"]}
        id_token = self.sign("JWT", self.person | claims | self.id_claims)
        return self._tokens({"id_token": id_token})

    def _refresh(self, form: dict[str, str]) -> Response:
        known = form["refresh_token"] in self.refresh_tokens
        if self.refresh_refused or not known:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.refresh_tokens.discard(form["refresh_token"])
        self.refreshed += 1
        return self._tokens({})

    def _tokens(self, more: dict[str, str]) -> Response:
        refresh = secrets.token_urlsafe()
        self.refresh_tokens.add(refresh)
        tokens = {"access_token": self.access_token()}
        if self.gives_refresh:
            tokens["refresh_token"] = refresh
        return JSONResponse(tokens | {"token_type": "Bearer"} | more)

    def _knows_client(self, form: dict[str, str]) -> bool:
        key = import_key(self.client_key)
        token = jwt.decode(form["client_assertion"], key, algorithms=["Ed25519"])
        claims = token.claims
        return bool(claims["aud"] == self.issuer and claims["sub"] == "desk")
