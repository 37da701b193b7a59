"""The group in whole numbers says what libsodium and the RFC say.

The vectors of RFC 9497 are held in tests/contract/test_rfc9497_vectors.py.
"""

from __future__ import annotations

import secrets

import pytest

from keys import group
from keys.checking import evaluations, ristretto
from keys.dleq import prove
from keys.errors import InvalidPoint, InvalidScalar, ProofRefused
from keys.group import Point, generate_scalar, parse_point
from keys.lagrange import combine_points
from keys.suite import VOPRF

# RFC 9496, appendix A.1: the first multiples of the generator.
MULTIPLES = [
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
]
NO_POINTS = [
    bytes(32),  # the identity
    b"\x01" + bytes(31),  # negative
    b"\xff" * 32,  # not reduced
    (2**255 - 19).to_bytes(32, "little"),
    bytes.fromhex("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
    b"\x02" * 31,
]


def a_point() -> Point:
    return group.multiply_base(generate_scalar())


@pytest.mark.parametrize(("times", "encoded"), [*enumerate(MULTIPLES, 1)])
def test_multiples_of_the_generator_are_those_of_the_rfc(
    times: int, encoded: str
) -> None:
    found = ristretto.encode_element(ristretto.multiply(times, ristretto.BASE))
    assert found.hex() == encoded


def test_it_adds_multiplies_and_maps_as_libsodium_does() -> None:
    for _ in range(20):
        factor, one, two = generate_scalar(), a_point(), a_point()
        left, right = map(ristretto.parse_element, (one.encoded, two.encoded))
        assert ristretto.encode_element(left) == one.encoded
        added = ristretto.encode_element(ristretto.add(left, right))
        assert added == group.add(one, two).encoded
        times = int.from_bytes(factor.encoded, "little")
        product = ristretto.encode_element(ristretto.multiply(times, left))
        assert product == group.multiply(factor, one).encoded
        uniform = secrets.token_bytes(64)
        mapped = ristretto.encode_element(ristretto.derive_element(uniform))
        assert mapped == group.derive_point(uniform).encoded


@pytest.mark.parametrize("data", NO_POINTS)
def test_what_libsodium_refuses_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidPoint):
        parse_point(data)
    with pytest.raises(InvalidPoint):
        ristretto.parse_element(data)


def test_of_any_bytes_it_takes_what_libsodium_takes() -> None:
    for _ in range(200):
        data = bytearray(secrets.token_bytes(32))
        data[0] &= 0xFE
        data[31] &= 0x7F
        assert _takes(parse_point, bytes(data)) == _takes(
            ristretto.parse_element, bytes(data)
        )


def _takes(parse: object, data: bytes) -> bool:
    try:
        parse(data)  # type: ignore[operator]  # one of two parsers
    except InvalidPoint:
        return False
    return True


def verify(parts: list[bytes], proof: bytes) -> None:
    share, blinded, evaluated = parts
    evaluations.verify_evaluation(share, blinded, evaluated, proof)


def test_a_proof_holds_for_its_share_and_points_alone() -> None:
    secret, blinded, nonce = generate_scalar(), a_point(), generate_scalar()
    share, evaluated = group.multiply_base(secret), group.multiply(secret, blinded)
    proof = prove(secret, share, [blinded], [evaluated], nonce).encode()
    parts = [share.encoded, blinded.encoded, evaluated.encoded]
    verify(parts, proof)
    for at in range(3):
        other = [*parts]
        other[at] = a_point().encoded
        with pytest.raises(ProofRefused):
            verify(other, proof)
    for spoilt in (proof[32:] + proof[:32], proof[:-1] + b"\x01"):
        with pytest.raises(ProofRefused):
            verify(parts, spoilt)
    for spoilt in (proof[:-1], proof + b"\0", bytes(64), b"\xff" * 64):
        with pytest.raises(InvalidScalar):
            verify(parts, spoilt)


def test_points_are_put_together_as_holders_do() -> None:
    points = {1: a_point().encoded, 3: a_point().encoded}
    assert evaluations.combine(points) == combine_points(points)


def test_a_number_is_hashed_as_clients_do() -> None:
    for number in (b"nl-bsn:123456782", b"", b"x" * 300):
        found = ristretto.encode_element(evaluations.hash_to_group(number))
        assert found == VOPRF.hash_to_group(number).encoded
