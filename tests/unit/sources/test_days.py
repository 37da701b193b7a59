"""Days as registrations write them: read in one order, or not at all."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.dates import (
    FORMS,
    DayLook,
    Order,
    derive_age_limit,
    find_forms,
    is_month_first,
    parse_day,
    parse_first_day,
    round_down_to_quarter,
)
from sources.errors import InvalidProfile
from tests.sources_builders import a_profile

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31))
WRITTEN = {
    "%Y-%m-%d": ("2026-03-13", "2026-03-13 00:00", "2026-03-13T09:30:00.123"),
    "%d-%m-%Y": ("13-03-2026", "13-3-2026", "13-03-2026 9:05"),
    "%d/%m/%Y": ("13/03/2026", "13/3/2026"),
    "%d.%m.%Y": ("13.03.2026", "13.3.2026"),
    "%d-%m-%y": ("13-3-26", "13-03-26"),
    "%Y%m%d": ("20260313", "20260313143000"),
    "%d%m%Y": ("13032026",),
    "%d-%b-%y": ("13-mrt-26", "13-MRT-26", "13-Mar-26"),
    "%d-%b-%Y": ("13-mrt-2026", "13-maart-2026"),
    "%d %b %Y": ("13 maart 2026", "13 mrt. 2026", "13 March 2026"),
    "%b %d, %Y": ("March 13, 2026",),
    "%m/%d/%Y": ("3/13/2026",),
    "excel": ("46094", "46094.75", "46094,0"),
}


def a_look(*texts: str) -> DayLook:
    look = DayLook()
    for text in texts:
        look.look(text)
    return look


@pytest.mark.parametrize(
    ("form", "text"),
    [(form, text) for form, texts in WRITTEN.items() for text in texts],
)
def test_each_way_of_writing_a_day_is_read_and_found(form: str, text: str) -> None:
    assert parse_day(text, (form,)) == date(2026, 3, 13)
    assert a_look(text).forms == (form,)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-28T23:00:00Z", date(2026, 3, 1)),  # how many systems write a day
        ("2026-07-31 22:00:00+00:00", date(2026, 8, 1)),
        ("2026-03-01T00:00:00Z", date(2026, 3, 1)),
        ("2026-03-01T00:00:00+01:00", date(2026, 3, 1)),
        ("2026-03-01T00:30:00+0400", date(2026, 2, 28)),
        ("9999-12-31T23:59:59Z", date(9999, 12, 31)),
    ],
)
def test_a_moment_with_a_zone_is_its_day_in_the_netherlands(
    text: str, day: date
) -> None:
    assert parse_day(text, ("%Y-%m-%d",)) == day


@pytest.mark.parametrize(
    "text",
    [
        *("31-02-2026", "2026", "", "0001-01-01", "vandaag", "1-3-26", "01-13-2026"),
        *(
            "2026-03-01 25:00",
            "2026-03-01T",
            "46082",
            "\uff12\uff10\uff12\uff16-03-01",
            "01-03-2026x",
        ),
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_day(text, ("%d-%m-%Y", "%Y-%m-%d"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19800000", date(1980, 1, 1)),
        ("1980-05-00", date(1980, 5, 1)),
        ("00-00-1980", date(1980, 1, 1)),
        ("13-03-1980", date(1980, 3, 13)),
    ],
)
def test_a_day_that_is_not_known_is_the_first_it_can_be(text: str, day: date) -> None:
    assert parse_first_day(text, ("%d-%m-%Y",)) == day


@pytest.mark.parametrize("text", ["00000000", "00-00-0000", "1980-13-00", "00000080"])
def test_a_day_of_which_nothing_is_known_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_first_day(text, ("%Y-%m-%d", "%d-%m-%Y"))


def test_a_year_of_two_digits_is_of_our_time() -> None:
    found = [parse_day(f"01-02-{year}", ("%d-%m-%y",)) for year in ("69", "99", "26")]
    assert [day.year for day in found] == [1969, 1999, 2026]


@pytest.mark.parametrize(
    ("texts", "order", "forms"),
    [
        (("01-03-2026", "31-03-2026"), Order.DAY_FIRST, ("%d-%m-%Y",)),
        (("1/2/2026", "3/13/2026"), Order.MONTH_FIRST, ("%m/%d/%Y",)),
        (("1/2/2026", "3/4/2026"), Order.UNKNOWN, ("%d/%m/%Y",)),
        (("13/2/2026", "3/14/2026"), Order.BOTH, ()),
        (("1/1/2026", "2/2/2026"), Order.NONE, ("%d/%m/%Y",)),
        (("2026-03-01",), Order.NONE, ("%Y-%m-%d",)),
        (("2026-03-01", "13-03-2026", "46082"), Order.DAY_FIRST, None),
        (("2026-03-01", "nog niet bekend"), Order.NONE, ()),
        (("", " "), Order.NONE, ()),
    ],
)
def test_a_column_shows_its_forms_and_whether_anything_proves_their_order(
    texts: tuple[str, ...], order: Order, forms: tuple[str, ...] | None
) -> None:
    look = a_look(*texts)
    assert look.order is order
    if forms is None:
        assert {*look.forms} == {"%Y-%m-%d", "%d-%m-%Y", "excel"}
    else:
        assert look.forms == forms


def test_a_look_counts_what_is_no_day() -> None:
    look = a_look("2026-03-01", "-", "", "2026-03-02")
    assert (look.filled, look.days, look.main_forms) == (3, 2, ("%Y-%m-%d",))


@given(
    DAYS, st.sampled_from([form for form in FORMS if "%" in form and "%y" not in form])
)
def test_a_day_that_was_written_is_read_again(day: date, form: str) -> None:
    text = day.strftime(form)
    assert parse_day(text, (form,)) == day
    assert form in find_forms(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_days(text: str) -> None:
    assert all(parse_day(text, (form,)).year >= 1900 for form in find_forms(text))


def test_month_first_is_a_form_of_its_own() -> None:
    assert [form for form in FORMS if is_month_first(form)] == list(FORMS[-6:])


@pytest.mark.parametrize(
    "forms",
    [
        '["%d-%m-%Y", "%m-%d-%Y"]',
        '["%d-%m"]',
        '["%d-%d-%m-%Y"]',
        '["%d-%m-%Y %H:%M"]',
        '["(%d)%m%Y"]',
        "[]",
    ],
)
def test_a_profile_names_forms_that_can_be_read_in_one_way(forms: str) -> None:
    with pytest.raises(InvalidProfile, match="dates"):
        a_profile(dates=forms)


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
