"""Telephone numbers and labels, as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.months import add_months
from sources.labels import parse_label
from sources.phones import find_phone_fault, parse_phone
from sources.reasons import Reason


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0182 555 101", "+31182555101"),
        ("0182-555101", "+31182555101"),
        ("+31 (0)182 555 101", "+31182555101"),
        ("0031182555101", "+31182555101"),
        ("06 12345678", "+31612345678"),
        ("088-555 2000", "+31885552000"),
        ("+32 2 555 12 12", "+3225551212"),
        ("0182 555 101 ext 4", "+31182555101"),
        ("0182 555 101 (optie 2)", "+31182555101"),
        ("0182-555101 tst 12", "+31182555101"),
        ("0182 555 101 toestel 123", "+31182555101"),
        ("0182-555101 #2", "+31182555101"),
        ("0182-555101, keuze 3", "+31182555101"),
        ("0182-555101 (Jan)", "+31182555101"),
        ("0800-2000 (gratis, 24 uur)", "+318002000"),
        ("tel. 0182-555101", "+31182555101"),
        ("T: 0182 555101", "+31182555101"),
        ("0182/555101", "+31182555101"),
        ("(0182) 555 101", "+31182555101"),
        ("0182\u2013555101", "+31182555101"),
        ("0900-1234", "+319001234"),
        ("14 030", "+3114030"),
        ("140182", "+31140182"),
    ],
)
def test_a_working_number_is_normalised(text: str, number: str) -> None:
    assert parse_phone(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "06-123", "112", "144", "1" * 40, "000000000", "1234567", "14 999"],
)
def test_what_nobody_can_dial_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="telefoonnummer"):
        parse_phone(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0800 2000 VTH", Reason.PHONE_LETTERS),
        ("0800-BEL-ONS", Reason.PHONE_LETTERS),
        ("0800 2000 gratis", Reason.PHONE_LETTERS),
        ("niet bekend", Reason.PHONE_LETTERS),
        ("0182-55510l", Reason.PHONE_LETTERS),
        ("0182 - 555 101 / 06 12345678", Reason.PHONE_SEVERAL),
        ("0182555101; 0182555102", Reason.PHONE_SEVERAL),
        ("06-123", Reason.PHONE_INVALID),
    ],
)
def test_a_letter_is_no_digit_and_of_two_numbers_none_is_chosen(
    text: str, reason: Reason
) -> None:
    with pytest.raises(ValueError, match="telefoonnummer"):
        parse_phone(text)
    assert find_phone_fault(text) is reason


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_telephone_numbers(text: str) -> None:
    try:
        found = parse_phone(text)
    except ValueError:
        return
    assert found.startswith("+")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Klantmanager Inkomen", "Klantmanager Inkomen"),
        ("  Team  Noord ", "Team Noord"),
        ("Wijkteam 2 (Zuid)", "Wijkteam 2 (Zuid)"),
        ("Café-overleg", "Café-overleg"),
    ],
)
def test_a_short_name_of_a_function_is_a_label(text: str, label: str) -> None:
    assert parse_label(text) == label


@pytest.mark.parametrize(
    "text",
    ["", "   ", "12", "x" * 61, "é" * 40, "Bel 0612345678", "Team 12 34 56 78", "a\nb"],
)
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hoogstens 60 tekens"):
        parse_label(text)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2026, 1, 5), 24, date(2028, 1, 5)),
    ],
)
def test_months_later_is_a_day_that_exists(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later
