"""Proof that many points were multiplied with one secret: RFC 9497 section 2.2.

A holder shows that log(K_i) equals the logarithm of each evaluation to its blinded
point, with one proof of 64 bytes for the whole batch.

- A proof that holds for a batch holds for that batch, in that order, under that share.
- The nonce is fresh for every proof: used twice, it reveals the share.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from keys.errors import InvalidBatch, InvalidPoint, InvalidScalar, ProofRefused
from keys.group import (
    SCALAR_BYTES,
    Point,
    Scalar,
    add,
    multiply,
    multiply_and_add,
    multiply_base,
    multiply_scalars,
    parse_scalar,
    subtract_scalars,
)
from keys.suite import VOPRF

MAX_BATCH: Final = 4096


@dataclass(frozen=True, slots=True)
class Proof:
    """The pair (c, s) of RFC 9497, 64 bytes on the wire."""

    challenge: Scalar
    response: Scalar

    def encode(self) -> bytes:
        """Give c followed by s."""
        return self.challenge.encoded + self.response.encoded


def parse_proof(data: bytes) -> Proof:
    """Read a proof, or raise `ProofRefused` for unreduced scalars or another length."""
    if len(data) != 2 * SCALAR_BYTES:
        raise ProofRefused
    try:
        return Proof(
            parse_scalar(data[:SCALAR_BYTES]), parse_scalar(data[SCALAR_BYTES:])
        )
    except InvalidScalar:
        raise ProofRefused from None


def prove(
    secret: Scalar,
    public: Point,
    blinded: Sequence[Point],
    evaluated: Sequence[Point],
    nonce: Scalar,
) -> Proof:
    """Prove that each of `evaluated` is `secret` times its `blinded`.

    `public` is the secret times G; `nonce` is fresh: used twice, it reveals the secret.
    """
    factors = _composite_factors(public, blinded, evaluated)
    m = multiply_and_add(factors, blinded)
    z = multiply(secret, m)
    challenge = _challenge(public, m, z, multiply_base(nonce), multiply(nonce, m))
    response = subtract_scalars(nonce, multiply_scalars(challenge, secret))
    return Proof(challenge, response)


def verify_proof(
    public: Point, blinded: Sequence[Point], evaluated: Sequence[Point], proof: Proof
) -> None:
    """Raise `ProofRefused` unless the proof shows what `prove` claims.

    Raises `InvalidBatch` for an empty or too large batch or lists of unequal length.
    Proven by tests/contract/test_rfc9497_vectors.py and tests/unit/keys/test_dleq.py.
    """
    factors = _composite_factors(public, blinded, evaluated)
    c, s = proof.challenge, proof.response
    try:
        m = multiply_and_add(factors, blinded)
        z = multiply_and_add(factors, evaluated)
        t2 = add(multiply_base(s), multiply(c, public))
        t3 = add(multiply(s, m), multiply(c, z))
    except InvalidPoint:  # only a forger's terms cancel out
        raise ProofRefused from None
    if _challenge(public, m, z, t2, t3) != c:
        raise ProofRefused


def _composite_factors(
    public: Point,
    blinded: Sequence[Point],
    evaluated: Sequence[Point],
) -> list[Scalar]:
    """Weigh every pair by a hash of the statement, so that none can be swapped."""
    if not 1 <= len(blinded) <= MAX_BATCH or len(blinded) != len(evaluated):
        raise InvalidBatch
    seed = hashlib.sha512(_framed(public.encoded, b"Seed-" + VOPRF.name)).digest()
    start = _framed(seed)
    return [
        VOPRF.hash_to_scalar(
            start + at.to_bytes(2, "big") + _framed(c.encoded, d.encoded) + b"Composite"
        )
        for at, (c, d) in enumerate(zip(blinded, evaluated, strict=True))
    ]


def _challenge(*points: Point) -> Scalar:
    transcript = _framed(*(point.encoded for point in points))
    return VOPRF.hash_to_scalar(transcript + b"Challenge")


def _framed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
