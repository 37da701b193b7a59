"""What a holder made of a blinded number, and that it did so by its share.

RFC 9497 in mode VOPRF, for a batch of one: HashToGroup, VerifyProof, and putting
together what several holders gave. In plain numbers: see `keys.checking.ristretto`.

Proven by tests/unit/keys/test_ristretto.py.
"""

from collections.abc import Mapping
from hashlib import sha512
from typing import Final

from keys.checking.hashing import VOPRF_NAME, expand_message, frame
from keys.checking.ristretto import (
    BASE,
    ORDER,
    Element,
    add,
    derive_element,
    encode_element,
    multiply,
    parse_element,
)
from keys.errors import InvalidScalar, ProofRefused

_SCALAR_BYTES: Final = 32
_IDENTITY: Final = bytes(32)


def hash_to_group(message: bytes) -> Element:
    """Give the element of an input; nobody knows its logarithm."""
    return derive_element(expand_message(message, b"HashToGroup-" + VOPRF_NAME))


def parse_scalar(data: bytes) -> int:
    """Read 32 little-endian bytes, or raise `InvalidScalar` for zero and unreduced."""
    value = int.from_bytes(data, "little")
    if len(data) != _SCALAR_BYTES or not 0 < value < ORDER:
        raise InvalidScalar
    return value


def verify_evaluation(
    share: bytes, blinded: bytes, evaluated: bytes, proof: bytes
) -> None:
    """Hold that `evaluated` is `blinded` times the secret of this public share.

    RFC 9497 section 2.2.2. Raises `ProofRefused`, and `InvalidPoint` or `InvalidScalar`
    where one of them is none.
    """
    challenge = parse_scalar(proof[:_SCALAR_BYTES])
    response = parse_scalar(proof[_SCALAR_BYTES:])
    k, c, d = map(parse_element, (share, blinded, evaluated))
    seed = sha512(frame(share, b"Seed-" + VOPRF_NAME)).digest()
    pair = frame(seed) + bytes(2) + frame(blinded, evaluated)
    weight = _hash_to_scalar(pair + b"Composite")
    m, z = multiply(weight, c), multiply(weight, d)
    terms = [
        m,
        z,
        add(multiply(response, BASE), multiply(challenge, k)),
        add(multiply(response, m), multiply(challenge, z)),
    ]
    transcript = frame(share, *map(encode_element, terms)) + b"Challenge"
    if _hash_to_scalar(transcript) != challenge:
        raise ProofRefused


def combine(points: Mapping[int, bytes], factor: int = 1) -> bytes:
    """Give the value at zero of the points at these indexes, so many times.

    Shamir over the scalars: each point has its Lagrange coefficient. Raises
    `ProofRefused` where they cancel out, `InvalidPoint` for what is no element.
    """
    terms = [
        multiply(factor * _coefficient(index, points), parse_element(point))
        for index, point in points.items()
    ]
    total = terms[0]
    for term in terms[1:]:
        total = add(total, term)
    if (encoded := encode_element(total)) == _IDENTITY:
        raise ProofRefused
    return encoded


def _coefficient(index: int, points: Mapping[int, bytes]) -> int:
    above = below = 1
    for other in points:
        if other != index:
            above = above * other % ORDER
            below = below * (other - index) % ORDER
    return above * pow(below, -1, ORDER) % ORDER


def _hash_to_scalar(message: bytes) -> int:
    uniform = expand_message(message, b"HashToScalar-" + VOPRF_NAME)
    return int.from_bytes(uniform, "little") % ORDER
