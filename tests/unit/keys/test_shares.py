"""Shares: any quorum is enough, too few and mixed ones are refused by name."""

from itertools import combinations

import pytest

from keys.errors import (
    DuplicateShare,
    InvalidPoint,
    InvalidScalar,
    MixedShares,
    TooFewShares,
)
from keys.group import add, generate_scalar, multiply_base
from keys.lagrange import combine_points, derive_coefficients
from keys.pseudonym import KeyVersion
from keys.shares import Sharing, get_public_share, verify_quorum
from tests.dealing import combine_shares, split_key
from tests.keys_builders import the_dealing

SHARING = Sharing(key_version=KeyVersion(1), epoch=1, threshold=2)
KEY = generate_scalar()


@pytest.mark.parametrize(
    ("threshold", "holders"), [(2, 2), (2, 3), (3, 3), (3, 5), (5, 7)]
)
def test_every_quorum_gives_the_key(threshold: int, holders: int) -> None:
    sharing = Sharing(key_version=KeyVersion(1), epoch=1, threshold=threshold)
    shares = split_key(KEY, sharing, holders)
    for quorum in combinations(shares, threshold):
        assert combine_shares(quorum) == KEY


def test_more_than_a_quorum_gives_the_key() -> None:
    assert combine_shares(split_key(KEY, SHARING, 4)) == KEY


def test_every_quorum_of_public_shares_gives_the_public_key() -> None:
    publics = {s.index: s.public.point.encoded for s in split_key(KEY, SHARING, 3)}
    for quorum in combinations(publics, 2):
        combined = combine_points({index: publics[index] for index in quorum})
        assert combined == multiply_base(KEY).encoded


def test_one_share_is_too_few() -> None:
    with pytest.raises(TooFewShares):
        combine_shares(split_key(KEY, SHARING, 3)[:1])


def test_no_shares_are_too_few() -> None:
    with pytest.raises(TooFewShares):
        combine_shares([])
    with pytest.raises(TooFewShares):
        verify_quorum([])


def test_the_same_holder_twice_is_refused() -> None:
    share = split_key(KEY, SHARING, 3)[0]
    with pytest.raises(DuplicateShare):
        combine_shares([share, share])


@pytest.mark.parametrize(
    "other",
    [
        Sharing(key_version=KeyVersion(1), epoch=2, threshold=2),
        Sharing(key_version=KeyVersion(2), epoch=1, threshold=2),
        Sharing(key_version=KeyVersion(1), epoch=1, threshold=3),
    ],
    ids=["epoch", "key version", "threshold"],
)
def test_shares_of_another_sharing_never_combine(other: Sharing) -> None:
    first = split_key(KEY, SHARING, 3)[0]
    second = split_key(KEY, other, 3)[1]
    with pytest.raises(MixedShares):
        combine_shares([first, second])


def test_two_dealings_of_one_key_share_no_share() -> None:
    first, second = split_key(KEY, SHARING, 3), split_key(KEY, SHARING, 3)
    assert all(a.scalar != b.scalar for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("index", [0, -1, 256])
def test_an_index_that_is_no_holders_has_no_coefficient(index: int) -> None:
    with pytest.raises(InvalidScalar):
        derive_coefficients([1, index])


def test_a_repeated_index_has_no_coefficient() -> None:
    with pytest.raises(DuplicateShare):
        derive_coefficients([2, 2])


def test_points_that_cancel_out_do_not_combine() -> None:
    # At 1 and 2 the sum is 2*A - B: with B = 2*A nothing is left.
    a = generate_scalar()
    twice = add(multiply_base(a), multiply_base(a))
    with pytest.raises(InvalidPoint):
        combine_points({1: multiply_base(a).encoded, 2: twice.encoded})


def test_no_points_do_not_combine() -> None:
    with pytest.raises(InvalidPoint):
        combine_points({})


def test_a_share_matches_what_the_config_announces() -> None:
    dealing = the_dealing()
    for holder in dealing.holders:
        announced = get_public_share(dealing.config, holder.share.index)
        assert announced == holder.share.public


def test_an_unknown_holder_has_no_public_share() -> None:
    with pytest.raises(InvalidPoint):
        get_public_share(the_dealing().config, 4)
