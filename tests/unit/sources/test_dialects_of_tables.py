"""Tables as people export them: read as they are meant, or named with their line."""

import io
from dataclasses import replace

import pytest

from sources.connectors import read_file
from sources.connectors.text_file import recognise_encoding
from sources.errors import UnreadableFile
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Aside, Case, Closing, Entry, Kept, Reject
from tests.sources_builders import PROFILE, TODAY, a_number, a_profile

SMALL = a_profile(
    PROFILE.replace('municipality = "Gemeente"\n', "")
    .replace('contact = "Team"\nphone = "Telefoon"\n', "")
    .replace('["9901", "9902"]', '["9901"]')
    .replace('closes = ["dicht"]', 'closes = ["dicht", "beëindigd"]')
)
HEAD = "Zaak;BSN;Begin;Eind;Stand"
ROW = f"Z-1;{a_number(1)};2026-01-05;;open"
OTHER = f"Z-2;{a_number(2)};13-02-2026;;open"
GOOD = f"{HEAD}\n{ROW}\n{OTHER}\n"


def read(data: bytes | str, profile: Profile = SMALL) -> list[Entry]:
    made = data.encode() if isinstance(data, str) else data
    return [each for each in read_all(made, profile) if not isinstance(each, Aside)]


def read_all(data: bytes, profile: Profile = SMALL) -> list[Entry]:
    found = read_file(io.BytesIO(data), profile, today=TODAY)
    return [entry for reading in found for entry in reading]


def passed(text: str) -> list[str]:
    asides = [each for each in read_all(text.encode()) if isinstance(each, Aside)]
    return [one.say() for each in asides for one in each.passed]


def encoded(name: str) -> Profile:
    assert SMALL.csv is not None
    layout = SMALL.csv.model_copy(update={"encoding": name})
    return SMALL.model_copy(update={"csv": layout})


READ = {
    "a mark in front": "\ufeff" + GOOD,
    "UTF-16 with a mark": GOOD.encode("utf-16"),
    "UTF-16 without a mark": GOOD.encode("utf-16-le"),
    "UTF-16 the other way round": GOOD.encode("utf-16-be"),
    "sep=": "sep=;\n" + GOOD,
    "sep= that knows better than the profile": "sep=,\r\n" + GOOD.replace(";", ","),
    "title rows": f"Overzicht;;;;\nPeildatum 29-11-2026;;;;\n;;;;\n{GOOD}",
    "a short title": f"Overzicht\n\n{GOOD}",
    "commas": GOOD.replace(";", ","),
    "tabs, in UTF-16": GOOD.replace(";", "\t").encode("utf-16"),
    "capitals": GOOD.replace(HEAD, HEAD.upper()),
    "blanks in headings": GOOD.replace(HEAD, " Zaak ;B SN;Begin\u00a0; Eind;Stand"),
    "headings in quotes": GOOD.replace(HEAD, '"Zaak";"BSN";"Begin";"Eind";"Stand"'),
    "a total": f"{GOOD}Totaal;2;;;\n",
    "a total under another column": f"{GOOD};;;Totaal aantal;2\n",
    "empty rows": f"{HEAD}\n\n;;;;\n{ROW}\n ; ;;;\n{OTHER}\n;;;;\n",
    "the header on each page": f"{HEAD}\n{ROW}\n{HEAD}\n{OTHER}\n",
    "one delimiter too many": GOOD.replace("\n", ";\n"),
    "one delimiter too many below": f"{HEAD}\n{ROW};;\n{OTHER};;\n",
    "Ctrl-Z at the end": GOOD + "\x1a",
    "Ctrl-Z on a line of its own": GOOD + "\x1a\r\n",
    "only carriage returns": GOOD.replace("\n", "\r"),
    "no last line end": GOOD.rstrip("\n"),
}


@pytest.mark.parametrize("data", READ.values(), ids=READ.keys())
def test_a_dialect_is_read(data: str | bytes) -> None:
    assert [type(entry) for entry in read(data)] == [Case, Case]


