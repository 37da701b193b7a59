"""Days, telephone numbers and labels, as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.months import add_months
from sources.dates import derive_age_limit, parse_day, round_down_to_quarter
from sources.labels import parse_label
from sources.phones import parse_phone

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31))


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
    ],
)
def test_a_working_number_is_normalised(text: str, number: str) -> None:
    assert parse_phone(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "06-123", "112", "niet bekend", "0182 555 101 ext 4", "1" * 40, "000000000"],
)
def test_what_nobody_can_dial_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="telephone"):
        parse_phone(text)


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
    with pytest.raises(ValueError, match="label"):
        parse_label(text)


@given(DAYS)
def test_rounding_gives_the_end_of_a_quarter_that_is_not_later(day: date) -> None:
    found = round_down_to_quarter(day)
    assert found <= day
    assert (day - found).days <= 92
    assert (found + timedelta(days=1)).day == 1
    assert (found + timedelta(days=1)).month in (1, 4, 7, 10)


@given(DAYS, st.integers(1, 100))
def test_an_age_limit_never_outlives_the_age(born: date, years: int) -> None:
    limit = derive_age_limit(born, years)
    assert (limit.year - born.year, limit.month, limit.day) < (
        years,
        born.month,
        born.day,
    )


@given(st.dates(date(2001, 4, 1), date(2001, 6, 30)))
def test_an_age_limit_tells_no_more_than_the_quarter(born: date) -> None:
    assert derive_age_limit(born, 18) in (date(2019, 3, 31), date(2019, 6, 30))


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


@pytest.mark.parametrize("text", ["31-02-2026", "2026", "", "0001-01-01", "vandaag"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_day(text, ("%d-%m-%Y", "%Y-%m-%d"))
