"""How one key becomes another, while one party alone learns the factor between them.

    party i   u_i = m_i*k_i + a_i    w_i = m_i*k'_i + b_i    and a proof of both
    receiver  u = sum of l_i*u_i = m*k    w = m*k'    factor = w/u = k'/k

k_i and k'_i are shares of the former and the following key, m_i of a mask that serves
this once, a_i and b_i of zero. A product of two shares of threshold t is a share of
threshold 2t - 1: so many parties are needed, and of that threshold zero is shared.

- A product is never given bare: m(x)*k(x) is zero where k(x) is, so all products and
  ONE share give k. A share of zero goes with each, another one for u than for w.
- u_i*G - A_i is m_i*K_i, so a party proves its two values with one proof (RFC 9497,
  2.2) against what all can see; a wrong one names its sender. The proof and A_i tell no
  more than u_i does.
- The receiver learns the factor, and m*k, which is k times what nobody knows. With the
  mask's public half that gives (1/k)*G: no more than an evaluation of K gives (k^2*G).

Proven by tests/property/test_factor.py, tests/contract/test_factor_vectors.py and
tests/attack/test_a_rotation_gives_the_key_away.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from keys.dleq import Proof, parse_proof, prove, verify_proof
from keys.errors import InvalidPoint, ProofRefused
from keys.group import (
    SCALAR_BYTES,
    Point,
    Scalar,
    add_scalars,
    invert_scalars,
    multiply_base,
    multiply_scalars,
    parse_scalar,
    subtract,
)
from keys.lagrange import derive_coefficients

PRODUCTS_BYTES: Final = 4 * SCALAR_BYTES


@dataclass(frozen=True, slots=True, repr=False)
class Parts:
    """One party's shares, all at its index: of both keys, the mask, and zero twice."""

    former: Scalar
    following: Scalar
    mask: Scalar
    zeros: tuple[Scalar, Scalar]

    def __repr__(self) -> str:
        """Show the type, never a share."""
        return "<Parts>"


@dataclass(frozen=True, slots=True)
class PublicParts:
    """The same, each times G: what everybody can see of a party's."""

    former: Point
    following: Point
    mask: Point
    zeros: tuple[Point, Point]


@dataclass(frozen=True, slots=True, repr=False)
class Products:
    """u_i, w_i and their proof; for the receiver alone."""

    former: Scalar
    following: Scalar
    proof: Proof

    def __repr__(self) -> str:
        """Show the type: all of them together are the factor."""
        return "<Products>"

    def encode(self) -> bytes:
        """Give u_i, w_i and the proof, 128 bytes."""
        values = self.former.encoded + self.following.encoded
        return values + self.proof.encode()


def parse_products(data: bytes) -> Products:
    """Read what `encode` gives.

    Raises `InvalidScalar` or `ProofRefused` for zero, an unreduced value or another
    length.
    """
    values, proof = data[: 2 * SCALAR_BYTES], data[2 * SCALAR_BYTES :]
    return Products(
        parse_scalar(values[:SCALAR_BYTES]),
        parse_scalar(values[SCALAR_BYTES:]),
        parse_proof(proof),
    )


def mask_products(parts: Parts, public: PublicParts, nonce: Scalar) -> Products:
    """Give a party's products, each hidden by its own share of zero, and their proof.

    `nonce` is fresh. Raises `ProofRefused` where parts and public parts do not fit, so
    that nothing leaves that was not made as all believe.
    """
    values = [
        add_scalars(multiply_scalars(parts.mask, share), zero)
        for share, zero in zip(
            (parts.former, parts.following), parts.zeros, strict=True
        )
    ]
    bases = (public.former, public.following)
    proof = prove(parts.mask, public.mask, bases, _uncover(public, values), nonce)
    products = Products(values[0], values[1], proof)
    verify_products(public, products)
    return products


def verify_products(public: PublicParts, products: Products) -> None:
    """Return when this party gave what it must, or raise `ProofRefused`."""
    bare = _uncover(public, (products.former, products.following))
    bases = (public.former, public.following)
    verify_proof(public.mask, bases, bare, products.proof)


def find_factor(products: Mapping[int, Products]) -> Scalar:
    """Give following key / former key, from the verified products of every party.

    Raises `InvalidScalar` when a sum is zero, which no verified products give.
    """
    weights = [parse_scalar(each) for each in derive_coefficients(tuple(products))]
    former = _add_up(weights, [each.former for each in products.values()])
    following = _add_up(weights, [each.following for each in products.values()])
    return multiply_scalars(following, invert_scalars([former])[0])


def _uncover(public: PublicParts, values: Sequence[Scalar]) -> list[Point]:
    """Give the bare products times G; raises `ProofRefused` where one is none."""
    try:
        return [
            subtract(multiply_base(value), zero)
            for value, zero in zip(values, public.zeros, strict=True)
        ]
    except InvalidPoint:
        raise ProofRefused from None


def _add_up(weights: Sequence[Scalar], values: Sequence[Scalar]) -> Scalar:
    pairs = zip(weights, values, strict=True)
    return reduce(add_scalars, [multiply_scalars(*pair) for pair in pairs])
