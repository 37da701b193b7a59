"""What holders hand the index at a rotation, and how a thief would make the key of it.

The index may learn the factor between two keys, and neither key. With products that
are not hidden, or hidden twice by one thing, it or whoever steals from it does.
"""

from collections.abc import Mapping, Sequence

import pytest

from keys.dkg.factor import find_factor, mask_products, verify_products
from keys.errors import InvalidScalar, ProofRefused
from keys.group import Scalar, generate_scalar, multiply_base, parse_scalar
from keys.lagrange import derive_coefficients
from tests.keys_builders import ORDER
from tests.rotation_builders import Rotated

THIEF = 1
"""The holder whose share was stolen."""


def number(scalar: Scalar) -> int:
    return int.from_bytes(scalar.encoded, "little")


def root_of(square: int) -> int | None:
    """A square root modulo the order of the group, which is 5 modulo 8."""
    for twist in (1, pow(2, (ORDER - 1) // 4, ORDER)):
        root = pow(square, (ORDER + 3) // 8, ORDER) * twist % ORDER
        if root * root % ORDER == square % ORDER:
            return root
    return None


def coefficients_of(values: Mapping[int, int]) -> tuple[int, int, int]:
    """The parabola through the values at 1, 2 and 3, constant term first."""
    first, second, third = (values[at] for at in (1, 2, 3))
    half = pow(2, -1, ORDER)
    square = (first - 2 * second + third) * half % ORDER
    line = (second - first - 3 * square) % ORDER
    return (first - line - square) % ORDER, line, square


def find_keys(values: Mapping[int, int], share: int) -> Sequence[int]:
    """The keys that products of two shares at 1, 2 and 3 leave, with one share.

    A line through that share is zero where the product is.
    """
    constant, line, square = coefficients_of(values)
    root = root_of((line * line - 4 * square * constant) % ORDER)
    if root is None:
        return []
    roots = [
        (sign * root - line) * pow(2 * square, -1, ORDER) % ORDER for sign in (1, -1)
    ]
    return [
        share * -zero * pow(THIEF - zero, -1, ORDER) % ORDER
        for zero in roots
        if zero != THIEF
    ]


def bare_of(run: Rotated) -> dict[int, int]:
    return {
        at: number(run.parts(at).mask) * number(run.parts(at).former) % ORDER
        for at in (1, 2, 3)
    }


def test_bare_products_and_one_share_are_the_key() -> None:
    """Why no product is ever handed over bare; the attack of the tests below."""
    run = Rotated(2, 3)
    found = [find_keys(bare_of(run), number(run.parts(THIEF).former))]
    assert number(run.former_key) in found[0]


@pytest.mark.parametrize("which", ["former", "following"])
def test_what_is_handed_over_and_one_share_are_no_key(which: str) -> None:
    run = Rotated(2, 3)
    values = {at: number(getattr(each, which)) for at, each in run.products().items()}
    share = number(getattr(run.parts(THIEF), which))
    found = find_keys(values, share)
    assert number(run.former_key) not in found
    assert number(run.following_key) not in found


def test_a_share_of_zero_that_hides_both_products_hides_no_key() -> None:
    """Their difference is a bare product, and the factor does the rest."""
    run = Rotated(2, 3)
    run.zeros = (run.zeros[0], run.zeros[0])
    products = run.products()
    values = {
        at: (number(each.following) - number(each.former)) % ORDER
        for at, each in products.items()
    }
    stolen = run.parts(THIEF)
    gap = (number(stolen.following) - number(stolen.former)) % ORDER
    found = find_keys(values, gap)
    factor = number(find_factor(products))
    keys = [gap * pow(factor - 1, -1, ORDER) % ORDER for gap in found]
    assert number(run.former_key) in keys


def test_a_share_of_zero_used_twice_is_seen() -> None:
    """By what all can see of it the second was to be another."""
    run = Rotated(2, 3)
    public = run.public(2)
    run.zeros = (run.zeros[0], run.zeros[0])
    products = mask_products(run.parts(2), run.public(2), generate_scalar())
    with pytest.raises(ProofRefused):
        verify_products(public, products)


def test_a_bare_product_is_seen() -> None:
    run = Rotated(2, 3)
    bare = parse_scalar(bare_of(run)[2].to_bytes(32, "little"))
    honest = run.products()[2]
    changed = type(honest)(bare, honest.following, honest.proof)
    with pytest.raises(ProofRefused):
        verify_products(run.public(2), changed)


def test_two_of_three_tell_no_factor() -> None:
    """For any factor there is a third product that gives it with the two."""
    run = Rotated(2, 3)
    products = run.products()
    wanted = number(generate_scalar())
    weights = [
        int.from_bytes(each, "little") for each in derive_coefficients((1, 2, 3))
    ]
    former = sum(
        weight * number(products[at].former) for at, weight in enumerate(weights, 1)
    )
    others = sum(
        weight * number(products[at].following)
        for at, weight in enumerate(weights[:2], 1)
    )
    third = (wanted * former - others) * pow(weights[2], -1, ORDER) % ORDER
    honest = products[3]
    scalar = parse_scalar(third.to_bytes(32, "little"))
    fitting = type(honest)(honest.former, scalar, honest.proof)
    assert number(find_factor({**products, 3: fitting})) == wanted
    assert multiply_base(find_factor(products)) != multiply_base(
        find_factor({**products, 3: fitting})
    )


def test_no_factor_is_zero() -> None:
    """A following key of zero would be the identity, and the index's secret none."""
    run = Rotated(2, 3)
    products = run.products()
    weights = [
        int.from_bytes(each, "little") for each in derive_coefficients((1, 2, 3))
    ]
    others = sum(
        weight * number(products[at].following)
        for at, weight in enumerate(weights[:2], 1)
    )
    third = -others * pow(weights[2], -1, ORDER) % ORDER
    honest = products[3]
    scalar = parse_scalar(third.to_bytes(32, "little"))
    with pytest.raises(InvalidScalar):
        find_factor({**products, 3: type(honest)(honest.former, scalar, honest.proof)})
