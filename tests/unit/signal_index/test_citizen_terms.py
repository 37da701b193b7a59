"""Terms that the law counts in months, and the codes of letters."""

from datetime import date

import pytest

from signal_index.citizens.terms import (
    ALPHABET,
    draw_reference,
    due_on,
    extended_due_on,
    is_plausible_receipt,
)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_a_request_is_due_a_month_after_its_receipt(received: date, due: date) -> None:
    assert due_on(received) == due


def test_an_extension_ends_three_months_after_the_receipt_not_after_the_first() -> None:
    assert extended_due_on(date(2026, 1, 31)) == date(2026, 4, 30)


def test_nothing_was_received_tomorrow_or_more_than_a_year_ago() -> None:
    today = date(2026, 11, 22)
    assert is_plausible_receipt(today, today)
    assert is_plausible_receipt(date(2025, 11, 22), today)
    assert not is_plausible_receipt(date(2026, 11, 23), today)
    assert not is_plausible_receipt(date(2025, 11, 21), today)


def test_a_reference_has_no_letter_that_is_mistaken_for_a_digit() -> None:
    assert draw_reference(lambda n: n - 1) == "ZZZ-ZZZ"
    assert not set("01IO") & set(ALPHABET)
