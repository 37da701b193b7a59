"""The attacker holds one opened share, the index's secrets and its database.

Architecture section 2: "one key holder: nothing; one holder plus index: metered
guessing". Guessing offline, without asking a second holder, must find no row.
"""

import secrets

import pytest

from keys.errors import SharesRefused
from keys.group import (
    Scalar,
    derive_scalar,
    generate_scalar,
    invert_scalars,
    multiply,
    multiply_scalars,
    parse_scalar,
    subtract_scalars,
)
from keys.lagrange import derive_coefficients
from keys.oprf import blind_batch, combine
from keys.pseudonym import (
    IndexScalar,
    Pseudonym,
    derive_sealed_row,
    derive_stored_point,
    parse_index_scalar,
    parse_pseudonym,
    parse_row_key_secret,
)
from keys.shares import KeyShare
from keys.suite import VOPRF
from tests.dealing import combine_shares
from tests.keys_builders import evaluations_of, pseudonymise_with, the_dealing

CATEGORY = "bijstand"
PERSONS = [b"nl-bsn:%09d" % number for number in range(100)]
SHARES = [holder.share for holder in the_dealing().holders]
C: IndexScalar = parse_index_scalar(generate_scalar().encoded)
H = parse_row_key_secret(secrets.token_bytes(64))


def _row_key(pseudonym: Pseudonym) -> bytes:
    return derive_sealed_row(H, derive_stored_point(C, pseudonym), CATEGORY).row_key


def _guesses(share: KeyShare, person: bytes) -> list[Pseudonym]:
    """Give every name that one share can make of a person: itself, and each weight."""
    point = VOPRF.hash_to_group(person)
    guess = multiply(share.scalar, point)
    weights = [
        parse_scalar(derive_coefficients(pair)[pair.index(share.index)])
        for pair in ((1, 2), (1, 3), (2, 3))
        if share.index in pair
    ]
    made = [point, guess, *(multiply(weight, guess) for weight in weights)]
    return [parse_pseudonym(each.encoded) for each in made]


def _fitting(share: KeyShare, wanted: Scalar) -> KeyShare:
    """Give the share of holder 2 that makes `wanted` of the share of holder 1."""
    ours, theirs = map(parse_scalar, derive_coefficients([1, 2]))
    rest = subtract_scalars(wanted, multiply_scalars(ours, share.scalar))
    (inverse,) = invert_scalars([theirs])
    return KeyShare(share.sharing, 2, multiply_scalars(rest, inverse))


@pytest.fixture(scope="module")
def database() -> set[bytes]:
    return {_row_key(each) for each in pseudonymise_with(SHARES[:2], PERSONS)}


def test_two_holders_together_do_find_the_rows(database: set[bytes]) -> None:
    # Without this the test below would also pass on an empty database.
    found = pseudonymise_with(SHARES[1:], PERSONS[:3])
    assert {_row_key(each) for each in found} <= database


@pytest.mark.parametrize("share", SHARES, ids=["holder-1", "holder-2", "holder-3"])
def test_one_share_and_all_of_the_index_find_no_row(
    share: KeyShare, database: set[bytes]
) -> None:
    tried = [_row_key(each) for person in PERSONS for each in _guesses(share, person)]
    assert database.isdisjoint(tried)


def test_one_share_fits_every_key() -> None:
    # Perfect secrecy: for any key there is a second share that gives it with this one.
    share = SHARES[0]
    for wanted in (derive_scalar(secrets.token_bytes(64)) for _ in range(3)):
        assert combine_shares([share, _fitting(share, wanted)]) == wanted


def test_one_holder_posing_as_two_is_refused() -> None:
    batch = blind_batch(PERSONS[:1])
    with pytest.raises(SharesRefused):
        combine(batch.blinds, evaluations_of([SHARES[0], SHARES[0]], batch.points))
