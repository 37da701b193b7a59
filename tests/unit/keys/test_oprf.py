"""Blind, evaluate, verify, combine: what the client must refuse on the way."""

from dataclasses import replace

import pytest

from keys.dleq import MAX_BATCH
from keys.errors import (
    DuplicateShare,
    InvalidBatch,
    MixedShares,
    ProofRefused,
    TooFewShares,
)
from keys.group import generate_scalar, multiply
from keys.oprf import (
    Evaluation,
    VerifiedEvaluation,
    blind_batch,
    combine,
    evaluate,
    verify_evaluation,
)
from keys.pseudonym import KeyVersion
from keys.shares import Sharing
from keys.suite import VOPRF
from tests.dealing import split_key
from tests.keys_builders import MESSAGE, evaluations_of, pseudonymise_with

KEY = generate_scalar()
EPOCH_1 = Sharing(key_version=KeyVersion(1), epoch=1, threshold=2)
EPOCH_2 = replace(EPOCH_1, epoch=2)
SHARES = split_key(KEY, EPOCH_1, 3)
REFRESHED = split_key(KEY, EPOCH_2, 3)


def test_the_pseudonym_is_the_key_times_the_point_of_the_person() -> None:
    (pseudonym,) = pseudonymise_with(SHARES[:2], [MESSAGE])
    expected = multiply(KEY, VOPRF.hash_to_group(MESSAGE))
    assert pseudonym.encoded == expected.encoded


def test_a_batch_keeps_the_order_of_its_messages() -> None:
    messages = [b"nl-bsn:%09d" % number for number in range(5)]
    together = pseudonymise_with(SHARES[:2], messages)
    assert together == tuple(
        pseudonymise_with(SHARES[:2], [message])[0] for message in messages
    )


def test_a_refreshed_sharing_gives_the_same_pseudonym() -> None:
    before = pseudonymise_with(SHARES[:2], [MESSAGE])
    assert pseudonymise_with(REFRESHED[1:], [MESSAGE]) == before


def test_blinding_the_same_person_twice_shows_two_unrelated_points() -> None:
    batch = blind_batch([MESSAGE, MESSAGE])
    assert batch.points[0] != batch.points[1]


def test_evaluations_of_two_epochs_never_combine() -> None:
    batch = blind_batch([MESSAGE])
    old, new = evaluations_of([SHARES[0], REFRESHED[1]], batch.points)
    with pytest.raises(MixedShares):
        combine(batch.blinds, [old, new])


def test_an_answer_with_a_share_of_another_epoch_is_not_proven() -> None:
    batch = blind_batch([MESSAGE])
    answer = evaluate(REFRESHED[0], batch.points, generate_scalar())
    with pytest.raises(ProofRefused):
        verify_evaluation(SHARES[0].public, batch.points, answer)


def test_an_answer_of_another_holder_is_not_proven() -> None:
    batch = blind_batch([MESSAGE])
    answer = evaluate(SHARES[1], batch.points, generate_scalar())
    with pytest.raises(ProofRefused):
        verify_evaluation(SHARES[0].public, batch.points, answer)


def test_an_answer_to_another_batch_is_not_proven() -> None:
    first, second = blind_batch([MESSAGE]), blind_batch([MESSAGE])
    answer = evaluate(SHARES[0], first.points, generate_scalar())
    with pytest.raises(ProofRefused):
        verify_evaluation(SHARES[0].public, second.points, answer)


def test_an_answer_that_lacks_a_point_is_refused() -> None:
    batch = blind_batch([MESSAGE, b"nl-bsn:999990020"])
    answer = evaluate(SHARES[0], batch.points, generate_scalar())
    cut = Evaluation(answer.points[:1], answer.proof)
    with pytest.raises(InvalidBatch):
        verify_evaluation(SHARES[0].public, batch.points, cut)


def test_one_holder_does_not_suffice() -> None:
    batch = blind_batch([MESSAGE])
    with pytest.raises(TooFewShares):
        combine(batch.blinds, evaluations_of(SHARES[:1], batch.points))


def test_one_holder_twice_does_not_suffice() -> None:
    batch = blind_batch([MESSAGE])
    with pytest.raises(DuplicateShare):
        combine(batch.blinds, evaluations_of([SHARES[0], SHARES[0]], batch.points))


def test_nobody_does_not_suffice() -> None:
    with pytest.raises(TooFewShares):
        combine(blind_batch([MESSAGE]).blinds, [])


def test_answers_of_another_length_do_not_combine() -> None:
    batch = blind_batch([MESSAGE])
    verified = evaluations_of(SHARES[:2], batch.points)
    with pytest.raises(InvalidBatch):
        combine([*batch.blinds, generate_scalar()], verified)
    with pytest.raises(InvalidBatch):
        combine([], [VerifiedEvaluation(each.share, ()) for each in verified])


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(InvalidBatch):
        blind_batch([])
    with pytest.raises(InvalidBatch):
        evaluate(SHARES[0], (), generate_scalar())


def test_a_batch_above_the_limit_is_refused_before_any_work() -> None:
    with pytest.raises(InvalidBatch):
        blind_batch([MESSAGE] * (MAX_BATCH + 1))
    with pytest.raises(InvalidBatch):
        evaluate(
            SHARES[0],
            blind_batch([MESSAGE]).points * (MAX_BATCH + 1),
            generate_scalar(),
        )
