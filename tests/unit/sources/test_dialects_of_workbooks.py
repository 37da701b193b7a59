"""Workbooks as people save them: what they show is read, or it is asked about."""

import io
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet.worksheet import Worksheet

from sources.connectors import read_file
from sources.connectors.excel import find_hidden_rows
from sources.connectors.mapped import write_cell
from sources.connectors.silent_cells import refuse_silent_cells
from sources.dates import parse_day
from sources.errors import UnreadableFile
from sources.intake.files import FileIntake
from sources.passed_over import PassedOver, Why
from sources.profile import Profile, parse_profile
from sources.reasons import Reason
from sources.values import Aside, Case, Entry, Kept, Reject
from tests.dialect_builders import zipped
from tests.sources_builders import TODAY, a_number

PROFILE = """
name = "werkboek"
format = "xlsx"
category = "bijstand"
municipalities = ["0599"]
valid_months = 12
informed = "discussed"
default_contact = "TEAM"
[xlsx]
[xlsx.columns]
bsn = "BSN"
start = "Begin"
case_number = "Zaak"
[contacts.TEAM]
function = "Klantmanager Inkomen"
phone = "0182 555 101"
last_verified = 2026-10-01
"""
ENDING = parse_profile(
    PROFILE.replace("[xlsx.columns]\n", '[xlsx.columns]\nend = "Eind"\n')
)
HEAD = ("Zaak", "BSN", "Begin")


def a_profile(layout: str = "") -> Profile:
    return parse_profile(PROFILE.replace("[xlsx]\n", f"[xlsx]\n{layout}\n"))


def a_sheet(*rows: tuple[object, ...], book: Workbook | None = None) -> Worksheet:
    made = book or Workbook()
    sheet = made.active if book is None else made.create_sheet()
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    return sheet


def a_row(
    at: int, begin: object = "2026-01-05", bsn: object = None
) -> tuple[object, ...]:
    return (f"Z-{at}", bsn or a_number(at), begin)


def save(sheet: Worksheet) -> bytes:
    made = io.BytesIO()
    assert sheet.parent is not None
    sheet.parent.save(made)
    return made.getvalue()


def read(data: bytes, profile: Profile | None = None) -> list[Entry]:
    return [each for each in read_all(data, profile) if not isinstance(each, Aside)]


def read_all(data: bytes, profile: Profile | None = None) -> list[Entry]:
    found = read_file(io.BytesIO(data), profile or a_profile(), today=TODAY)
    return [entry for reading in found for entry in reading]


def test_rows_that_a_filter_hides_are_asked_about_unless_the_profile_knows() -> None:
    sheet = a_sheet(HEAD, *(a_row(at) for at in range(5)), (None,) * 3)
    for line in (3, 5, 7):  # the last one is empty
        sheet.row_dimensions[line].hidden = True
    data = save(sheet)
    with pytest.raises(UnreadableFile, match=r"^2 rijen .* rij 3"):
        read(data)
    empty = PassedOver(Why.EMPTY, 1, (7,))
    *kept, told = read_all(data, a_profile('hidden_rows = "read"'))
    seen = PassedOver(Why.HIDDEN_READ, 2, (3, 5))
    assert (len(kept), told) == (5, Aside(passed=(empty, seen)))
    *kept, told = read_all(data, a_profile('hidden_rows = "skip"'))
    assert [type(each) for each in kept] == [Case] * 3
    assert told == Aside(passed=(empty, PassedOver(Why.HIDDEN, 2, (3, 5))))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_only_where_the_profile_names_it(
    state: Literal["hidden", "veryHidden"],
) -> None:
    book = Workbook()
    sheet = a_sheet(HEAD, *(a_row(at) for at in range(5)), book=book)
    sheet.title, sheet.sheet_state = "Archief", state
    data = save(sheet)
    with pytest.raises(UnreadableFile, match="alleen op een verborgen werkblad: 'Arch"):
        read(data)
    assert len(read(data, a_profile('sheet = "Archief"'))) == 5


def test_hidden_rows_are_found_across_blocks_and_without_numbers() -> None:
    rows = b"".join(
        b"<row%b>%b</row>" % (b' hidden="1"' if at % 1000 == 0 else b"", b"<c/>" * 20)
        for at in range(1, 50_001)
    )
    found = find_hidden_rows(io.BytesIO(b"<sheetData>" + rows + b"</sheetData>"))
    assert list(found) == [at for at in range(1, 50_001) if at % 1000 == 0]
    assert len(found) == 50


