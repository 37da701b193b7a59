"""The group ristretto255: points, scalars and the few operations we need of them.

A thin face on libsodium (RFC 9496) that closes what libsodium leaves open.

- A `Point` is canonical and never the identity: libsodium's addition RETURNS the
  identity, its multiplication fails on it; here both raise `InvalidPoint`.
- A `Scalar` is reduced and never zero: libsodium accepts an unreduced scalar and
  drops its top bit, which gives one key several names.
- libsodium inverts, never a power in Python: its time does not depend on the secret.
- A scalar has no repr; every function here is pure but `generate_scalar`.

ctypes releases the interpreter during a call, so threads scale with the cores.
Proven by tests/unit/keys/test_group.py.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import pysodium

from keys.errors import InvalidBatch, InvalidPoint, InvalidScalar

POINT_BYTES = 32
SCALAR_BYTES = 32
UNIFORM_BYTES = 64
_ZERO = bytes(32)  # the identity as well as the scalar zero


@dataclass(frozen=True, slots=True, repr=False)
class Point:
    """A group element other than the identity; made only by this module."""

    encoded: bytes

    def __repr__(self) -> str:
        """Show the type: a blinded point may still be someone's."""
        return "<Point>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Scalar:
    """A reduced scalar other than zero; nearly always a secret."""

    encoded: bytes

    def __repr__(self) -> str:
        """Show the type, never the value."""
        return "<Scalar>"

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not depend on the values."""
        return isinstance(other, Scalar) and hmac.compare_digest(
            self.encoded, other.encoded
        )

    def __hash__(self) -> int:
        """Refuse: a table of secrets would compare them in variable time."""
        raise TypeError("a scalar is not for use as a key")


def parse_point(data: bytes) -> Point:
    """Give the point of these 32 bytes.

    Raises `InvalidPoint` for the identity, a non-canonical encoding, an encoding
    outside the group (where torsion would hide) and any other length.
    """
    # libsodium reads 32 bytes whatever it is handed: the length comes first.
    if len(data) != POINT_BYTES or data == _ZERO:
        raise InvalidPoint
    if not pysodium.crypto_core_ristretto255_is_valid_point(bytes(data)):
        raise InvalidPoint
    return Point(bytes(data))


def parse_scalar(data: bytes) -> Scalar:
    """Give the scalar of these 32 little-endian bytes.

    Raises `InvalidScalar` for zero, an unreduced value and any other length.
    """
    if len(data) != SCALAR_BYTES:
        raise InvalidScalar
    reduced = pysodium.crypto_core_ristretto255_scalar_reduce(bytes(data) + bytes(32))
    if not hmac.compare_digest(reduced, data):
        raise InvalidScalar
    return _scalar(reduced)


def generate_scalar() -> Scalar:
    """Give a fresh uniform scalar from the system's randomness."""
    return _scalar(pysodium.crypto_core_ristretto255_scalar_random())


def derive_point(uniform: bytes) -> Point:
    """Map 64 uniform bytes to a point, one way (RFC 9496 section 4.3.4)."""
    return _point(pysodium.crypto_core_ristretto255_from_hash(uniform))


def derive_scalar(uniform: bytes) -> Scalar:
    """Reduce 64 uniform bytes to a scalar."""
    return _scalar(pysodium.crypto_core_ristretto255_scalar_reduce(uniform))


def multiply(factor: Scalar, point: Point) -> Point:
    """Give factor*point, about 65 us on one core."""
    try:
        product = pysodium.crypto_scalarmult_ristretto255(factor.encoded, point.encoded)
    except ValueError:
        raise InvalidPoint from None
    return Point(product)


def multiply_base(factor: Scalar) -> Point:
    """Give factor*G for the group's generator G."""
    return Point(pysodium.crypto_scalarmult_ristretto255_base(factor.encoded))


def add(left: Point, right: Point) -> Point:
    """Give the sum; raises `InvalidPoint` when the two cancel out."""
    return _point(pysodium.crypto_core_ristretto255_add(left.encoded, right.encoded))


def subtract(left: Point, right: Point) -> Point:
    """Give left - right; raises `InvalidPoint` when the two are equal."""
    return _point(pysodium.crypto_core_ristretto255_sub(left.encoded, right.encoded))


def multiply_and_add(factors: Sequence[Scalar], points: Sequence[Point]) -> Point:
    """Give the sum of each factor times its point.

    Raises `InvalidBatch` for none or unequal lengths, `InvalidPoint` when the terms
    cancel out.
    """
    if not points or len(factors) != len(points):
        raise InvalidBatch
    total = multiply(factors[0], points[0])
    for factor, point in zip(factors[1:], points[1:], strict=True):
        total = add(total, multiply(factor, point))
    return total


def add_scalars(left: Scalar, right: Scalar) -> Scalar:
    """Give the sum; raises `InvalidScalar` when it is zero."""
    return _scalar(
        pysodium.crypto_core_ristretto255_scalar_add(left.encoded, right.encoded)
    )


def subtract_scalars(left: Scalar, right: Scalar) -> Scalar:
    """Give left - right; raises `InvalidScalar` when the two are equal."""
    return _scalar(
        pysodium.crypto_core_ristretto255_scalar_sub(left.encoded, right.encoded)
    )


def multiply_scalars(left: Scalar, right: Scalar) -> Scalar:
    """Give the product."""
    # Neither is zero and the order is prime: the product is not zero either.
    return Scalar(
        pysodium.crypto_core_ristretto255_scalar_mul(left.encoded, right.encoded)
    )


def invert_scalars(scalars: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """Give the inverse of each, with one inversion for all (Montgomery's trick).

    Three multiplications replace an inversion: a batch of thousands pays for one.
    """
    if not scalars:
        return ()
    running = [scalars[0]]
    for scalar in scalars[1:]:
        running.append(multiply_scalars(running[-1], scalar))
    tail = Scalar(pysodium.crypto_core_ristretto255_scalar_invert(running[-1].encoded))
    inverses: list[Scalar] = []
    for at in range(len(scalars) - 1, 0, -1):
        inverses.append(multiply_scalars(tail, running[at - 1]))
        tail = multiply_scalars(tail, scalars[at])
    inverses.append(tail)
    return tuple(reversed(inverses))


def _point(encoded: bytes) -> Point:
    if encoded == _ZERO:
        raise InvalidPoint
    return Point(encoded)


def _scalar(encoded: bytes) -> Scalar:
    if not any(encoded):
        raise InvalidScalar
    return Scalar(encoded)
