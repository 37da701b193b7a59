"""Numbers, days and codes of a table: read as they were meant, or named."""

from dataclasses import replace

import pytest

from sources.errors import UnreadableFile
from sources.reasons import Reason
from sources.values import Case, Kept, Reject
from tests.dialect_builders import GOOD, HEAD, SMALL, read
from tests.sources_builders import PROFILE, a_number, a_profile

NUMBERS = {
    a_number(1): a_number(1),
    "1234.56.782": "123456782",
    "123.456.782": "123456782",
    "1234 56 782": "123456782",
    "123\u00a0456\u00a0782": "123456782",
    "123456782.0": "123456782",
    "123456782,00": "123456782",
    "123.456.782,00": "123456782",
    "123.456.782.00": "123456782",
    "9999.91.000": "999991000",
    "1234.505.00": "123450500",
    "123.456.000": Reason.BSN_INVALID,
    "'123456782": "123456782",
    '"=""123456782"""': "123456782",
    "123456782\u200b": "123456782",
    "\ufeff123456782\x1f": "123456782",
    "1,23457E+08": Reason.BSN_EXPONENT,
    "1.23E+08": Reason.BSN_EXPONENT,
    "BSN 123456782": Reason.BSN_LETTERS,
    "O10000008": Reason.BSN_LETTERS,
    "l23456782": Reason.BSN_LETTERS,
    "10000008": Reason.BSN_LENGTH,
    "123456782 010000008": Reason.BSN_LENGTH,
    "12345678.2": Reason.BSN_LENGTH,
    "123456789": Reason.BSN_INVALID,
    "-": Reason.BSN_LENGTH,
    "": Reason.BSN_MISSING,
}


@pytest.mark.parametrize(("text", "found"), NUMBERS.items(), ids=ascii)
def test_a_number_of_a_person_is_read_or_named(text: str, found: str) -> None:
    entries = read(GOOD.replace(a_number(1), text))
    if isinstance(found, Reason):
        assert [e.reason for e in entries if isinstance(e, Reject)] == [found]
    else:
        assert isinstance(entries[0], Case)
        assert entries[0].bsn.digits == found


LOST = a_profile(
    PROFILE.replace("[csv.columns]", "bsn_zero_lost = true\n[csv.columns]")
)


def with_numbers(*numbers: str) -> str:
    head = "Zaak;BSN;Begin;Eind;Stand;Gemeente;Team;Telefoon\n"
    return head + "".join(
        f"Z-{at};{each};2026-01-05;;open;9901;TEAM;\n"
        for at, each in enumerate(numbers)
    )


def test_a_lost_zero_is_given_back_where_the_file_does_not_contradict() -> None:
    found = read(with_numbers("10000008", a_number(1).lstrip("0"), "123456782"), LOST)
    assert [each.bsn.digits for each in found if isinstance(each, Case)] == [
        "010000008",
        a_number(1),
        "123456782",
    ]


def test_a_row_that_slipped_by_one_is_not_cut_to_fit() -> None:
    """A delimiter in a text moves the end behind it; the last cell was empty."""
    head = "Zaak;BSN;Begin;Stand;Naam;Eind;Opmerking"
    rows = [f"Z-{at};{a_number(at)};2026-01-05;open;Jansen;;" for at in range(1, 4)]
    slipped = f"Z-4;{a_number(4)};2026-01-05;open;Jansen;;2026-05-01;"
    found = read("\n".join((head, *rows, slipped, "")))
    (rejected,) = [each for each in found if isinstance(each, Reject)]
    assert (rejected.place.line, rejected.reason) == (5, Reason.RECORD_MALFORMED)
    trailing = read("\n".join((head, *(f"{row};" for row in rows), "")))
    assert [type(each) for each in trailing] == [Case] * 3
    every = [f"Z-{at};Sch.;{a_number(at)};2026-01-05;open;x;;" for at in range(1, 4)]
    found = read("\n".join((head, *every, "")))
    assert {each.reason for each in found if isinstance(each, Reject)} == {
        Reason.RECORD_MALFORMED
    }


def test_rows_behind_the_sign_that_ends_a_text_are_not_left_out() -> None:
    """As when DOS put two files one behind the other."""
    with pytest.raises(UnreadableFile, match=r"Ctrl\+Z, op regel 4.* twee bestanden"):
        read(f"{GOOD}\x1a\r\n{GOOD}")
    assert read(f"{GOOD}\x1a\r\n\x1a\0\0\r\n") == read(GOOD)


@pytest.mark.parametrize("number", ["#N/B", "#VERW!", "#N/A", "#NAAM?"])
def test_what_excel_writes_for_a_fault_is_no_case_number(number: str) -> None:
    """As a number it would be one case of everybody who has it."""
    (found,) = read(f"{HEAD}\n{number};{a_number(1)};2026-01-05;;open\n")
    assert isinstance(found, Reject)
    assert found.reason is Reason.CASE_NUMBER_INVALID


