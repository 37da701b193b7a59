"""Lagrange interpolation at zero over the scalars of ristretto255.

Shares of a key are the values of a polynomial at 1, 2, 3, …; its value at zero is the
key. Both the holders' answers and their public shares are put together with the same
coefficients. Stands apart from `keys.group` because `keys.config`, which the index
imports to verify, needs it, and the index must not be able to evaluate.

- libsodium inverts; a power in Python would take a time that depends on the secret.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pysodium

from keys.errors import DuplicateShare, InvalidPoint, InvalidScalar

MAX_INDEX = 255
_ONE = (1).to_bytes(32, "little")
_IDENTITY = bytes(32)


def derive_coefficients(indexes: Sequence[int]) -> tuple[bytes, ...]:
    """Give the coefficient of each share at zero, as reduced scalars.

    Raises `DuplicateShare` when an index occurs twice, `InvalidScalar` for an index
    that is no holder's: 0 would be the key itself.
    """
    return _coefficients(tuple(indexes))


def combine_points(points: Mapping[int, bytes]) -> bytes:
    """Give the value at zero of the points found at these indexes.

    Raises `InvalidPoint` for the identity or a non-canonical element, given or
    resulting: libsodium's addition would return the identity without a word.
    """
    total: bytes | None = None
    for factor, point in zip(
        derive_coefficients(tuple(points)), points.values(), strict=True
    ):
        term = _multiply(factor, point)
        total = term if total is None else _add(total, term)
    if total is None:
        raise InvalidPoint
    return total


def _multiply(factor: bytes, point: bytes) -> bytes:
    try:
        product: bytes = pysodium.crypto_scalarmult_ristretto255(factor, point)
    except ValueError:
        raise InvalidPoint from None
    return product


def _add(left: bytes, right: bytes) -> bytes:
    total: bytes = pysodium.crypto_core_ristretto255_add(left, right)
    if total == _IDENTITY:
        raise InvalidPoint
    return total


@lru_cache(maxsize=512)
def _coefficients(indexes: tuple[int, ...]) -> tuple[bytes, ...]:
    if len(set(indexes)) != len(indexes):
        raise DuplicateShare
    if not all(1 <= index <= MAX_INDEX for index in indexes):
        raise InvalidScalar
    return tuple(_coefficient(at, indexes) for at in indexes)


def _coefficient(at: int, indexes: tuple[int, ...]) -> bytes:
    above, below = _ONE, _ONE
    for other in indexes:
        if other == at:
            continue
        gap = pysodium.crypto_core_ristretto255_scalar_sub(_small(other), _small(at))
        above = pysodium.crypto_core_ristretto255_scalar_mul(above, _small(other))
        below = pysodium.crypto_core_ristretto255_scalar_mul(below, gap)
    inverse = pysodium.crypto_core_ristretto255_scalar_invert(below)
    coefficient: bytes = pysodium.crypto_core_ristretto255_scalar_mul(above, inverse)
    return coefficient


def _small(value: int) -> bytes:
    return value.to_bytes(32, "little")