def test_a_number_is_read_as_it_is_shown() -> None:
    sheet = a_sheet(HEAD, a_row(1, bsn=9878), a_row(2, bsn=10000008))
    sheet["B2"].number_format = "000000000"
    first, second, _kept = read(save(sheet))
    assert isinstance(first, Case)
    assert first.bsn.digits == "000009878"
    assert isinstance(second, Reject)
    assert second.reason is Reason.BSN_LENGTH
    (_, case) = read(save(sheet), a_profile("bsn_zero_lost = true"))
    assert isinstance(case, Case)
    assert case.bsn.digits == "010000008"


def test_numbers_and_texts_together_prove_nothing_of_lost_zeros() -> None:
    """A cell with a number cannot keep a zero, whatever the cells with texts do."""
    sheet = a_sheet(HEAD, a_row(1, bsn="010000008"), a_row(2, bsn=10000008))
    found = read(save(sheet), a_profile("bsn_zero_lost = true"))
    assert [type(each) for each in found] == [Case, Case]


@pytest.mark.parametrize(
    "begin",
    [date(2026, 3, 1), datetime(2026, 3, 1, 23, 30), 46082, "2026-03-01"],  # noqa: DTZ001 - a cell has no zone
)
def test_a_day_is_read_however_its_cell_is_typed(begin: object) -> None:
    (case,) = read(save(a_sheet(HEAD, a_row(1, begin))))
    assert isinstance(case, Case)
    assert case.started_on == date(2026, 3, 1)


def test_a_number_of_a_day_is_named_where_days_are_counted_from_1904() -> None:
    sheet = a_sheet(HEAD, a_row(1, 44620))
    assert sheet.parent is not None
    sheet.parent.epoch = MAC_EPOCH
    for layout in ("", 'dates = ["excel"]'):
        rejected, _kept = read(save(sheet), a_profile(layout))
        assert isinstance(rejected, Reject)
        assert rejected.reason is Reason.DATE_SERIAL


def test_cells_behind_the_last_that_is_filled_in_are_empty() -> None:
    """A sheet does not hold them: the row is shorter than the header, and whole."""
    sheet = a_sheet((*HEAD, "Eind", "Opmerking"), a_row(1), (*a_row(2), None, "x"))
    assert [type(each) for each in read(save(sheet), ENDING)] == [Case, Case]


@pytest.mark.parametrize(
    ("merged", "named"),
    [("D2:D4", "D2 tot en met D4"), ("C4:D5", "C4 tot en met D5")],
)
def test_an_end_that_is_merged_over_rows_is_asked_about(
    merged: str, named: str
) -> None:
    """Only its first row has it: the other cases would look open."""
    sheet = a_sheet((*HEAD, "Eind"), *((*a_row(at), None) for at in range(1, 6)))
    sheet.merge_cells(merged)
    with pytest.raises(UnreadableFile, match=named):
        read(save(sheet), ENDING)


@pytest.mark.parametrize("merged", ["A1:A2", "C5:D5", "E3:E6"])
def test_a_title_or_a_remark_may_be_merged(merged: str) -> None:
    head = (*HEAD, "Eind", "Opmerking")
    rows = [(*a_row(at), None, None) for at in range(1, 6)]
    sheet = a_sheet((None,) * 5, (None,) * 5, head, *rows)
    sheet.merge_cells(merged)
    assert len(read(save(sheet), ENDING)) == 5


def test_a_formula_without_its_outcome_is_asked_about() -> None:
    """A library wrote it and computed nothing: an end would look like none."""
    rows = [(*a_row(at), "=DATE(2026,5,1)") for at in range(1, 4)]
    with pytest.raises(UnreadableFile, match=r"cel D2 .* formule"):
        read(save(a_sheet((*HEAD, "Eind"), *rows)), ENDING)
    remarks = [(*a_row(at), None, "=1+1") for at in range(1, 4)]
    sheet = a_sheet((*HEAD, "Eind", "Opmerking"), *remarks)
    assert len(read(save(sheet), ENDING)) == 3


def test_a_formula_whose_outcome_is_an_empty_text_is_an_empty_cell() -> None:
    cell = b'<row r="2"><c r="D2" s="1" t="str"><f>IF(A2="","","")</f><v></v></c></row>'
    refuse_silent_cells(io.BytesIO(cell), 1, {3})
    with pytest.raises(UnreadableFile):
        refuse_silent_cells(io.BytesIO(cell.replace(b' t="str"', b"")), 1, {3})
    far = b"<c/>" * 16_380 + cell.replace(b' t="str"', b"")  # across two blocks
    with pytest.raises(UnreadableFile):
        refuse_silent_cells(io.BytesIO(far), 1, {3})


@pytest.mark.parametrize("end", [time(0, 0), timedelta(days=46000), True])
def test_an_end_that_is_no_day_is_not_the_same_as_no_end(end: object) -> None:
    sheet = a_sheet((*HEAD, "Eind"), (*a_row(1), end))
    rejected, kept = read(save(sheet), ENDING)
    assert isinstance(rejected, Reject)
    assert (rejected.field, type(kept)) == ("Eind", Kept)


