"""Blind, evaluate, verify, combine: RFC 9497 VOPRF with a key shared among holders.

    client   B = r*P                                  blind
    holder   E_i = k_i*B and a proof for the batch    evaluate
    client   the proof holds under K_i                verify_evaluation
    client   N = r^-1 * sum(l_i*E_i) = k*P            combine

The pseudonym is the unblinded element itself, not the RFC's hash of it: the index
multiplies it once more and must be able to change keys without anyone re-submitting.

- A holder sees points that a fresh scalar has made independent of the person.
- What is combined was verified: `combine` takes `VerifiedEvaluation`s only, and
  refuses those of two epochs.
- Randomness comes in as an argument, except in `blind_batch`, the client's edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from keys.dleq import MAX_BATCH, Proof, prove, verify_proof
from keys.errors import InvalidBatch
from keys.group import (
    Point,
    Scalar,
    generate_scalar,
    invert_scalars,
    multiply,
    multiply_and_add,
    multiply_scalars,
    parse_scalar,
)
from keys.lagrange import derive_coefficients
from keys.pseudonym import Pseudonym, parse_pseudonym
from keys.shares import KeyShare, PublicShare, verify_quorum
from keys.suite import VOPRF, Context


@dataclass(frozen=True, slots=True, repr=False)
class BlindedBatch:
    """Points for the holders, and the scalars that only the client may know."""

    points: tuple[Point, ...]
    blinds: tuple[Scalar, ...]

    def __repr__(self) -> str:
        """Show the type: with its blind a point names a person."""
        return "<BlindedBatch>"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A holder's answer: one point for each asked, and one proof for all."""

    points: tuple[Point, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class VerifiedEvaluation:
    """Evaluations that were proven under this share; made by `verify_evaluation`."""

    share: PublicShare
    points: tuple[Point, ...]


def blind(message: bytes, r: Scalar, context: Context = VOPRF) -> Point:
    """Give B = r*P for the P of a message; `r` is fresh and used once."""
    return multiply(r, context.hash_to_group(message))


def blind_batch(messages: Sequence[bytes]) -> BlindedBatch:
    """Blind each message freshly; raises `InvalidBatch` outside 1..4096."""
    if not 1 <= len(messages) <= MAX_BATCH:
        raise InvalidBatch
    blinds = tuple(generate_scalar() for _ in messages)
    points = (blind(each, r) for each, r in zip(messages, blinds, strict=True))
    return BlindedBatch(tuple(points), blinds)


def evaluate(share: KeyShare, blinded: Sequence[Point], nonce: Scalar) -> Evaluation:
    """Give k_i*B for each point, proven in one batch; `nonce` is fresh.

    About 130 us a point on one core. Raises `InvalidBatch` outside 1..4096 points,
    before anything is evaluated.
    """
    if not 1 <= len(blinded) <= MAX_BATCH:
        raise InvalidBatch
    points = tuple(multiply(share.scalar, point) for point in blinded)
    proof = prove(share.scalar, share.public.point, blinded, points, nonce)
    return Evaluation(points, proof)


def verify_evaluation(
    share: PublicShare, blinded: Sequence[Point], evaluation: Evaluation
) -> VerifiedEvaluation:
    """Give evaluations that may be combined, or raise `ProofRefused`.

    `share` comes from a verified key config: the proof binds the answer to one holder,
    one key version and one epoch. Proven by tests/property/test_blinding.py.
    """
    verify_proof(share.point, blinded, evaluation.points, evaluation.proof)
    return VerifiedEvaluation(share, evaluation.points)


def combine(
    blinds: Sequence[Scalar], evaluations: Sequence[VerifiedEvaluation]
) -> tuple[Pseudonym, ...]:
    """Unblind and put together: N = k*P for each blinded point, in order.

    Any quorum gives the same pseudonyms. Raises `MixedShares`, `DuplicateShare` or
    `TooFewShares` when these are no quorum, `InvalidBatch` for unequal lengths.
    """
    verify_quorum([each.share for each in evaluations])
    if not blinds or any(len(each.points) != len(blinds) for each in evaluations):
        raise InvalidBatch
    indexes = [each.share.index for each in evaluations]
    weights = [parse_scalar(factor) for factor in derive_coefficients(indexes)]
    columns = zip(*(each.points for each in evaluations), strict=True)
    return tuple(
        _unblind(inverse, weights, points)
        for inverse, points in zip(invert_scalars(blinds), columns, strict=True)
    )


def _unblind(
    inverse: Scalar, weights: Sequence[Scalar], points: Sequence[Point]
) -> Pseudonym:
    # One multiplication per holder: r^-1 goes into the weights, which cost nothing.
    factors = [multiply_scalars(inverse, weight) for weight in weights]
    return parse_pseudonym(multiply_and_add(factors, points).encoded)
