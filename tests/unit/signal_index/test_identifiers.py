"""UUIDv7 as RFC 9562 section 5.7 has it, of which the time is a minute's begin."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_index.identifiers import (
    end_id,
    first_id,
    make_uuid7,
    new_uuid7,
    new_uuids7,
    read_uuid7_minute,
)

MINUTE = datetime(2022, 2, 22, 19, 22, tzinfo=UTC)
MOMENT = MINUTE + timedelta(seconds=22, milliseconds=7)
MOST = 2**66 - 1


def test_an_id_is_the_example_of_the_rfc_but_for_its_seconds() -> None:
    # RFC 9562 appendix A.6: rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F; its time is
    # 0x017F22E279B0, 22 seconds into the minute
    number, place = 0xCC3 << 54 | 0x18C4DC0C0C0739, 0x8F
    made = make_uuid7(MOMENT, number, place)
    assert made == UUID("017F22E2-23C0-7CC3-98C4-DC0C0C07398F")
    assert (made.version, made.variant) == (7, RFC_4122)


@given(st.timedeltas(timedelta(), timedelta(seconds=59, microseconds=999_999)))
def test_every_moment_of_a_minute_gives_the_same_id(into: timedelta) -> None:
    assert make_uuid7(MINUTE + into, 7) == make_uuid7(MINUTE, 7)
    assert read_uuid7_minute(new_uuid7(MINUTE + into)) == MINUTE


def test_ids_sort_by_the_minute() -> None:
    earlier = make_uuid7(MOMENT, MOST, 255)
    assert earlier < make_uuid7(MOMENT + timedelta(minutes=1), 0)


def test_ids_of_one_process_stand_in_their_order_within_a_minute() -> None:
    made = [new_uuid7(MOMENT) for _ in range(1_000)]
    assert made == sorted(set(made))


def test_by_how_much_the_next_is_larger_tells_nothing() -> None:
    """A counter would tell how many acts a minute had before this one."""
    made = [new_uuid7(MOMENT).int >> 8 for _ in range(100)]
    steps = {b - a for a, b in pairwise(made)}
    assert len(steps) == 99
    assert max(steps) > 2**32


def test_ids_of_one_act_are_alike_but_for_the_last_byte() -> None:
    ids = new_uuids7(MOMENT, 10)
    assert len({one.bytes[:15] for one in ids}) == 1
    assert [one.bytes[15] for one in ids] == list(range(10))
    assert new_uuid7(MOMENT).bytes[:15] != ids[0].bytes[:15]


def test_what_was_made_before_a_moment_is_below_its_end() -> None:
    last = make_uuid7(MOMENT, MOST, 255)
    assert first_id(MOMENT) <= last < end_id(MOMENT)
    assert end_id(MINUTE) == first_id(MINUTE), "of a whole minute nothing begun is in"


@pytest.mark.parametrize(("number", "place"), [(MOST + 1, 0), (-1, 0), (0, 256)])
def test_what_does_not_fit_is_a_fault(number: int, place: int) -> None:
    with pytest.raises(ValueError, match="66 bits"):
        make_uuid7(MOMENT, number, place)