PASSED = {
    "nothing": (GOOD, []),
    "a title": (
        f"Overzicht;;;;\n;;;;\n{GOOD}",
        ["Regel 1 overgeslagen: boven de kolomnamen.", "Regel 2 overgeslagen: leeg."],
    ),
    "a total": (
        f"{GOOD}Totaal;2;;;\n",
        ["Regel 4 overgeslagen: lijkt een totaalregel."],
    ),
    "the header on each page": (
        f"{HEAD}\n{ROW}\n{HEAD}\n{OTHER}\n",
        ["Regel 3 overgeslagen: de kolomnamen nog een keer."],
    ),
    "many": (
        GOOD + ";;;;\n" * 15,
        [
            "15 regels overgeslagen: leeg "
            f"(regel {', '.join(map(str, range(4, 16)))} en nog 3)."
        ],
    ),
}


@pytest.mark.parametrize(("text", "said"), PASSED.values(), ids=PASSED.keys())
def test_what_is_passed_over_is_said_with_its_line(text: str, said: list[str]) -> None:
    assert passed(text) == said


def test_what_looks_like_a_total_and_holds_a_number_of_a_person_is_read() -> None:
    """Its columns slipped, so that the number stands under another heading."""
    slipped = f"{GOOD}Totaal Wonen;;;{a_number(3)};open\n"
    assert passed(slipped) == []
    assert Reason.BSN_MISSING in {
        each.reason for each in read(slipped) if isinstance(each, Reject)
    }


@pytest.mark.parametrize(
    "record",
    [
        "Totaalplan-3;;;;open",
        "Totaalzorg Noord;;5-1-26;;open",
        "TotalEnergies;;01-mrt-26;;",
        "Aantal;;;;open",
        "Totaal;;5-1-26;;",
        "Subtotaal Jansen;;;;",
    ],
)
def test_a_record_with_a_mistake_is_no_total_by_the_word_it_begins_with(
    record: str,
) -> None:
    assert passed(f"{GOOD}{record}\n") == []
    first, second, *rejects = read(f"{GOOD}{record}\n")
    assert [type(first), type(second)] == [Case, Case]
    assert {each.place.line for each in rejects if isinstance(each, Reject)} == {4}


@pytest.mark.parametrize(
    "total", ["Totaal;2;;;", "TOTAAL: 2 cliënten;;;;", "Aantal records;2;;;€ 1.200,50"]
)
def test_a_total_counts_and_says_nothing_else(total: str) -> None:
    assert passed(f"{GOOD}{total}\n") == [
        "Regel 4 overgeslagen: lijkt een totaalregel."
    ]


@pytest.mark.parametrize("above", [OTHER, "Z-3;;2026-01-05;;open", "Z-3;12345;;;open"])
def test_a_header_that_was_sorted_in_between_the_records_is_named(above: str) -> None:
    with pytest.raises(UnreadableFile, match=r"regel 3\) staat een record \(regel 2\)"):
        read(f"Overzicht;;;;\n{above}\n{HEAD}\n{ROW}\n")


REFUSED = {
    "a missing column": (GOOD.replace("Eind", "Klaar"), "regel 1: Eind"),
    "two columns alike": (GOOD.replace("Stand\n", "Stand;b s n\n"), None),
    "twice the same": (GOOD.replace("Stand", "Zaak"), "Stand"),
    "nothing": ("", "leeg"),
    "a quote that never closes": (
        f'{HEAD}\n{ROW}\n"Z-3;{a_number(3)};2026-01-05;;open\n{OTHER}\n',
        "regel 3 ",
    ),
    "quotes in quotes": (f'{HEAD}\n{ROW}\n"zegt "ja"";1;2;3;4\n', "Vanaf regel 3 "),
    "another encoding": (f"{GOOD}Z-3;José;;;\n".encode("cp1252"), "Regel 4 .*1252"),
    "one of DOS": (f"{GOOD}Z-3;José;;;\n".encode("cp850"), "Regel 4 .*cp850"),
    "a workbook": (b"PK\x03\x04" + bytes(100), "xlsx"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), r"\.xls"),
    "a web page": ("<html><table><tr><td>BSN</td></tr></table></html>", "als CSV"),
    "a page to log in": (
        "<!DOCTYPE html><html><body><form><input type='password'></form></body></html>",
        "Log daar opnieuw in",
    ),
}


