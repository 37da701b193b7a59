"""Signed messages between the parties: compact JWS, Ed25519, nothing else.

One algorithm (RFC 9864 "Ed25519"), one key type (OKP JWK with `kid`), an explicit
`typ` on every message, so that a message for one use is worthless for another.

- `open_compact` gives claims only after the signature held; what it reads before
  serves to find the key and is thrown away.
- A header has the three members that we write and no other: nothing in it can ask for
  another algorithm, key or encoding (RFC 7515 `crit`, `jwk`, `b64`).
- A private key has no repr and leaves this module only into a file of its owner.
- Imports no group code: the desk signs requests with it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from keys.base64url import decode_b64u, encode_b64u
from keys.errors import InvalidToken, SignatureInvalid, UnusableKey

ALGORITHM: Final = "Ed25519"
MAX_KID: Final = 128
Verify = Callable[[bytes, bytes, bytes], None]
"""Takes key, message and signature; returns, or raises `SignatureInvalid`."""


@dataclass(frozen=True, slots=True, repr=False)
class PublicKey:
    """An Ed25519 key that checks signatures, known by its `kid`; `raw` is 32 bytes."""

    kid: str
    jose: OKPKey
    raw: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Keep the key as its bytes: they are needed for every signature."""
        object.__setattr__(self, "raw", self.jose.public_key.public_bytes_raw())

    def __repr__(self) -> str:
        """Show which key it is; that is public."""
        return f"<PublicKey {self.kid}>"

    def __eq__(self, other: object) -> bool:
        """Equal when the key material and its name are."""
        return isinstance(other, PublicKey) and self.jwk == other.jwk

    def __hash__(self) -> int:
        """Follow `__eq__`."""
        return hash(self.raw)

    @property
    def jwk(self) -> dict[str, str]:
        """Give the key as a JWK without a private part."""
        raw = encode_b64u(self.raw)
        return {"kty": "OKP", "crv": ALGORITHM, "kid": self.kid, "x": raw}


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """An Ed25519 key that signs. No repr; `jwk` is for its owner's key file only."""

    kid: str
    jose: OKPKey

    @classmethod
    def generate(cls, kid: str | None = None) -> Self:
        """Make a new key, named by its RFC 7638 thumbprint unless `kid` is given."""
        made = OKPKey.generate_key(ALGORITHM)
        return cls(kid or made.thumbprint(), made)

    def __repr__(self) -> str:
        """Show the type, never the key."""
        return "<PrivateKey>"

    @property
    def public(self) -> PublicKey:
        """Give the half that may be handed out."""
        return PublicKey(self.kid, _imported(self.jose.as_dict(private=False)))

    @property
    def jwk(self) -> dict[str, str]:
        """Give the key as a JWK, private part included."""
        secret = self.jose.as_dict(private=True)
        return {**self.public.jwk, "d": str(secret["d"])}


def parse_public_key(jwk: object) -> PublicKey:
    """Read a public Ed25519 JWK with `kid`, or raise `UnusableKey`.

    A private part is refused rather than dropped: whoever hands one out must hear it.
    """
    members = _checked_members(jwk)
    if "d" in members:
        raise UnusableKey("a private key where a public one belongs")
    return PublicKey(str(members["kid"]), _imported(members))


def parse_private_key(jwk: object) -> PrivateKey:
    """Read a private Ed25519 JWK with `kid`, or raise `UnusableKey`."""
    members = _checked_members(jwk)
    if "d" not in members:
        raise UnusableKey("a public key where a private one belongs")
    return PrivateKey(str(members["kid"]), _imported(members))


def sign_compact(key: PrivateKey, typ: str, claims: Mapping[str, object]) -> str:
    """Sign claims as a compact JWS; `typ` says what the message may be used for."""
    header = {"alg": ALGORITHM, "typ": typ, "kid": key.kid}
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False)
    return jws.serialize_compact(header, payload, key.jose, algorithms=[ALGORITHM])


def verify_openssl(key: bytes, message: bytes, signature: bytes) -> None:
    """Return when the signature holds, or raise `SignatureInvalid`."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureInvalid from None


def open_compact(
    token: str,
    typ: str,
    find_key: Callable[[Mapping[str, Any]], PublicKey],
    *,
    verify: Verify = verify_openssl,
) -> dict[str, Any]:
    """Give the claims of a compact JWS whose signature held, or raise `InvalidToken`.

    `find_key` gets the claims before they are proven and may use them for one thing:
    to say whose key must have signed. It raises what it likes for an unknown party.
    `typ` and `kid` must be the expected ones; RFC 8725 section 3.11.
    """
    return open_by_one_of(token, typ, lambda claims: (find_key(claims),), verify=verify)


def open_by_one_of(
    token: str,
    typ: str,
    find_keys: Callable[[Mapping[str, Any]], Sequence[PublicKey]],
    *,
    verify: Verify = verify_openssl,
) -> dict[str, Any]:
    """Do as `open_compact` for a party that signs with either of some keys."""
    header, payload, signature = _split(token)
    said = _json_object(header)
    claims = _json_object(payload)
    if said.get("typ") != typ:
        raise InvalidToken
    message = token.rpartition(".")[0].encode("ascii")
    for key in find_keys(claims):
        if said == {"alg": ALGORITHM, "typ": typ, "kid": key.kid}:
            with suppress(SignatureInvalid):
                verify(key.raw, message, signature)
                return claims
    raise SignatureInvalid


def _split(token: str) -> tuple[bytes, bytes, bytes]:
    """Decode the three parts, or raise `InvalidToken`.

    A second spelling of the same bytes, which lenient decoders accept, is refused.
    """
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        raise InvalidToken
    try:
        header, payload, signature = (decode_b64u(part) for part in parts)
    except ValueError:
        raise InvalidToken from None
    return header, payload, signature


def _json_object(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        raise InvalidToken from None
    if not isinstance(claims, dict):
        raise InvalidToken
    return claims


def _checked_members(jwk: object) -> Mapping[str, object]:
    if not isinstance(jwk, Mapping):
        raise UnusableKey("a JWK is a JSON object")
    if jwk.get("kty") != "OKP" or jwk.get("crv") != ALGORITHM:
        raise UnusableKey("only Ed25519 keys (kty OKP) are used here")
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID:
        raise UnusableKey("a key needs a `kid`")
    return jwk


def _imported(members: Mapping[str, object]) -> OKPKey:
    wanted = ("kty", "crv", "x", "d")
    bare: dict[str, str | list[str]] = {
        name: str(members[name]) for name in wanted if name in members
    }
    try:
        return OKPKey.import_key(bare)
    except (JoseError, ValueError):
        raise UnusableKey("not an Ed25519 key") from None
