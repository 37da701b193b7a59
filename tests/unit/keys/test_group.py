"""Points and scalars: what libsodium lets through is refused here."""

import pysodium
import pytest

from keys.errors import InvalidBatch, InvalidPoint, InvalidScalar
from keys.group import (
    Point,
    Scalar,
    add,
    add_scalars,
    derive_point,
    generate_scalar,
    invert_scalars,
    multiply,
    multiply_and_add,
    multiply_base,
    multiply_scalars,
    parse_point,
    parse_scalar,
    subtract_scalars,
)
from tests.keys_builders import ORDER

ONE = parse_scalar((1).to_bytes(32, "little"))
MINUS_ONE = parse_scalar((ORDER - 1).to_bytes(32, "little"))
GENERATOR = multiply_base(ONE)

# RFC 9496 appendix A.2: encodings that must be refused.
BAD_ENCODINGS = {
    "non-canonical: all ones": (
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    ),
    "non-canonical: above the field": (
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    ),
    "non-canonical: the field's order": (
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    ),
    "negative": "0100000000000000000000000000000000000000000000000000000000000000",
    "negative: the field's order less two": (
        "ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    ),
    "no square": "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "negative product": (
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e"
    ),
    "torsion: s = -1, whose y is 0": (
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    ),
    "the Ed25519 base point": (
        "5866666666666666666666666666666666666666666666666666666666666666"
    ),
}


@pytest.mark.parametrize("encoding", BAD_ENCODINGS.values(), ids=BAD_ENCODINGS.keys())
def test_an_encoding_outside_the_group_is_no_point(encoding: str) -> None:
    with pytest.raises(InvalidPoint):
        parse_point(bytes.fromhex(encoding))


def test_the_identity_is_no_point() -> None:
    with pytest.raises(InvalidPoint):
        parse_point(bytes(32))


def test_libsodium_would_have_taken_the_identity() -> None:
    # Why the check above is ours to make; fails if libsodium ever closes the trap.
    assert pysodium.crypto_core_ristretto255_is_valid_point(bytes(32))


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_another_length_is_no_point(length: int) -> None:
    with pytest.raises(InvalidPoint):
        parse_point((GENERATOR.encoded * 2)[:length])


def test_a_point_reads_back() -> None:
    assert parse_point(GENERATOR.encoded) == GENERATOR


@pytest.mark.parametrize(
    "value",
    [ORDER, ORDER + 1, 2 * ORDER, 2**252 + 2**251, 2**255 + 1, 2**256 - 1],
)
def test_an_unreduced_scalar_is_refused(value: int) -> None:
    with pytest.raises(InvalidScalar):
        parse_scalar(value.to_bytes(32, "little"))


def test_libsodium_would_have_taken_an_unreduced_scalar() -> None:
    unreduced = (ORDER + 1).to_bytes(32, "little")
    product = pysodium.crypto_scalarmult_ristretto255(unreduced, GENERATOR.encoded)
    assert product == GENERATOR.encoded


def test_zero_is_no_scalar() -> None:
    with pytest.raises(InvalidScalar):
        parse_scalar(bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_another_length_is_no_scalar(length: int) -> None:
    with pytest.raises(InvalidScalar):
        parse_scalar(b"\x01" * length)


def test_the_largest_scalar_is_taken() -> None:
    assert parse_scalar(MINUS_ONE.encoded) == MINUS_ONE


def test_points_that_cancel_out_raise() -> None:
    with pytest.raises(InvalidPoint):
        add(GENERATOR, multiply(MINUS_ONE, GENERATOR))


def test_libsodium_would_have_returned_the_identity() -> None:
    opposite = multiply(MINUS_ONE, GENERATOR)
    total = pysodium.crypto_core_ristretto255_add(GENERATOR.encoded, opposite.encoded)
    assert total == bytes(32)


def test_terms_that_cancel_out_raise() -> None:
    with pytest.raises(InvalidPoint):
        multiply_and_add([ONE, MINUS_ONE], [GENERATOR, GENERATOR])


def test_a_point_that_was_never_checked_still_fails_to_multiply() -> None:
    with pytest.raises(InvalidPoint):
        multiply(ONE, Point(bytes(32)))


def test_sums_of_no_or_unequal_terms_are_refused() -> None:
    with pytest.raises(InvalidBatch):
        multiply_and_add([], [])
    with pytest.raises(InvalidBatch):
        multiply_and_add([ONE, ONE], [GENERATOR])


def test_scalars_that_cancel_out_raise() -> None:
    with pytest.raises(InvalidScalar):
        add_scalars(ONE, MINUS_ONE)
    with pytest.raises(InvalidScalar):
        subtract_scalars(ONE, ONE)


@pytest.mark.parametrize("length", [0, 1, 2, 17])
def test_each_inverse_of_a_batch_undoes_its_scalar(length: int) -> None:
    scalars = [generate_scalar() for _ in range(length)]
    inverses = invert_scalars(scalars)
    products = [
        multiply_scalars(scalar, inverse)
        for scalar, inverse in zip(scalars, inverses, strict=True)
    ]
    assert products == [ONE] * length


def test_two_fresh_scalars_differ() -> None:
    assert generate_scalar() != generate_scalar()


def test_a_scalar_cannot_key_a_table() -> None:
    with pytest.raises(TypeError):
        hash(generate_scalar())


def test_uniform_bytes_of_zero_give_no_point() -> None:
    with pytest.raises(InvalidPoint):
        derive_point(bytes(64))


def test_a_scalar_is_equal_to_nothing_else() -> None:
    assert ONE.encoded != ONE
    assert Scalar(ONE.encoded) == ONE
