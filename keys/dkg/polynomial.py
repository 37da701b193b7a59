"""Polynomials over the scalars, and what their commitments say of each value.

- A party's value stands at its index, 1 or above: at 0 stands the secret itself.
- `ZeroSharing` has no constant term at all: adding its values to shares changes no key.
  It is a type of its own, so that no `Scalar` or `Point` need ever be zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from keys.errors import InvalidScalar
from keys.group import (
    Point,
    Scalar,
    add,
    add_scalars,
    generate_scalar,
    multiply,
    multiply_base,
    multiply_scalars,
    parse_scalar,
)
from keys.lagrange import MAX_INDEX


@dataclass(frozen=True, slots=True, repr=False)
class Polynomial:
    """A secret polynomial, constant term first; no coefficient is zero."""

    coefficients: tuple[Scalar, ...]

    def __repr__(self) -> str:
        """Show the type, never a coefficient."""
        return "<Polynomial>"

    @property
    def commitments(self) -> tuple[Point, ...]:
        """Give each coefficient times G."""
        return tuple(multiply_base(each) for each in self.coefficients)

    @property
    def lowest(self) -> Scalar:
        """Give the coefficient whose knowledge is proven: here the constant term."""
        return self.coefficients[0]

    def value_at(self, index: int) -> Scalar:
        """Give the share of the party with this index; raises `InvalidScalar` for 0."""
        at = _index(index)
        value = self.coefficients[-1]
        for coefficient in reversed(self.coefficients[:-1]):
            value = add_scalars(multiply_scalars(value, at), coefficient)
        return value


@dataclass(frozen=True, slots=True, repr=False)
class ZeroSharing:
    """Shares of zero: x times a polynomial, so its value at 0 is zero by its form."""

    rest: Polynomial

    def __repr__(self) -> str:
        """Show the type, never a coefficient."""
        return "<ZeroSharing>"

    @property
    def commitments(self) -> tuple[Point, ...]:
        """Give the commitments from x upwards; none to a constant exists."""
        return self.rest.commitments

    @property
    def lowest(self) -> Scalar:
        """Give the coefficient whose knowledge is proven: here that of x."""
        return self.rest.coefficients[0]

    def value_at(self, index: int) -> Scalar:
        """Give what the party with this index adds to its share."""
        return multiply_scalars(_index(index), self.rest.value_at(index))


def draw_polynomial(threshold: int) -> Polynomial:
    """Draw a polynomial that any `threshold` values determine and fewer do not."""
    return Polynomial(tuple(generate_scalar() for _ in range(threshold)))


def draw_zero_sharing(threshold: int) -> ZeroSharing:
    """Draw shares of zero that fit shares of this threshold."""
    return ZeroSharing(draw_polynomial(threshold - 1))


def draw_sharing(constant: Scalar, threshold: int) -> Polynomial:
    """Draw a polynomial with this constant term: it shares what a party has already."""
    rest = draw_polynomial(threshold - 1)
    return Polynomial((constant, *rest.coefficients))


def find_zero_point(commitments: Sequence[Point], index: int) -> Point:
    """Give the value of shares of zero at an index times G; raises as `find_point`."""
    return multiply(_index(index), find_point(commitments, index))


def find_point(commitments: Sequence[Point], index: int) -> Point:
    """Give the value at an index times G, from the commitments alone.

    Raises `InvalidScalar` for index 0, `InvalidPoint` when the terms cancel out.
    """
    at = _index(index)
    total = commitments[-1]
    for commitment in reversed(commitments[:-1]):
        total = add(multiply(at, total), commitment)
    return total


def _index(index: int) -> Scalar:
    if not 1 <= index <= MAX_INDEX:
        raise InvalidScalar("no party has this index")
    return parse_scalar(index.to_bytes(32, "little"))
