"""Whether a holder takes a request at all: before anything is metered or evaluated.

What must hold, in this order:

1. signed, as a request, with the key of the organisation that it names, for the kind
   of organisation that may ask this act;
2. every claim there and none beside;
3. meant for this holder;
4. issued (give or take 30 s of clock), not expired, and valid for at most 60 s;
5. of a key version and share epoch that it answers for, for a quorum with this holder
   in it;
6. `count` and `req` are those of the points that came along.

Whether its `jti` was used before, only the store knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from keys.config import KeyConfig
from keys.ed25519 import verify_sodium
from keys.errors import InvalidRequest, InvalidToken, SignatureInvalid
from keys.holder.errors import (
    ActNotAllowed,
    RequestExpired,
    RequestMalformed,
    RequestMisdirected,
    RequestMismatch,
    RequestStale,
    RequestUnsigned,
    StatementAhead,
    naming,
)
from keys.holder.organisations import (
    AnyOrganisation,
    Organisations,
    SourceOrganisation,
)
from keys.holder.wire import (
    EvaluationClaims,
    PlainClaims,
    RegistrationClaims,
    StatementClaims,
)
from keys.jose import PublicKey, open_compact
from keys.request import REQUEST_LIFETIME, REQUEST_TYPE, compute_req

CLOCK_LEEWAY: Final = timedelta(seconds=30)

BEARER: Final = "Bearer "
Claims = TypeVar("Claims", bound=BaseModel)
Plain = TypeVar("Plain", bound=PlainClaims)


@dataclass(frozen=True, slots=True)
class HolderIdentity:
    """Who this holder is in the key config that it serves."""

    index: int
    id: str
    config: KeyConfig


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request whose signature and terms held; only `admit` makes one."""

    organisation: AnyOrganisation
    claims: EvaluationClaims


@dataclass(frozen=True, slots=True)
class AdmittedStatement:
    """An auditor's request that held; only `admit_statement` makes one."""

    organisation: AnyOrganisation
    claims: StatementClaims


@dataclass(frozen=True, slots=True)
class AdmittedRegistration:
    """A source's question about itself that held; only `admit_registration` makes one.

    It names whoever signed: nobody hears of another's registration.
    """

    organisation: SourceOrganisation
    claims: RegistrationClaims


def admit(
    token: str,
    points: Sequence[bytes],
    holder: HolderIdentity,
    organisations: Organisations,
    *,
    now: datetime,
    former: Sequence[HolderIdentity] = (),
) -> Admitted:
    """Give what a request may do, or raise a leaf of `RequestRefused`.

    `former`: who this holder was in the sharings that it answers for still.

    Proven by tests/unit/keys_holder/test_admission.py and by
    tests/attack/test_holder_requests.py.
    """
    claims = _open(token, organisations, EvaluationClaims)
    with naming(claims.iss, claims.sub):
        _check_direction(claims.aud, holder)
        _check_times(claims.iat, claims.exp, now)
        asked = (claims.key_version, claims.epoch)
        served = [one for one in (holder, *former) if one.config.place == asked]
        if not served:
            raise RequestStale
        _check_pair(claims.pair, served[0])
        _check_points(claims, points)
    return Admitted(organisations.get(claims.iss, claims.act), claims)


def admit_statement(
    authorization: str,
    day: date,
    holder: HolderIdentity,
    organisations: Organisations,
    *,
    now: datetime,
) -> AdmittedStatement:
    """Give an auditor's request for one day, or raise a leaf of `RequestRefused`."""
    claims = _open_bearer(authorization, holder, organisations, StatementClaims, now)
    if claims.day != day:
        raise RequestMismatch
    if day > now.astimezone(UTC).date():
        raise StatementAhead
    return AdmittedStatement(organisations.get(claims.iss, claims.act), claims)


def admit_registration(
    authorization: str,
    holder: HolderIdentity,
    organisations: Organisations,
    *,
    now: datetime,
) -> AdmittedRegistration:
    """Give who asks about its own registration, or raise a leaf of `RequestRefused`."""
    claims = _open_bearer(authorization, holder, organisations, RegistrationClaims, now)
    asking = organisations.get(claims.iss, claims.act)
    if not isinstance(asking, SourceOrganisation):
        raise ActNotAllowed
    return AdmittedRegistration(asking, claims)


def _open_bearer(
    authorization: str,
    holder: HolderIdentity,
    organisations: Organisations,
    shape: type[Plain],
    now: datetime,
) -> Plain:
    if not authorization.startswith(BEARER):
        raise RequestUnsigned
    claims = _open(authorization.removeprefix(BEARER), organisations, shape)
    with naming(claims.iss, claims.iss):
        _check_direction(claims.aud, holder)
        _check_times(claims.iat, claims.exp, now)
    return claims


def _open(token: str, organisations: Organisations, shape: type[Claims]) -> Claims:
    def find_key(claims: Mapping[str, Any]) -> PublicKey:
        return organisations.get(claims.get("iss"), claims.get("act")).request_key

    try:
        return shape.model_validate(
            open_compact(token, REQUEST_TYPE, find_key, verify=verify_sodium)
        )
    except SignatureInvalid:
        raise RequestUnsigned from None
    except (InvalidToken, ValidationError):
        raise RequestMalformed from None


def _check_direction(audience: str, holder: HolderIdentity) -> None:
    if audience != holder.id:
        raise RequestMisdirected


def _check_times(iat: int, exp: int, now: datetime) -> None:
    if not 0 < exp - iat <= REQUEST_LIFETIME.total_seconds():
        raise RequestExpired
    moment = now.timestamp()
    if iat > moment + CLOCK_LEEWAY.total_seconds() or exp <= moment:
        raise RequestExpired


def _check_pair(pair: tuple[int, ...], holder: HolderIdentity) -> None:
    known = {member.index for member in holder.config.holders}
    if len(pair) != holder.config.threshold or not known.issuperset(pair):
        raise RequestMalformed
    if holder.index not in pair:
        raise RequestMisdirected


def _check_points(claims: EvaluationClaims, points: Sequence[bytes]) -> None:
    try:
        req = compute_req(
            claims.act, claims.key_version, claims.epoch, claims.pair, points
        )
    except InvalidRequest:
        raise RequestMalformed from None
    if claims.count != len(points) or claims.req != req:
        raise RequestMismatch