@pytest.mark.parametrize(
    ("data", "named"),
    [each for each in REFUSED.values() if each[1]],
    ids=[name for name, each in REFUSED.items() if each[1]],
)
def test_a_dialect_that_cannot_be_read_is_named(data: str | bytes, named: str) -> None:
    with pytest.raises(UnreadableFile, match=named) as refused:
        read(data)
    assert a_number(1) not in str(refused.value)


def test_headings_that_are_the_same_are_not_chosen_between() -> None:
    with pytest.raises(UnreadableFile, match=r"'BSN'.*kolom 2 en 6"):
        read(f"Zaak;bsn;Begin;Eind;Stand;B S N\n{ROW};\n")
    exact = read(f"Zaak;BSN;Begin;Eind;Stand;bsn\n{ROW};1\n")
    assert [type(entry) for entry in exact] == [Case]


def test_a_quote_that_swallows_rows_is_a_reject_wherever_it_stands() -> None:
    for cells in ('2026-01-05;;"open', '"2026-01-05;;open'):
        text = f"{HEAD}\n{ROW}\nZ-3;{a_number(3)};{cells}\n{OTHER}\n"
        ends = cells.replace('"open', 'open"').replace('"2026-01-05', '2026-01-05"')
        found = read(f"{text}Z-4;{a_number(4)};{ends}\n")
        rejects = [each for each in found if isinstance(each, Reject)]
        assert [each.reason for each in rejects] == [Reason.ROWS_SWALLOWED]
        assert rejects[0].place.line == 3


def test_lines_of_a_field_are_no_rows() -> None:
    text = f'{HEAD};Verslag\n{ROW};"een;\nverslag; van\ndrie regels"\n{OTHER};x\n'
    assert [type(entry) for entry in read(text)] == [Case, Case]


def test_a_record_is_named_by_the_line_on_which_it_begins() -> None:
    text = f'sep=;\n{HEAD};Verslag\n{ROW};"een\nverslag"\n;;;;;\nZ-2;12;;;open;"x\ny"\n'
    found = [each for each in read(text) if isinstance(each, Reject)]
    assert {each.place.line for each in found} == {6}


@pytest.mark.parametrize("name", ["windows-1252", "iso-8859-15", "cp850"])
def test_text_in_an_encoding_of_one_byte_is_read_as_the_profile_says(name: str) -> None:
    text = GOOD.replace("open\nZ-2", "beëindigd\nZ-2")
    found = read(text.encode(name), encoded(name))
    assert [type(entry) for entry in found] == [Closing, Case]
    assert read(text.encode(), encoded(name)) == found  # UTF-8 proves itself


def test_an_encoding_is_not_guessed_from_half_a_character() -> None:
    sample = ("x" * 65_534 + "\né").encode()[:65_536]
    assert recognise_encoding(sample, "windows-1252") == "windows-1252"


def test_texts_are_compared_composed() -> None:
    closing = GOOD.replace("open\nZ-2", "bee\u0308indigd\nZ-2")
    assert [type(entry) for entry in read(closing)] == [Closing, Case]
    told = a_profile(PROFILE.replace("Gemeente", "Gemee\u0308nte"))
    assert told.csv is not None
    assert told.csv.columns.municipality == "Gemeënte"


NUMBERS = {
    a_number(1): a_number(1),
    "1234.56.782": "123456782",
    "123.456.782": "123456782",
    "1234 56 782": "123456782",
    "123\u00a0456\u00a0782": "123456782",
    "123456782.0": "123456782",
    "123456782,00": "123456782",
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
