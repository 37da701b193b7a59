"""The promise of a receipt: this leaf will be in this tree within 60 seconds.

A compact JWS (Ed25519, RFC 9864) of the receipt key. Together with the ledger's own
checkpoint it convicts an index that answered and left the entry out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from keys.base64url import encode_b64u
from signal_index.proof.encoding import HASH_BYTES, JsonObject, decode_b64u, decode_json
from signal_index.proof.errors import MalformedProof
from signal_index.proof.statement import open_statement, statement_header

PROMISE_TYPE = "signal-promise+jwt"
PROMISE_SECONDS = 60
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Promise:
    """That the leaf of an entry is in the tree of `origin` a minute after `made_at`."""

    origin: str
    entry: UUID
    leaf_hash: bytes
    made_at: datetime

    def claims(self) -> JsonObject:
        """Give the claims that are signed."""
        return {
            "entryId": str(self.entry),
            "leafHash": encode_b64u(self.leaf_hash),
            "origin": self.origin,
            "time": self.made_at.astimezone(UTC).strftime(_TIME),
        }


def parse_receipt_key(jwk: Mapping[str, object]) -> OKPKey:
    """Read the public receipt key from its JWK (OKP, Ed25519, with `kid`)."""
    public = {name: jwk.get(name) for name in ("kty", "crv", "x", "kid")}
    texts = {name: value for name, value in public.items() if isinstance(value, str)}
    if len(texts) != 4 or (texts["kty"], texts["crv"]) != ("OKP", "Ed25519"):
        raise MalformedProof("the receipt key is not an Ed25519 JWK with a kid")
    try:
        return OKPKey.import_key(dict(texts))
    except (JoseError, ValueError) as cause:
        raise MalformedProof("the receipt key cannot be read") from cause


def promise_header(kid: str) -> dict[str, str]:
    """Give the only header under which a promise is accepted."""
    return statement_header(kid, PROMISE_TYPE)


def verify_promise(token: str, keys: Sequence[OKPKey]) -> Promise:
    """Give the promise that one of the receipt keys signed.

    Raises `SignatureRefused` or `MalformedProof`; an empty list accepts nothing.
    """
    return _parse_promise(open_statement(token, keys, PROMISE_TYPE))


def _parse_promise(payload: bytes) -> Promise:
    match decode_json(payload):
        case {
            "entryId": str(entry),
            "leafHash": str(leaf_hash),
            "origin": str(origin),
            "time": str(made_at),
            **rest,
        } if not rest:
            return _make_promise(origin, entry, decode_b64u(leaf_hash), made_at)
    raise MalformedProof("a promise has other claims than it should")


def _make_promise(origin: str, entry: str, leaf_hash: bytes, made_at: str) -> Promise:
    if len(leaf_hash) != HASH_BYTES:
        raise MalformedProof("the leaf hash of a promise does not have 32 bytes")
    try:
        instant = datetime.strptime(made_at, _TIME).replace(tzinfo=UTC)
        return Promise(origin, UUID(entry), leaf_hash, instant)
    except ValueError as cause:
        raise MalformedProof("a promise names no entry or no time") from cause