@pytest.mark.parametrize("head", [("Dossier", "Persoon", "Start"), None])
def test_people_on_a_sheet_under_other_headings_are_asked_about(
    head: tuple[str, ...] | None,
) -> None:
    sheet = a_sheet(HEAD, *(a_row(at) for at in range(5)))
    others = [a_row(at) for at in range(5, 8)]
    second = a_sheet(*((head, *others) if head else others), book=sheet.parent)
    second.title = "Zuid"
    data = save(sheet)
    with pytest.raises(UnreadableFile, match=r"Ook op werkblad 'Zuid'.*sheet = "):
        read(data)
    assert len(read(data, a_profile(f'sheet = "{sheet.title}"'))) == 5


def test_a_sheet_of_counts_beside_the_cases_is_no_question() -> None:
    sheet = a_sheet(HEAD, *(a_row(at) for at in range(5)))
    a_sheet(("Team", "Aantal"), ("Noord", 123456789), ("Zuid", 3), book=sheet.parent)
    assert len(read(save(sheet))) == 5


def test_the_sheet_and_the_row_of_the_header_are_found() -> None:
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.append(("Toelichting",))
    title = (("Lopende zaken",), (), HEAD)
    sheet = a_sheet(*title, a_row(1), a_row(2), ("Totaal", 2), book=book)
    assert [type(each) for each in read(save(sheet))] == [Case, Case]


def test_a_total_below_hidden_rows_counts_what_is_read_or_what_there_is() -> None:
    for says, differs in ((3, (0, 0)), (5, (0, 0)), (4, (4, 3)), (20, (20, 3))):
        rows = [a_row(at) for at in range(5)]
        sheet = a_sheet(HEAD, *rows, ("Totaal", says, None))
        for line in (3, 5):
            sheet.row_dimensions[line].hidden = True
        *_cases, told = read_all(save(sheet), a_profile('hidden_rows = "skip"'))
        assert isinstance(told, Aside)
        assert (told.total, told.counted) == differs


def test_sheets_are_named_where_it_is_not_clear_which() -> None:
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "Januari"
    first.append(HEAD)
    second = a_sheet(HEAD, a_row(1), book=book)
    second.title = "Februari"
    data = save(second)
    with pytest.raises(UnreadableFile, match=r"meer dan een .*'Januari', 'Februari'"):
        read(data)
    with pytest.raises(UnreadableFile, match="'Januari', 'Februari'"):
        read(data, a_profile('sheet = "Maart"'))
    assert len(read(data, a_profile('sheet = "Februari"'))) == 1
    with pytest.raises(UnreadableFile, match=r"niet in het bestand.*'Januari'"):
        read(save(a_sheet(("Iets", "anders"), book=book)), a_profile("header_row = 9"))


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), r"oud Excel.*wachtwoord"),
        (b"<html><body><table>", r"HTML.*\.xlsx"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook>', "XML"),
        (zipped("mimetype", "content.xml"), r"OpenDocument.*\.ods"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), r"\.xlsb"),
        (zipped("Index.zip", "preview.jpg"), "Numbers"),
        (zipped("berichten/1.xml"), "archief"),
        (b"BSN;Zaak\n1;2\n", r'format = "csv".*\[csv\.columns\].*delimiter'),
        (zipped("xl/workbook.xml")[:40], "niet heel.*bewaar haar opnieuw.*sluit Excel"),
        (b"", "leeg"),
        (b"\x00\x01\x02", "geen leesbare Excel"),
    ],
    ids=[
        "xls",
        "html",
        "xml",
        "ods",
        "xlsb",
        "numbers",
        "zip",
        "csv",
        "half",
        "empty",
        "junk",
    ],
)
def test_what_is_no_workbook_is_named_with_what_to_do(data: bytes, named: str) -> None:
    with pytest.raises(UnreadableFile, match=named):
        read(data)


def test_what_excel_writes_beside_an_open_workbook_is_named(tmp_path: Path) -> None:
    beside = FileIntake(tmp_path / "~$zaken.xlsx", parse_profile(PROFILE))
    with pytest.raises(UnreadableFile, match=r"hulpbestand van Excel.*Sluit Excel"):
        list(beside.read(today=TODAY))


def test_a_strict_workbook_is_named() -> None:
    with zipfile.ZipFile(io.BytesIO(save(a_sheet(HEAD, a_row(1))))) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for name, part in parts.items():
            usual = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
            new.writestr(name, part.replace(usual, strict))
    with pytest.raises(UnreadableFile, match="Strict"):
        read(packed.getvalue())


def test_a_moment_of_a_database_is_its_day_here() -> None:
    moment = datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert parse_day(write_cell(moment), ("%Y-%m-%d",)) == date(2026, 3, 1)
