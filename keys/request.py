"""What an organisation signs to have points evaluated by one key holder.

    sign_request(key, terms, now=...) -> compact JWS for exactly that holder

- The request binds holder, user, act, versions, pair, count and every point (`req`),
  so that nobody can reuse it for more, for other points or at another holder.
- It lives 60 seconds and carries a `jti` that a holder accepts once.
- Imports no group code: the desk signs requests and never touches a curve.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import uuid4

from keys.base64url import encode_b64u
from keys.errors import InvalidRequest
from keys.files import read_json, read_secret, write_secret
from keys.jose import PrivateKey, parse_private_key, sign_compact

REQUEST_TYPE: Final = "signal-request+jwt"
REQUEST_LIFETIME: Final = timedelta(seconds=60)
MAX_POINTS: Final = 4096
POINT_BYTES: Final = 32
STATEMENT_ACT: Final = "statement"
REGISTRATION_ACT: Final = "registration"
REQ_LABEL: Final = b"signal-keys/req/1\n"


class Act(StrEnum):
    """What the evaluations are for; it stands in request and ticket."""

    LOOKUP = "lookup"
    OWN_VIEW = "own-view"
    OFFICER_SEARCH = "officer-search"
    ARCHIVE = "archive"
    PUBLISH = "publish"


RequestKey = PrivateKey
"""The key by which holders know an organisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTerms:
    """All that one request binds."""

    issuer: str
    audience: str
    subject: str
    act: Act
    key_version: int
    epoch: int
    pair: tuple[int, ...]
    points: Sequence[bytes] = field(repr=False)


def compute_req(
    act: Act, key_version: int, epoch: int, pair: Sequence[int], points: Sequence[bytes]
) -> str:
    """Give `req`: what both holders of a pair, and both tickets, must agree on.

    Length-prefixed throughout, so that no two different requests share an input.
    Raises `InvalidRequest` for terms outside what a holder can be asked.
    """
    _check_terms(key_version, epoch, pair, points)
    name = act.value.encode("ascii")
    digest = hashlib.sha256(REQ_LABEL)
    digest.update(bytes([len(name)]) + name)
    digest.update(key_version.to_bytes(4, "big") + epoch.to_bytes(4, "big"))
    digest.update(bytes([len(pair), *pair]))
    digest.update(len(points).to_bytes(4, "big"))
    digest.update(b"".join(points))
    return encode_b64u(digest.digest())


def sign_request(key: RequestKey, terms: RequestTerms, *, now: datetime) -> str:
    """Sign a request for one holder, valid from `now` for 60 seconds.

    Sign anew for each holder and each attempt: a holder accepts a `jti` once.
    """
    req = compute_req(
        terms.act, terms.key_version, terms.epoch, terms.pair, terms.points
    )
    claims: dict[str, object] = {
        "iss": terms.issuer,
        "aud": terms.audience,
        "sub": terms.subject,
        "act": terms.act.value,
        "count": len(terms.points),
        "keyVersion": terms.key_version,
        "epoch": terms.epoch,
        "pair": list(terms.pair),
        "req": req,
    }
    return sign_compact(key, REQUEST_TYPE, claims | _lifetime(now))


def sign_statement_request(
    key: RequestKey, issuer: str, audience: str, day: date, *, now: datetime
) -> str:
    """Sign an auditor's request for one holder's statement of one UTC day."""
    claims: dict[str, object] = {
        "iss": issuer,
        "aud": audience,
        "act": STATEMENT_ACT,
        "day": day.isoformat(),
    }
    return sign_compact(key, REQUEST_TYPE, claims | _lifetime(now))


def sign_registration_request(
    key: RequestKey, issuer: str, audience: str, *, now: datetime
) -> str:
    """Sign a source's question to one holder about its own registration."""
    claims: dict[str, object] = {
        "iss": issuer,
        "aud": audience,
        "act": REGISTRATION_ACT,
    }
    return sign_compact(key, REQUEST_TYPE, claims | _lifetime(now))


def new_request_key(kid: str | None = None) -> RequestKey:
    """Make a request key; without a name it is named by its thumbprint."""
    return PrivateKey.generate(kid)


def load_request_key(path: Path) -> RequestKey:
    """Read a request key (JWK) from a file that only its owner may read."""
    return parse_private_key(read_json(read_secret(path), path.name))


def write_request_key(path: Path, key: RequestKey) -> None:
    """Write a request key to a new file with mode 0600."""
    write_secret(path, json.dumps(key.jwk, indent=2).encode() + b"\n")


def _lifetime(now: datetime) -> dict[str, object]:
    issued = int(now.timestamp())
    expires = issued + int(REQUEST_LIFETIME.total_seconds())
    return {"iat": issued, "exp": expires, "jti": str(uuid4())}


def _check_terms(
    key_version: int, epoch: int, pair: Sequence[int], points: Sequence[bytes]
) -> None:
    if not (0 < key_version < 2**32 and 0 < epoch < 2**32):
        raise InvalidRequest("key version and epoch are positive numbers of 32 bits")
    if not 2 <= len(pair) <= 255 or any(not 0 < index < 256 for index in pair):
        raise InvalidRequest("at least two holders, numbered 1 to 255")
    if list(pair) != sorted(set(pair)):
        raise InvalidRequest("holders in ascending order, each once")
    if not 1 <= len(points) <= MAX_POINTS:
        raise InvalidRequest(f"1 to {MAX_POINTS} points")
    if any(len(point) != POINT_BYTES for point in points):
        raise InvalidRequest("a point has 32 bytes")
