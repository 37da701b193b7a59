"""Schnorr signatures of COCKTAIL-DKG: possession of a secret, and the certificate.

- The nonce is derived from secret and message: one message, one signature. A secret
  signs one transcript; `keys.ceremony` sees to it that its state is spent once.
- What was signed is verified before it leaves: a fault while signing would otherwise
  give the secret away.
- No other scheme's verifier takes these signatures: both hashes have prefixes.
"""

import hashlib
from typing import Final

from keys.errors import InvalidPoint, InvalidScalar, SignatureInvalid
from keys.group import (
    POINT_BYTES,
    SCALAR_BYTES,
    Point,
    Scalar,
    add,
    add_scalars,
    derive_scalar,
    multiply,
    multiply_base,
    multiply_scalars,
    parse_point,
    parse_scalar,
)

SIGNATURE_BYTES: Final = POINT_BYTES + SCALAR_BYTES
_CHALLENGE: Final = b"COCKTAIL-DKG-Ristretto255-SHA512-H7"
_NONCE: Final = b"COCKTAIL-DKG-Ristretto255-SHA512-NONCE"


def sign(secret: Scalar, message: bytes) -> bytes:
    """Sign with a secret scalar: R followed by z, 64 bytes."""
    public = multiply_base(secret)
    nonce = _hash_to_scalar(_NONCE + secret.encoded + message)
    commitment = multiply_base(nonce)
    challenge = _challenge(commitment, public, message)
    response = add_scalars(nonce, multiply_scalars(challenge, secret))
    signature = commitment.encoded + response.encoded
    verify(public, message, signature)
    return signature


def verify(public: Point, message: bytes, signature: bytes) -> None:
    """Return when the holder of `public` signed this, or raise `SignatureInvalid`.

    An unreduced z, or an R that is the identity or not canonical, is refused.
    """
    try:
        commitment = parse_point(signature[:POINT_BYTES])
        response = parse_scalar(signature[POINT_BYTES:])
        challenge = _challenge(commitment, public, message)
        expected = add(commitment, multiply(challenge, public))
    except (InvalidPoint, InvalidScalar):
        raise SignatureInvalid from None
    if multiply_base(response) != expected:
        raise SignatureInvalid


def _challenge(commitment: Point, public: Point, message: bytes) -> Scalar:
    return _hash_to_scalar(_CHALLENGE + commitment.encoded + public.encoded + message)


def _hash_to_scalar(data: bytes) -> Scalar:
    return derive_scalar(hashlib.sha512(data).digest())
