"""A reader with a pencil cannot prove of any hidden number that it is below ten."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from signal_index.overview.protection import (
    SMALL,
    is_small,
    protect_nested,
    protect_share,
    protect_sums,
    protect_table,
)

NUMBERS = st.integers(0, 40)
TABLES = st.dictionaries(st.sampled_from("abcdefgh"), NUMBERS, min_size=1)
NESTED = st.dictionaries(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("abcd")), NUMBERS, min_size=1
)


def largest_possible(shown: Mapping[str, int | None], total: int, key: str) -> int:
    """The most that a hidden number can be, by the total and all that is shown.

    Where anything is shown, a hidden number is at least one; where nothing is, it may
    be zero too.
    """
    hidden = [other for other, number in shown.items() if number is None]
    assert key in hidden
    least = 1 if len(hidden) < len(shown) else 0
    rest = total - sum(number or 0 for number in shown.values())
    return rest - least * (len(hidden) - 1)


@given(TABLES)
def test_no_small_number_is_shown(counts: dict[str, int]) -> None:
    for number in protect_table(counts).values():
        assert number is None or not is_small(number)


@given(TABLES)
def test_what_is_shown_is_true(counts: dict[str, int]) -> None:
    for key, number in protect_table(counts).items():
        assert number in {None, counts[key]}


@given(TABLES)
def test_the_total_proves_no_hidden_number_small(counts: dict[str, int]) -> None:
    total = sum(counts.values())
    shown = protect_table(counts)
    if total < SMALL or len(counts) == 1:
        return
    for key, number in shown.items():
        if number is None:
            assert largest_possible(shown, total, key) >= SMALL


@given(TABLES)
def test_a_table_without_small_numbers_is_shown_whole(counts: dict[str, int]) -> None:
    large = {key: number for key, number in counts.items() if not is_small(number)}
    assert protect_table(large) == large


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_hides_part_and_remainder_alike(part: int, rest: int) -> None:
    shown = protect_share(part, part + rest)
    is_hidden = is_small(part) or is_small(rest)
    assert shown == (None if is_hidden else part)


@given(NESTED)
def test_parts_prove_nothing_within_their_whole(
    counts: dict[tuple[str, str], int],
) -> None:
    wholes, parts = protect_nested(counts, lambda key: key[0])
    for whole, total in wholes.items():
        own = {key[1]: n for key, n in parts.items() if key[0] == whole}
        if total is None:
            assert set(own.values()) == {None}
        elif total >= SMALL and len(own) > 1:
            for key, number in own.items():
                if number is None:
                    assert largest_possible(own, total, key) >= SMALL


@given(TABLES)
def test_a_sum_over_a_hidden_number_is_hidden(counts: dict[str, int]) -> None:
    shown = protect_table(counts)
    sums = protect_sums(shown, lambda key: [key in "abcd", "all"])
    assert (sums["all"] is None) == (None in shown.values())
