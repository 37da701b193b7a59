"""The index's signature under an adopted policy: this bundle, in this municipality.

A compact JWS (Ed25519, RFC 9864) of the receipt key. A running index takes up no policy
that lacks it: writing rows into the database is not enough to let anybody see more
(tests/attack/test_policy_written_by_sql_is_not_taken_up.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from joserfc.jwk import OKPKey

from signal_index.proof.encoding import HASH_BYTES, JsonObject, decode_json
from signal_index.proof.errors import MalformedProof
from signal_index.proof.statement import open_statement, statement_header

ADOPTION_TYPE = "signal-policy-adoption+jwt"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Adoption:
    """That a municipality adopted a bundle; `serial` counts its adoptions from one.

    `origin` is the base of the index's ledger, so that a statement of one index is
    worthless at another; `digest` is the bundle's SHA-256.
    """

    origin: str
    municipality: str
    serial: int
    digest: bytes
    approval: UUID
    activated_at: datetime

    def claims(self) -> JsonObject:
        """Give the claims that are signed."""
        return {
            "approval": str(self.approval),
            "bundle": self.digest.hex(),
            "municipality": self.municipality,
            "origin": self.origin,
            "serial": self.serial,
            "time": self.activated_at.astimezone(UTC).strftime(_TIME),
        }


def adoption_header(kid: str) -> dict[str, str]:
    """Give the only header under which a statement is accepted."""
    return statement_header(kid, ADOPTION_TYPE)


def verify_adoption(token: str, keys: Sequence[OKPKey]) -> Adoption:
    """Give the adoption that one of the receipt keys signed.

    Raises `SignatureRefused` or `MalformedProof`; an empty list accepts nothing.
    """
    return _parse(open_statement(token, keys, ADOPTION_TYPE))


def _parse(payload: bytes) -> Adoption:
    match decode_json(payload):
        case {
            "approval": str(approval),
            "bundle": str(bundle),
            "municipality": str(municipality),
            "origin": str(origin),
            "serial": int(serial),
            "time": str(time),
            **rest,
        } if not rest:
            try:
                digest = bytes.fromhex(bundle)
                moment = datetime.strptime(time, _TIME).replace(tzinfo=UTC)
                found = Adoption(
                    origin, municipality, serial, digest, UUID(approval), moment
                )
            except ValueError as cause:
                raise MalformedProof("an adoption names no bundle or time") from cause
            if len(digest) == HASH_BYTES:
                return found
    raise MalformedProof("an adoption has other claims than it should")
