"""Days, codings, titles and sheets of an export: found out, or asked about."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from sources.__main__ import app
from sources.errors import InvalidProfile
from sources.profile import parse_profile
from tests.profile_init_builders import (
    KNOWN,
    KNOWN_HERE,
    a_file,
    find_asked,
    load,
    look,
    propose,
    write,
)
from tests.sources_builders import PROFILE, a_number


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


@pytest.mark.parametrize("sign", ["/", "-", "."])
def test_month_first_is_refused_once_a_month_above_twelve_proves_it(
    path: Path, sign: str
) -> None:
    days = [f"1{sign}{at}{sign}2026" for at in range(1, 31)]
    found = look(a_file(path, Startdatum=days))
    assert find_asked(found) == {"csv.dates"}
    assert "de maand staat voorop" in found.text


@pytest.mark.parametrize("day", ["1/3/2026", "01-03-2026", "1-3-26", "1.3.2026 00:00"])
def test_the_order_of_day_and_month_is_asked_where_nothing_decides(
    path: Path, day: str
) -> None:
    found = look(a_file(path, Startdatum=[day]))
    assert find_asked(found) == {"csv.dates"}
    assert "niets bewijst" in found.text


def test_another_day_of_the_same_file_decides(path: Path) -> None:
    found = look(a_file(path, Startdatum=["01-03-2026"], Geboortedatum=["25-03-1980"]))
    assert load(found)[1].dates == ("%d-%m-%Y",)


def test_days_in_both_orders_are_asked_about(path: Path) -> None:
    found = look(a_file(path, Startdatum=["3/13/2026", "13/3/2026"]))
    assert find_asked(found) == {"csv.dates"}
    assert "soms de maand" in found.text


@pytest.mark.parametrize(
    ("day", "form"),
    [
        ("20260317", "%Y%m%d"),
        ("17-3-26", "%d-%m-%y"),
        ("01-mrt-26", "%d-%b-%y"),
        ("1 maart 2026", "%d %b %Y"),
        ("17-3-2026 00:00", "%d-%m-%Y"),
        ("2026-03-01T00:00:00Z", "%Y-%m-%d"),
        ("2026-03-01 00:00:00", "%Y-%m-%d"),
        ("46082", "excel"),
    ],
)
def test_every_way_of_writing_a_day_is_recognised(
    path: Path, day: str, form: str
) -> None:
    assert load(look(a_file(path, Startdatum=[day])))[1].dates == (form,)


@pytest.mark.parametrize(
    "text", ["-", "NULL", "n.v.t.", "00-00-0000", "1900-01-01", "01-01-1900", "0"]
)
def test_what_plainly_means_that_there_is_no_day_is_proposed_as_empty(
    path: Path, text: str
) -> None:
    ends = ["14-06-2026", *[text] * 14]
    layout = load(look(a_file(path, Einddatum=ends)))[1]
    assert layout.columns.end == "Einddatum"
    assert layout.empty == {text}


def test_a_text_that_is_a_code_elsewhere_is_not_proposed_as_empty(path: Path) -> None:
    codes = {"Einddatum": ["14-06-2026", "0"], "Toestemming": ["1", "0"]}
    found = look(a_file(path, 30, Status=["Lopend"], **codes))
    assert not load(found)[1].empty


def test_an_end_that_is_no_day_is_asked_about_and_not_left_out(path: Path) -> None:
    found = look(a_file(path, Einddatum=["begin volgend jaar", "na de zomer", ""]))
    assert find_asked(found) == {"csv.columns.end"}


def test_days_of_eight_digits_are_no_numbers_of_persons(path: Path) -> None:
    """One in eleven would pass the proof with a zero in front."""
    found = look(
        a_file(path, Startdatum=["20260301"], Bijgewerkt=["20260301"], Einddatum=[""])
    )
    assert load(found)[1].columns.bsn == "BSN"


def test_a_column_of_days_without_a_place_is_asked_about_as_an_end(path: Path) -> None:
    """Read as no end it would leave a flag on whoever left long ago."""
    file = a_file(path, Dossierdag=["01-05-2026", ""], Geboortedatum=["05-08-1967"])
    found = look(file)
    assert find_asked(found) == {"csv.columns.end"}
    (line,) = (each for each in found.text.splitlines() if each.startswith("end = "))
    assert "Dossierdag?" in line
    assert "Geboortedatum" not in line
    assert 'dates = ["%d-%m-%Y"]' in found.text


@pytest.mark.parametrize(
    ("start", "end"),
    [("Dat. aanvang", "Dat. einde"), ("Van", "Tot"), ("Begin", "Stop")],
)
def test_a_start_and_an_end_are_known_by_more_than_one_word(
    path: Path, start: str, end: str
) -> None:
    rows = (
        {"BSN": a_number(at), "Zaaknummer": f"Z-{at}", start: "13-03-2026", end: ""}
        for at in range(30)
    )
    columns = load(look(write(path, rows)))[1].columns
    assert (columns.start, columns.end) == (start, end)


def test_a_municipality_that_lost_its_zero_is_explained(path: Path) -> None:
    codes = ["0599", "599", "GM0599", "gm599"]
    found = propose(a_file(path, Gemeentecode=codes), *KNOWN)
    assert load(found)[0].municipalities == ("0599",)
    assert "599 is 0599" in found.text


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('category = "bijstand"', 'category = "<VUL IN>"', "category"),
        ('bsn = "BSN"', 'bsn = "<VUL IN>"', "csv.columns.bsn"),
        ('bsn = "BSN"', 'bsn = "< vul  in >"', "csv.columns.bsn"),
        ('opens = ["open"]', 'opens = ["open", "<VUL IN>"]', "codes.status.opens"),
        ("[codes.status]", '[codes.status]\n"<VUL IN>" = ["x"]', "codes.status"),
        ("[contacts.ANDER]", '[contacts."<VUL IN>"]', "contacts"),
        ('phone = "0182 555 102"', 'phone = "<VUL IN>"', "contacts.ANDER.phone"),
        ("valid_months = 12", 'valid_months = "<VUL IN>"', "valid_months"),
        ('name = "test"', 'name = "test"\n"<VUL IN>" = 1', "<VUL IN>"),
    ],
)
def test_a_profile_with_something_to_fill_in_never_loads_and_says_where(
    before: str, after: str, key: str
) -> None:
    assert before in PROFILE
    with pytest.raises(InvalidProfile, match=rf"bij: {key}\.$"):
        parse_profile(PROFILE.replace(before, after, 1))


def test_a_column_that_is_called_so_is_no_column_to_read(path: Path) -> None:
    """A file of somebody who left a heading to be filled in."""
    rows = ({"Startdatum": "2026-03-01", "<VUL IN>": a_number(at)} for at in range(30))
    assert find_asked(look(write(path, rows))) == {"csv.columns.bsn"}


TITLE = "Overzicht lopende zaken;;\nPeildatum;29-11-2026;\n;;\n"


def test_the_headings_are_found_below_a_title(path: Path) -> None:
    path.write_text(TITLE + a_file(path).read_text())
    assert load(look(path))[1].columns.bsn == "BSN"


@pytest.mark.parametrize("sign", [";", ",", "|", "\t"])
def test_what_a_file_says_of_its_separator_counts(path: Path, sign: str) -> None:
    text = a_file(path).read_text().replace(";", sign)
    path.write_text(f"sep={sign}\n{text}")
    assert load(look(path))[1].delimiter == sign


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-16", "utf-16"), ("cp850", "cp850"), ("cp1252", "windows-1252")],
)
def test_an_encoding_is_recognised(path: Path, encoding: str, named: str) -> None:
    text = a_file(path, Naam=["André", "Zoë"]).read_text()
    path.write_bytes(text.encode(encoding))
    assert load(look(path))[1].encoding == named


def a_book(path: Path, *sheets: tuple[str, Sequence[Sequence[str]]]) -> Path:
    book = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


CASES = [
    ["BSN", "Zaaknummer", "Startdatum"],
    *([a_number(at), f"Z-{at}", "2026-03-01"] for at in range(20)),
]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_total_proposes_nothing_of_any_column(tmp_path: Path, form: str) -> None:
    """What is no record to the reader is none here: no word, no day, no number."""
    path = tmp_path / f"zaken.{form}"
    head = ["BSN", "Zaaknummer", "Startdatum", "Einddatum", "Status", "Telefoon team"]
    rows = [
        [a_number(at), f"Z-{at}", "13-03-2026", "", "Lopend", "0182 555 101"]
        for at in range(24)
    ]
    totals = [["Totaal", "", "", "", "24", ""], ["Aantal", "24", "24", "0", "24", "24"]]
    table = [head, *rows, *totals]
    if form == "csv":
        path.write_text("".join(";".join(row) + "\n" for row in table))
    else:
        a_book(path, ("Zaken", table))
    found = look(path)
    assert '"24"' not in found.text
    profile = parse_profile(found.text)
    assert list(profile.codes.status.opens if profile.codes.status else []) == [
        "Lopend"
    ]


def test_the_sheet_with_the_cases_is_found_and_the_others_are_named(
    tmp_path: Path,
) -> None:
    path = a_book(
        tmp_path / "zaken.xlsx",
        ("Uitleg", [["Deze lijst"], ["Telefoon", "Loket"]]),
        ("Lopende zaken", [["Overzicht"], [], *CASES]),
    )
    found = look(path)
    layout = parse_profile(found.text).xlsx
    assert layout
    assert layout.sheet == "Lopende zaken"
    assert "Niet gelezen werkbladen: Uitleg" in found.text


def test_two_sheets_that_could_be_meant_are_named_and_one_is_chosen_by_a_person(
    tmp_path: Path,
) -> None:
    path = a_book(tmp_path / "zaken.xlsx", ("Nu", CASES), ("Vorig jaar", CASES))
    done = CliRunner().invoke(app, ["profile", "init", str(path), *KNOWN_HERE])
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert "'Nu', 'Vorig jaar'" in said
    assert "--sheet" in said
    chosen = parse_profile(propose(path, *KNOWN_HERE, "--sheet", "Nu").text).xlsx
    assert chosen
    assert chosen.sheet == "Nu"