def test_a_number_with_its_zero_proves_that_none_was_lost() -> None:
    """The one of eight digits is then a slip: a zero could make it somebody else's."""
    with pytest.raises(UnreadableFile, match=r"regel 3.*regel 2.*lost = false"):
        read(with_numbers("10000008", "010000008"), LOST)


def with_days(*days: str) -> str:
    return f"{HEAD}\n" + "".join(
        f"Z-{at};{a_number(at)};{day};;open\n" for at, day in enumerate(days)
    )


def test_a_month_above_12_refuses_the_whole_column() -> None:
    with pytest.raises(UnreadableFile, match=r"'Begin'.* 2 datums .*regel 3.*de maand"):
        read(with_days("01-02-2026", "01-13-2026", "03-04-2026", "05-28-2026"))


def test_a_slip_among_many_days_in_order_is_one_reject() -> None:
    days = [f"{day}-01-2026" for day in range(13, 29)]
    found = read(with_days(*days, "01-13-2026"))
    assert [e.reason for e in found if isinstance(e, Reject)] == [Reason.DATE_MONTH]


@pytest.mark.parametrize("day", ["1/3/2026", "1.3.2026", "1-3-26"])
def test_a_day_in_another_form_is_not_called_a_month_above_12(day: str) -> None:
    (found,) = [e for e in read(with_days(day)) if isinstance(e, Reject)]
    assert found.reason is Reason.DATE_INVALID


def test_days_that_contradict_each_other_are_asked_about() -> None:
    with pytest.raises(UnreadableFile, match="andersom"):
        read(with_days("13-01-2026", "01-14-2026"))


def test_a_profile_of_month_first_is_held_to_it_too() -> None:
    profile = a_profile(dates='["%m-%d-%Y"]')
    text = with_numbers(*(a_number(at) for at in range(3)))
    with pytest.raises(UnreadableFile, match="de dag vooraan"):
        read(text.replace("2026-01-05", "28-01-2026"), profile)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0001-01-01", Reason.DATE_MEANS_EMPTY),
        ("01-01-1753", Reason.DATE_MEANS_EMPTY),
        ("1900-01-01", Reason.DATE_MEANS_EMPTY),
        ("00-00-0000", Reason.DATE_MEANS_EMPTY),
        ("-", Reason.DATE_MEANS_EMPTY),
        ("NULL", Reason.DATE_MEANS_EMPTY),
        ("46082", Reason.DATE_SERIAL),
        ("31-02-2026", Reason.DATE_INVALID),
        ("2025-01-01", Reason.END_BEFORE_START),
    ],
)
def test_an_end_that_is_none_is_named_and_the_profile_can_say_so(
    text: str, reason: Reason
) -> None:
    data = GOOD.replace("2026-01-05;;", f"2026-01-05;{text};")
    rejected, kept, _other = read(data)
    assert isinstance(rejected, Reject)
    assert (rejected.field, rejected.reason, type(kept)) == ("Eind", reason, Kept)
    assert SMALL.csv is not None
    layout = SMALL.csv.model_copy(update={"empty": frozenset({text})})
    told = SMALL.model_copy(update={"csv": layout})
    assert [type(entry) for entry in read(data, told)] == [Case, Case]


def test_a_day_that_means_empty_means_it_in_every_form() -> None:
    profile = a_profile(
        PROFILE.replace("[csv.columns]", 'empty = ["1900-01-01"]\n[csv.columns]')
    )
    text = with_numbers(a_number(1)).replace(";;open", ";01-01-1900 00:00:00;open")
    assert [type(entry) for entry in read(text, profile)] == [Case]


def test_the_end_of_all_calendars_is_a_day_like_any_other() -> None:
    (case, _) = read(GOOD.replace("2026-01-05;;", "2026-01-05;31-12-9999;"))
    assert isinstance(case, Case)
    assert case == replace(case, limit=case.limit)
    assert case.limit is not None
    assert case.limit.year == 9999


@pytest.mark.parametrize("text", ["599", "0599", "GM0599", "gm599", "0599 "])
def test_a_municipality_without_its_zero_is_the_one_it_can_be(text: str) -> None:
    profile = a_profile(municipalities='["0599", "9901"]')
    (case,) = read(with_numbers(a_number(1)).replace("9901", text), profile)
    assert isinstance(case, Case)
    assert case.municipality == "0599"


def test_a_birth_of_which_the_century_is_unknown_is_named() -> None:
    text = PROFILE.replace('contact = "Team"', 'birth = "Team"')
    profile = a_profile(
        text.replace("valid_months", "age_limit = 18\nvalid_months"),
        dates='["%d-%m-%y", "%Y-%m-%d"]',
    )
    rejected, _kept = read(
        with_numbers(a_number(1)).replace("TEAM", "01-02-15"), profile
    )
    assert isinstance(rejected, Reject)
    assert rejected.reason is Reason.BIRTH_YEAR_SHORT
