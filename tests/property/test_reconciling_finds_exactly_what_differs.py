"""Two sets of signals, any two: what is told to differ is what differs, no more."""

from collections.abc import Mapping
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from signal_index.notice import (
    choose_bits,
    digest_buckets,
    digest_marks,
    encode_digests,
    find_bucket,
    mark_signal,
)
from signal_index.wire.model import parse_body
from signal_index.wire.reconciling import Compared, MarkedSignal

SALT = bytes(16)
SIGNALS = st.dictionaries(st.uuids(), st.integers(1, 3), max_size=300)


def mark_all(signals: Mapping[UUID, int], salt: bytes = SALT) -> dict[bytes, UUID]:
    return {
        mark_signal(salt, MarkedSignal(reference=reference, version=version)): reference
        for reference, version in signals.items()
    }


@given(SIGNALS, SIGNALS, st.dictionaries(st.uuids(), st.integers(1, 3), max_size=300))
def test_buckets_with_one_digest_hold_the_same_marks(
    shared: dict[UUID, int], ours: dict[UUID, int], theirs: dict[UUID, int]
) -> None:
    mine, yours = mark_all(shared | ours), mark_all(shared | theirs)
    bits = choose_bits(max(len(mine), len(yours)))
    own, other = digest_buckets(mine, bits), digest_buckets(yours, bits)
    asked = {at for at, digest in enumerate(own) if digest != other[at]}
    found = {find_bucket(mark, bits) for mark in mine.keys() ^ yours.keys()}
    assert asked == found


@given(st.lists(st.binary(min_size=16, max_size=16)).flatmap(st.permutations))
def test_a_digest_does_not_depend_on_the_order(marks: list[bytes]) -> None:
    assert digest_marks(marks) == digest_marks(sorted(marks, reverse=True))


@given(SIGNALS.filter(bool), st.binary(min_size=16, max_size=16))
def test_marks_of_two_salts_do_not_join(signals: dict[UUID, int], salt: bytes) -> None:
    if salt != SALT:
        assert not mark_all(signals).keys() & mark_all(signals, salt).keys()


@given(SIGNALS)
def test_a_difference_reads_back_as_it_was_written(signals: dict[UUID, int]) -> None:
    bits = choose_bits(len(signals))
    digests = digest_buckets(mark_all(signals), bits)
    buckets = encode_digests(digests)
    told = Compared(equal=False, count=1, bits=bits, buckets=buckets)
    assert parse_body(Compared, told.model_dump_json()).digests == list(digests)


def test_the_digests_of_a_hundred_thousand_cases_fit_in_half_of_a_hundred_kb() -> None:
    assert (1 << choose_bits(100_000)) * 16 * 4 / 3 < 50_000
