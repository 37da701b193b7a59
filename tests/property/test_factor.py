"""The factor between two keys is right for any t of n that can give it, and proven."""

import operator
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.dkg import draw_polynomial
from keys.dkg.factor import (
    PRODUCTS_BYTES,
    Products,
    find_factor,
    mask_products,
    parse_products,
    verify_products,
)
from keys.errors import InvalidScalar, ProofRefused
from keys.group import (
    Scalar,
    generate_scalar,
    multiply_scalars,
    parse_scalar,
)
from keys.lagrange import derive_coefficients
from tests.keys_builders import ORDER
from tests.rotation_builders import Rotated

SIZES = [(t, n) for n in range(2, 6) for t in range(2, n + 1) if n >= 2 * t - 1]


@pytest.mark.parametrize(("threshold", "parties"), SIZES)
def test_the_factor_makes_the_following_key_of_the_former(
    threshold: int, parties: int
) -> None:
    run = Rotated(threshold, parties)
    products = run.products()
    factor = find_factor(products)
    assert multiply_scalars(factor, run.former_key) == run.following_key
    for few in combinations(products, 2 * threshold - 1):
        assert find_factor({at: products[at] for at in few}) == factor


@pytest.mark.parametrize(("threshold", "parties"), SIZES)
def test_fewer_than_the_degree_asks_give_another_factor(
    threshold: int, parties: int
) -> None:
    run = Rotated(threshold, parties)
    products = run.products()
    factor = find_factor(products)
    for few in combinations(products, 2 * threshold - 2):
        assert find_factor({at: products[at] for at in few}) != factor


RUN = Rotated(2, 3)
HONEST = RUN.products()


@settings(deadline=None)
@given(at=st.integers(0, PRODUCTS_BYTES - 1), by=st.integers(1, 255))
def test_any_changed_byte_is_no_scalar_or_not_proven(at: int, by: int) -> None:
    honest = HONEST[2].encode()
    changed = honest[:at] + bytes([honest[at] ^ by]) + honest[at + 1 :]
    with pytest.raises((InvalidScalar, ProofRefused)):
        verify_products(RUN.public(2), parse_products(changed))


@pytest.mark.parametrize("at", [0, 32, 64, 96])
def test_an_unreduced_value_is_none(at: int) -> None:
    honest = HONEST[2].encode()
    value = int.from_bytes(honest[at : at + 32], "little") + ORDER
    changed = honest[:at] + value.to_bytes(32, "little") + honest[at + 32 :]
    zero = honest[:at] + bytes(32) + honest[at + 32 :]
    for each in (changed, zero, honest[:-1], honest + b"\0", b""):
        with pytest.raises((InvalidScalar, ProofRefused)):
            parse_products(each)


def test_what_was_encoded_is_read_again() -> None:
    assert parse_products(HONEST[1].encode()) == HONEST[1]


def _swapped(products: Products) -> Products:
    return replace(products, former=products.following, following=products.former)


def _scaled(products: Products) -> Products:
    two = parse_scalar((2).to_bytes(32, "little"))
    return replace(
        products,
        former=multiply_scalars(two, products.former),
        following=multiply_scalars(two, products.following),
    )


def _other(products: Products) -> Products:
    return replace(products, following=generate_scalar())


@pytest.mark.parametrize("change", [_swapped, _scaled, _other, lambda _: HONEST[1]])
def test_products_of_something_else_are_not_proven(
    change: Callable[[Products], Products],
) -> None:
    with pytest.raises(ProofRefused):
        verify_products(RUN.public(2), change(HONEST[2]))


def test_nothing_leaves_that_does_not_fit_what_all_see() -> None:
    parts = RUN.parts(2)
    for other in (
        replace(parts, former=generate_scalar()),
        replace(parts, following=generate_scalar()),
        replace(parts, mask=generate_scalar()),
        replace(parts, zeros=(parts.zeros[1], parts.zeros[0])),
    ):
        with pytest.raises(ProofRefused):
            mask_products(other, RUN.public(2), generate_scalar())


def test_nothing_secret_has_a_repr() -> None:
    assert repr(RUN.parts(1)) == "<Parts>"
    assert repr(HONEST[1]) == "<Products>"


def number(scalar: Scalar) -> int:
    return int.from_bytes(scalar.encoded, "little")


def at_zero(values: dict[int, int]) -> int:
    weights = [
        int.from_bytes(each, "little") for each in derive_coefficients([*values])
    ]
    total: int = sum(map(operator.mul, weights, values.values()))
    return total % ORDER


def test_what_the_receiver_hears_fits_every_former_key() -> None:
    """For any other key there are a mask and shares of zero that say just the same."""
    factor = number(find_factor(HONEST))
    for other in (draw_polynomial(2) for _ in range(5)):
        masked = at_zero({at: number(each.former) for at, each in HONEST.items()})
        mask = masked * pow(number(other.coefficients[0]), -1, ORDER)
        following = number(other.coefficients[0]) * factor
        for key, of in ((other, "former"), (None, "following")):
            zeros = {
                at: number(getattr(each, of))
                - (mask + at) * (number(key.value_at(at)) if key else following + at)
                for at, each in HONEST.items()
            }
            assert at_zero(zeros) == 0
