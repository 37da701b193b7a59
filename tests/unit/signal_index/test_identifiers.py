"""UUIDv7 as RFC 9562 section 5.7 has it."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest

from signal_index.identifiers import make_uuid7, new_uuid7, read_uuid7_instant

MOMENT = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_an_id_is_the_example_of_the_rfc() -> None:
    # RFC 9562 appendix A.6: rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F
    value = 0xCC3 << 64 | 0x18C4DC0C0C07398F
    made = make_uuid7(MOMENT, value.to_bytes(10))
    assert made == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


def test_an_id_says_version_and_variant() -> None:
    made = make_uuid7(MOMENT, b"\xff" * 10)
    assert (made.version, made.variant) == (7, RFC_4122)


def test_ids_sort_by_the_millisecond() -> None:
    earlier = make_uuid7(MOMENT, b"\xff" * 10)
    later = make_uuid7(MOMENT + timedelta(milliseconds=1), bytes(10))
    assert earlier < later


def test_an_id_tells_when_it_was_made() -> None:
    moment = MOMENT + timedelta(milliseconds=7)
    assert read_uuid7_instant(make_uuid7(moment, b"\xff" * 10)) == moment


def test_two_ids_of_one_moment_differ() -> None:
    assert new_uuid7(MOMENT) != new_uuid7(MOMENT)


def test_too_little_entropy_is_a_fault() -> None:
    with pytest.raises(ValueError, match="ten random bytes"):
        make_uuid7(MOMENT, bytes(9))
