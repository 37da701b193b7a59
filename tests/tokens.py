"""An OpenID provider in memory: signs access tokens, gives its keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

from signal_index.notice.text import encode_compact
from signal_index.settings import Issuer
from tests.holders_builders import AUDIENCE, LOOKUP_OIN, SOURCE_OIN

ISSUER = "https://login.test"
SUPERVISOR_OIN = "00000001000000000022"


@dataclass
class TokenIssuer:
    """Signs what it is asked to sign; a test may ask for anything."""

    key: OKPKey = field(
        default_factory=lambda: OKPKey.generate_key("Ed25519", {"kid": "login-1"})
    )
    asked: int = 0

    @property
    def settings(self) -> Issuer:
        return Issuer(issuer=ISSUER, algorithms=("Ed25519",))

    async def get_keys(self, issuer: str, kid: str | None) -> KeySet:
        del issuer, kid
        self.asked += 1
        public = OKPKey.import_key(
            {**self.key.as_dict(private=False), "kid": "login-1"}
        )
        return KeySet([public])

    def sign(self, claims: dict[str, Any], **header: object) -> str:
        head = {"alg": "Ed25519", "typ": "at+jwt", "kid": "login-1", **header}
        head = {name: value for name, value in head.items() if value is not None}
        return jws.serialize_compact(
            head, encode_compact(claims), self.key, algorithms=["Ed25519"]
        )


def person_claims(now: datetime, **changed: object) -> dict[str, Any]:
    """A generalist of the municipality, logged in at the desk."""
    return _claims(
        now,
        {
            "sub": "user-1",
            "client_id": "desk",
            "org": LOOKUP_OIN,
            "scope": "openid lookup",
            "roles": ["generalist"],
            "municipality": "9901",
            "trainings": [],
            "loa": "substantial",
        },
        changed,
    )


def officer_claims(
    now: datetime, role: str = "privacy-officer", **changed: object
) -> dict[str, Any]:
    """An officer of the municipality, strongly logged in at its own desk.

    An auditor is of the supervisor, at that one's desk.
    """
    own = {"sub": f"{role}-1", "roles": [role], "scope": "openid lookup ledger"}
    desk = {"org": SUPERVISOR_OIN, "client_id": f"desk-{SUPERVISOR_OIN[-4:]}"}
    if role == "auditor":
        changed = {**desk, **changed}
    return person_claims(now, **{**own, **changed})


def portal_claims(now: datetime, **changed: object) -> dict[str, Any]:
    """The machine of the municipality's page for citizens."""
    own = {
        "sub": "portal",
        "client_id": "portal",
        "org": LOOKUP_OIN,
        "scope": "own-view",
        "roles": ["citizen-portal"],
    }
    return _claims(now, own, changed)


def source_claims(
    now: datetime, oin: str = SOURCE_OIN, **changed: object
) -> dict[str, Any]:
    """The publishing machine of an agency."""
    machine = f"agent-{oin[-4:]}"
    return _claims(
        now,
        {
            "sub": machine,
            "client_id": machine,
            "org": oin,
            "scope": "publish",
            "roles": ["source-publisher"],
        },
        changed,
    )


def _claims(
    now: datetime, own: dict[str, Any], changed: dict[str, Any]
) -> dict[str, Any]:
    issued = int(now.timestamp())
    lifetime = int(timedelta(minutes=5).total_seconds())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": issued,
        "exp": issued + lifetime,
        "jti": "some-token",
        **own,
        **changed,
    }
    return {name: value for name, value in claims.items() if value is not None}
