"""Check what the identity provider signs: ID tokens and access tokens (RFC 9068).

What must hold is one list per kind of token, algorithms are named by the settings
(never `none`, never symmetric), and an access token of another index, client or
organisation is worth nothing here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from desk.errors import ForeignOrganisation, TokenInvalid
from desk.settings import ClaimNames

ACCESS_TYPE: Final = "at+jwt"
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
CLOCK_SKEW: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: all that the desk knows of a colleague."""

    sub: str
    name: str
    organisation: str
    municipality: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say to be for us."""

    issuer: str
    client_id: str
    audience: str
    organisation: str
    algorithms: Sequence[str]
    claims: ClaimNames


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says, once verified."""

    person: Person
    client: str
    expires_at: int


def verify_id_token(
    token: str, keys: KeySet, rules: TokenRules, *, nonce: str | None, now: datetime
) -> dict[str, Any]:
    """Give the claims of an ID token, or raise `TokenInvalid`.

    Signature, `iss`, `aud`, `azp`, `exp`, `iat` and, at login, `nonce`: OpenID Connect
    Core 1.0 section 3.1.3.7. Proven by tests/unit/desk/test_login.py.
    """
    _, claims = _open(token, keys, rules.algorithms)
    _check_times(claims, now)
    if claims.get("iss") != rules.issuer or not _names(claims, rules.client_id):
        raise TokenInvalid
    if claims.get("azp", rules.client_id) != rules.client_id:
        raise TokenInvalid
    if nonce is not None and claims.get("nonce") != nonce:
        raise TokenInvalid
    return claims


@dataclass(frozen=True, slots=True)
class LogoutSaid:
    """What a provider's logout token says: whose login ended there, and when."""

    sub: str | None
    sid: str | None
    at: datetime


def verify_logout_token(
    token: str, keys: KeySet, rules: TokenRules, *, now: datetime
) -> LogoutSaid:
    """Give what a logout token says, or raise `TokenInvalid`.

    OpenID Connect Back-Channel Logout 1.0, section 2.6: ours, valid now, a logout and
    nothing else (an ID token has a nonce and no such event), naming a session or a
    person. Proven by tests/unit/desk/test_sessions.py.
    """
    _, claims = _open(token, keys, rules.algorithms)
    _check_times(claims, now)
    if claims.get("iss") != rules.issuer or not _names(claims, rules.client_id):
        raise TokenInvalid
    events, sub, sid = claims.get("events"), claims.get("sub"), claims.get("sid")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events:
        raise TokenInvalid
    if "nonce" in claims or not (isinstance(sub, str) or isinstance(sid, str)):
        raise TokenInvalid
    at = datetime.fromtimestamp(int(claims["iat"]), UTC)
    return LogoutSaid(
        sub if isinstance(sub, str) else None, sid if isinstance(sid, str) else None, at
    )


def verify_access_token(
    token: str,
    keys: KeySet,
    rules: TokenRules,
    *,
    clients: Sequence[str],
    now: datetime,
) -> AccessClaims:
    """Give what an access token for the index says, or raise.

    `TokenInvalid` when signature, type, issuer, audience, client or time does not hold;
    `ForeignOrganisation` when it is another organisation's person.
    """
    header, claims = _open(token, keys, rules.algorithms)
    if str(header.get("typ", "")).lower().removeprefix("application/") != (ACCESS_TYPE):
        raise TokenInvalid
    _check_times(claims, now)
    if claims.get("iss") != rules.issuer or not _names(claims, rules.audience):
        raise TokenInvalid
    client = claims.get(rules.claims.client)
    if not isinstance(client, str) or client not in clients:
        raise TokenInvalid
    return AccessClaims(_parse_person(claims, rules), client, int(claims["exp"]))


def _parse_person(claims: Mapping[str, Any], rules: TokenRules) -> Person:
    names = rules.claims
    sub, roles = claims.get("sub"), claims.get(names.roles, [])
    if not isinstance(sub, str) or not sub or not isinstance(roles, list):
        raise TokenInvalid
    if claims.get(names.organisation) != rules.organisation:
        raise ForeignOrganisation
    return Person(
        sub=sub,
        name=str(claims.get(names.name, "")),
        organisation=rules.organisation,
        municipality=str(claims.get(names.municipality, "")),
        roles=tuple(str(role) for role in roles),
    )


def _open(
    token: str, keys: KeySet, algorithms: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        opened = jwt.decode(token, keys, algorithms=list(algorithms))
    except (JoseError, ValueError):
        raise TokenInvalid from None
    return dict(opened.header), dict(opened.claims)


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int):
        raise TokenInvalid
    skew = CLOCK_SKEW.total_seconds()
    if expires <= now.timestamp() or issued > now.timestamp() + skew:
        raise TokenInvalid


def _names(claims: Mapping[str, Any], audience: str) -> bool:
    found = claims.get("aud")
    return found == audience or (isinstance(found, list) and audience in found)
