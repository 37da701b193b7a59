"""Verify an access token (RFC 9068) of a known OpenID provider.

What must hold, in this order:

1. the header says `typ: at+jwt` and an algorithm of this issuer's explicit list;
2. the signature holds under a key that the issuer's own discovery document names;
3. `iss` is that issuer, `aud` names this index, the token is valid now and lives at
   most five minutes;
4. `sub`, the client and the organisation are there, and the issuer may speak for it;
5. it carries no `cnf`: a token bound to a key we are not shown is not taken.

A verified token is remembered by its SHA-256 for at most 30 seconds. Whether client and
account are (still) in good standing is asked at each request, see `callers`.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic_core import PydanticCustomError

from policy.vocabulary import Assurance, Role, Training
from signal_index.errors import CallerUnknown
from signal_index.settings import ClaimNames, Issuer
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_json
from signal_index.wire.values import read_label, read_oin

REMEMBERED_FOR: Final = timedelta(seconds=30)
LIFETIME_MAXIMUM: Final = timedelta(minutes=5)
CLOCK_SKEW: Final = timedelta(seconds=10)
_REMEMBERED_MAXIMUM: Final = 20_000
_TOKEN_MAXIMUM: Final = 8_192
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
_ROLES: Final = frozenset(Role)
_TEAM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .-]{0,39}")


class IssuerKeys(Protocol):
    """Where the public keys of an issuer come from."""

    async def get_keys(self, issuer: str, kid: str | None) -> KeySet:
        """Give the issuer's keys, or raise `CallerUnknown`."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified access token says."""

    subject: str
    organisation: str
    client_id: str
    scopes: frozenset[str]
    roles: frozenset[Role]
    municipality: str | None
    trainings: tuple[Training, ...]
    assurance: Assurance
    expires_at: datetime
    team: str | None = None
    name: str | None = None


class TokenVerifier:
    """Verifies access tokens, and remembers which it verified."""

    def __init__(
        self, issuers: Sequence[Issuer], audience: str, keys: IssuerKeys
    ) -> None:
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._audience = audience
        self._keys = keys
        self._known: OrderedDict[bytes, tuple[Claims, datetime]] = OrderedDict()

    async def parse_token(self, token: str, now: datetime) -> Claims:
        """Give what the token says, or raise `CallerUnknown`."""
        digest = hashlib.sha256(token.encode()).digest()
        found = self._known.get(digest)
        if found is not None and now < found[1]:
            return found[0]
        claims = await self._verify(token, now)
        self._known[digest] = (claims, min(now + REMEMBERED_FOR, claims.expires_at))
        if len(self._known) > _REMEMBERED_MAXIMUM:
            self._known.popitem(last=False)
        return claims

    async def _verify(self, token: str, now: datetime) -> Claims:
        if len(token) > _TOKEN_MAXIMUM:
            raise CallerUnknown
        try:
            message = jws.extract_compact(token.encode("ascii"))
            said = _payload(message.payload)
            issuer = self._issuers.get(said.get("iss", ""))
            if issuer is None or message.headers().get("typ") not in _TYPES:
                raise CallerUnknown
            keys = await self._keys.get_keys(
                issuer.issuer, message.headers().get("kid")
            )
            if not jws.validate_compact(message, keys, list(issuer.algorithms)):
                raise CallerUnknown
        except (JoseError, ValueError, TypeError) as error:
            raise CallerUnknown from error
        _check_times(said, now)
        _check_audience(said, self._audience)
        return _read_claims(said, issuer)


def _payload(payload: bytes) -> Mapping[str, Any]:
    try:
        said = parse_json(payload)
    except InvalidField as error:
        raise CallerUnknown from error
    if not isinstance(said, dict) or not isinstance(said.get("iss"), str):
        raise CallerUnknown
    return said


def _check_times(said: Mapping[str, Any], now: datetime) -> None:
    issued, expires, starts = said.get("iat"), said.get("exp"), said.get("nbf", 0)
    if not all(type(value) is int for value in (issued, expires, starts)):
        raise CallerUnknown
    moment, skew = now.timestamp(), CLOCK_SKEW.total_seconds()
    lifetime = int(said["exp"]) - int(said["iat"])
    if not 0 < lifetime <= LIFETIME_MAXIMUM.total_seconds():
        raise CallerUnknown
    if moment >= int(said["exp"]) or max(said["iat"], int(starts)) > moment + skew:
        raise CallerUnknown


def _check_audience(said: Mapping[str, Any], audience: str) -> None:
    named = said.get("aud")
    if named != audience and not (isinstance(named, list) and audience in named):
        raise CallerUnknown


def _read_claims(said: Mapping[str, Any], issuer: Issuer) -> Claims:
    names = issuer.claims
    try:
        organisation = read_oin(said.get(names.organisation))
        trainings = _trainings(said.get(names.trainings, []))
        level = said.get(names.assurance)
        assurance = Assurance.LOW if level is None else Assurance(level)
        expires = datetime.fromtimestamp(int(said["exp"]), UTC)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise CallerUnknown from error
    if issuer.organisations is not None and organisation not in issuer.organisations:
        raise CallerUnknown
    if "cnf" in said:
        raise CallerUnknown
    return Claims(
        subject=_text(said.get("sub")),
        organisation=organisation,
        client_id=_client(said, names),
        scopes=frozenset(str(said.get("scope", "")).split()),
        roles=_roles(said.get(names.roles, [])),
        municipality=_municipality(said.get(names.municipality)),
        trainings=trainings,
        assurance=assurance,
        expires_at=expires,
        team=_team(said.get(names.team)),
        name=_name(said.get(names.name)),
    )


def _client(said: Mapping[str, Any], names: ClaimNames) -> str:
    client = _text(said.get(names.client, said.get("azp")))
    if "azp" in said and said["azp"] != client:
        raise CallerUnknown
    return client


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise CallerUnknown
    return value


def _municipality(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) != 4 or not value.isdigit():
        raise CallerUnknown
    return value


def _team(value: object) -> str | None:
    """Give the caller's team: a short word, because it stands in every entry."""
    if value is None:
        return None
    if not isinstance(value, str) or not _TEAM.fullmatch(value):
        raise CallerUnknown
    return value


def _name(value: object) -> str | None:
    """Give what a colleague reads; what is no short name is left out, not refused.

    Nothing depends on it: it is shown, within the organisation, and recorded nowhere.
    """
    try:
        return None if value is None else read_label(value)
    except PydanticCustomError:
        return None


def _roles(value: object) -> frozenset[Role]:
    if not isinstance(value, list):
        raise CallerUnknown
    return frozenset(Role(role) for role in value if role in _ROLES)


def _trainings(value: object) -> tuple[Training, ...]:
    if not isinstance(value, list):
        raise CallerUnknown
    return tuple(
        Training(_text(item["code"]), date.fromisoformat(item["validUntil"]))
        for item in value
    )
