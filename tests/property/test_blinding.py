"""Whoever answers and however it is blinded: one person has one pseudonym.

And whatever is changed about an answer, its proof fails.
"""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.dleq import Proof, parse_proof, verify_proof
from keys.errors import MixedShares, ParseError, ProofRefused
from keys.group import (
    Point,
    Scalar,
    derive_scalar,
    generate_scalar,
    invert_scalars,
    multiply,
    multiply_base,
    multiply_scalars,
    parse_point,
    parse_scalar,
)
from keys.lagrange import combine_points
from keys.oprf import (
    BlindedBatch,
    VerifiedEvaluation,
    blind,
    combine,
    evaluate,
    verify_evaluation,
)
from keys.pseudonym import KeyVersion, Pseudonym, parse_pseudonym
from keys.shares import KeyShare, Sharing
from keys.suite import VOPRF
from tests.dealing import combine_shares, split_key
from tests.keys_builders import evaluations_of, pseudonymise_with

messages = st.lists(st.binary(min_size=0, max_size=40), min_size=1, max_size=4)
scalars = st.binary(min_size=64, max_size=64).filter(any).map(derive_scalar)
circles = st.integers(2, 5).flatmap(
    lambda holders: st.tuples(st.just(holders), st.integers(2, holders))
)


def a_sharing(threshold: int = 2, epoch: int = 1) -> Sharing:
    return Sharing(key_version=KeyVersion(1), epoch=epoch, threshold=threshold)


@given(key=scalars, circle=circles, inputs=messages)
def test_any_quorum_gives_the_same_pseudonyms(
    key: Scalar, circle: tuple[int, int], inputs: list[bytes]
) -> None:
    holders, threshold = circle
    shares = split_key(key, a_sharing(threshold), holders)
    expected = tuple(
        multiply(key, VOPRF.hash_to_group(each)).encoded for each in inputs
    )
    for quorum in combinations(shares, threshold):
        found = pseudonymise_with(quorum, inputs)
        assert tuple(each.encoded for each in found) == expected


@given(key=scalars, r=scalars, message=st.binary(max_size=40))
def test_blinding_never_changes_the_result(
    key: Scalar, r: Scalar, message: bytes
) -> None:
    shares = split_key(key, a_sharing(), 3)[1:]
    batch = BlindedBatch((blind(message, r),), (r,))
    (found,) = combine(batch.blinds, evaluations_of(shares, batch.points))
    assert found.encoded == multiply(key, VOPRF.hash_to_group(message)).encoded


@given(key=scalars, epochs=st.lists(st.integers(1, 9), min_size=2, max_size=2))
def test_shares_of_two_epochs_never_combine_silently(
    key: Scalar, epochs: list[int]
) -> None:
    old, new = (split_key(key, a_sharing(epoch=epoch), 3) for epoch in epochs)
    point = blind(b"nl-bsn:999990019", generate_scalar())
    mixed = [old[0], new[1]]
    if epochs[0] != epochs[1]:
        with pytest.raises(MixedShares):
            combine_shares(mixed)
        with pytest.raises(MixedShares):
            combine([generate_scalar()], evaluations_of(mixed, [point]))
    # Why it must be refused: arithmetic alone would give a key that is not the key.
    parts = {share.index: multiply(share.scalar, point).encoded for share in mixed}
    assert combine_points(parts) != multiply(key, point).encoded


@given(key=scalars, epochs=st.permutations([1, 2]))
def test_a_share_that_lies_about_its_epoch_is_not_proven(
    key: Scalar, epochs: list[int]
) -> None:
    honest, other = (split_key(key, a_sharing(epoch=epoch), 3)[0] for epoch in epochs)
    liar = KeyShare(honest.sharing, honest.index, other.scalar)
    points = [blind(b"nl-bsn:999990019", generate_scalar())]
    answer = evaluate(liar, points, generate_scalar())
    with pytest.raises(ProofRefused):
        verify_evaluation(honest.public, points, answer)


SHARE = split_key(generate_scalar(), a_sharing(), 3)[0]
BLINDED = tuple(multiply_base(generate_scalar()) for _ in range(3))
ANSWER = evaluate(SHARE, BLINDED, generate_scalar())


@given(at=st.integers(0, 63), mask=st.integers(1, 255))
def test_a_proof_with_a_changed_byte_fails(at: int, mask: int) -> None:
    changed = bytearray(ANSWER.proof.encode())
    changed[at] ^= mask
    with pytest.raises(ProofRefused):
        verify_proof(
            SHARE.public.point, BLINDED, ANSWER.points, parse_proof(bytes(changed))
        )


@given(challenge=scalars, response=scalars)
def test_a_proof_out_of_nothing_fails(challenge: Scalar, response: Scalar) -> None:
    with pytest.raises(ProofRefused):
        verify_proof(
            SHARE.public.point, BLINDED, ANSWER.points, Proof(challenge, response)
        )


@given(which=st.integers(0, 2), shift=scalars)
def test_an_answer_that_is_not_the_evaluation_fails(which: int, shift: Scalar) -> None:
    points = list(ANSWER.points)
    points[which] = multiply(shift, points[which])
    forged = replace(ANSWER, points=tuple(points))
    with pytest.raises(ProofRefused):
        verify_evaluation(SHARE.public, BLINDED, forged)


@given(order=st.permutations(range(3)))
def test_answers_in_another_order_fail(order: list[int]) -> None:
    shuffled = replace(ANSWER, points=tuple(ANSWER.points[at] for at in order))
    if order == [0, 1, 2]:
        verify_evaluation(SHARE.public, BLINDED, shuffled)
        return
    with pytest.raises(ProofRefused):
        verify_evaluation(SHARE.public, BLINDED, shuffled)


@given(data=st.one_of(st.binary(max_size=40), st.binary(min_size=32, max_size=32)))
def test_junk_raises_only_parse_errors(data: bytes) -> None:
    for parse in (parse_point, parse_scalar, parse_pseudonym):
        try:
            value: Point | Scalar | Pseudonym = parse(data)
        except ParseError:
            continue
        assert value.encoded == data


@given(data=st.one_of(st.binary(max_size=70), st.binary(min_size=64, max_size=64)))
def test_a_junk_proof_raises_only_what_it_should(data: bytes) -> None:
    try:
        proof = parse_proof(data)
    except ProofRefused:
        return
    assert proof.encode() == data


@given(values=st.lists(scalars, max_size=6))
def test_inverting_together_equals_inverting_alone(values: list[Scalar]) -> None:
    together = invert_scalars(values)
    assert list(together) == [invert_scalars([value])[0] for value in values]


@given(first=scalars, second=scalars)
def test_blinds_compose(first: Scalar, second: Scalar) -> None:
    twice = multiply(first, multiply(second, BLINDED[0]))
    assert twice == multiply(multiply_scalars(first, second), BLINDED[0])


def test_what_is_combined_was_verified() -> None:
    # The type is the proof: an Evaluation as it comes off the wire does not combine.
    assert combine.__annotations__["evaluations"].__args__ == (VerifiedEvaluation,)
