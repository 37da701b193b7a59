"""A batched proof: it holds for exactly what was evaluated, and for nothing else."""

from collections.abc import Callable

import pytest

from keys.dleq import MAX_BATCH, Proof, parse_proof, prove, verify_proof
from keys.errors import InvalidBatch, ProofRefused
from keys.group import Point, generate_scalar, multiply, multiply_base
from tests.keys_builders import ORDER

SECRET = generate_scalar()
PUBLIC = multiply_base(SECRET)
BLINDED = tuple(multiply_base(generate_scalar()) for _ in range(3))
EVALUATED = tuple(multiply(SECRET, point) for point in BLINDED)
PROOF = prove(SECRET, PUBLIC, BLINDED, EVALUATED, generate_scalar())

Statement = tuple[Point, tuple[Point, ...], tuple[Point, ...]]

FORGERIES: dict[str, Callable[[], Statement]] = {
    "another share": lambda: (multiply_base(generate_scalar()), BLINDED, EVALUATED),
    "one point evaluated otherwise": lambda: (
        PUBLIC,
        BLINDED,
        (EVALUATED[0], multiply_base(generate_scalar()), EVALUATED[2]),
    ),
    "answers in another order": lambda: (
        PUBLIC,
        BLINDED,
        (EVALUATED[1], EVALUATED[0], EVALUATED[2]),
    ),
    "both lists in another order": lambda: (PUBLIC, BLINDED[::-1], EVALUATED[::-1]),
    "a part of the batch": lambda: (PUBLIC, BLINDED[:2], EVALUATED[:2]),
    "a longer batch": lambda: (
        PUBLIC,
        (*BLINDED, BLINDED[0]),
        (*EVALUATED, EVALUATED[0]),
    ),
    "points given back as they came": lambda: (PUBLIC, BLINDED, BLINDED),
}


def test_an_honest_proof_holds() -> None:
    verify_proof(PUBLIC, BLINDED, EVALUATED, PROOF)


def test_a_proof_reads_back() -> None:
    assert parse_proof(PROOF.encode()) == PROOF


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_proof_holds_for_nothing_else(forge: Callable[[], Statement]) -> None:
    public, blinded, evaluated = forge()
    with pytest.raises(ProofRefused):
        verify_proof(public, blinded, evaluated, PROOF)


def test_a_proof_made_with_another_secret_fails() -> None:
    made = prove(generate_scalar(), PUBLIC, BLINDED, EVALUATED, generate_scalar())
    with pytest.raises(ProofRefused):
        verify_proof(PUBLIC, BLINDED, EVALUATED, made)


def test_challenge_and_response_are_not_interchangeable() -> None:
    with pytest.raises(ProofRefused):
        verify_proof(PUBLIC, BLINDED, EVALUATED, Proof(PROOF.response, PROOF.challenge))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PROOF.encode()[:63],
        PROOF.encode() + b"\x00",
        bytes(64),
        PROOF.encode()[:32] + bytes(32),
        PROOF.encode()[:32] + ORDER.to_bytes(32, "little"),
    ],
    ids=["empty", "short", "long", "zeros", "zero response", "unreduced response"],
)
def test_a_malformed_proof_is_refused(data: bytes) -> None:
    with pytest.raises(ProofRefused):
        parse_proof(data)


def test_an_unreduced_response_of_the_same_value_is_refused() -> None:
    # A second encoding of a valid proof would make it malleable.
    value = int.from_bytes(PROOF.response.encoded, "little") + ORDER
    with pytest.raises(ProofRefused):
        parse_proof(PROOF.challenge.encoded + value.to_bytes(32, "little"))


def test_an_empty_batch_proves_nothing() -> None:
    with pytest.raises(InvalidBatch):
        verify_proof(PUBLIC, (), (), PROOF)


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(InvalidBatch):
        verify_proof(PUBLIC, BLINDED, EVALUATED[:2], PROOF)


def test_a_batch_above_the_limit_is_refused_before_any_work() -> None:
    many = (BLINDED[0],) * (MAX_BATCH + 1)
    with pytest.raises(InvalidBatch):
        verify_proof(PUBLIC, many, many, PROOF)
