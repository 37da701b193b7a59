"""Somebody reads the page that needs no login, month after month, to find one person.

With the monthly reports beside it: a quarter minus two months would be the third.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from signal_index.api.about import sum_months
from signal_index.overview.counts import Cell, Counts
from signal_index.overview.protection import SMALL
from signal_index.overview.report import Month, make_general_report
from tests.overview_builders import a_cell

numbers = st.integers(min_value=0, max_value=40)


def a_month(answered: int, refused: int, emergencies: int) -> Counts:
    cells: Counter[Cell] = Counter()
    for count, changed in (
        (answered, {}),
        (refused, {"outcome": "refused"}),
        (emergencies, {"break_glass": True}),
    ):
        if count:
            cells[a_cell(**changed)] += count
    return Counts(cells)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=3, max_size=3))
def test_a_quarter_tells_nothing_that_its_months_do_not(
    given_months: list[tuple[int, int, int]],
) -> None:
    months = [a_month(*one) for one in given_months]
    reports = [
        make_general_report(Month({}, {"oin": one}, None, None, ()), lambda _: (), ())
        for one in months
    ]
    shown = [
        (None, None, None)
        if one.lookups is None
        else (
            one.lookups.total,
            one.lookups.break_glass,
            one.lookups.outcomes["refused"],
        )
        for one in reports
    ]
    for told, parts in zip(sum_months(months), zip(*shown, strict=True), strict=True):
        if told is None:
            assert None in parts
        else:
            assert told == sum(part or 0 for part in parts)
            assert all(part == 0 or (part or 0) >= SMALL for part in parts)
