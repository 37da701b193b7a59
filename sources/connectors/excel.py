"""Excel workbooks (.xlsx): one sheet, read row by row, no formula ever computed.

- A workbook is a ZIP of XML. Its sizes are checked before anything is inflated, and no
  part of it may declare a document type: no entities, no zip bomb.
- Rows are streamed (openpyxl, read-only). Only the table of shared texts is held by
  the library; it is limited, and a larger export belongs in a CSV file.
- A day or a number may be a typed cell; a formula gives the value that was saved.
- Old workbooks (.xls) are refused: save them as .xlsx or CSV.
"""

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO, Final, Protocol
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from sources.connectors.cases import read_case
from sources.connectors.fields import RawCase
from sources.connectors.mapped import (
    find_day_formats,
    find_positions,
    make_fields,
    write_cell,
)
from sources.connectors.safe_xml import has_document_type
from sources.connectors.safe_zip import BROKEN, MEBIBYTE, Limits, open_archive
from sources.errors import UnreadableFile
from sources.layouts import ExcelLayout
from sources.profile import Profile
from sources.values import Place, Reading

LIMITS: Final = Limits(members=2_000, total=4_096 * MEBIBYTE, member=3_072 * MEBIBYTE)
MOST_SHARED: Final = 32 * MEBIBYTE
MOST_COLUMNS: Final = 500
_STREAMED: Final = "xl/worksheets/"
# What the library raises for a workbook that is not one; it documents only the first.
_BROKEN: Final = (
    InvalidFileException,
    *BROKEN,
    ParseError,
    SyntaxError,
    TypeError,
    AttributeError,
)


class Sheet(Protocol):
    """A sheet, as far as we read one."""

    def reset_dimensions(self) -> None:
        """Forget how large the file says that the sheet is."""
        ...

    def iter_rows(self, *, values_only: bool) -> Iterator[Sequence[object]]:
        """Give the rows as values."""
        ...


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of a workbook; raises `UnreadableFile`."""
    layout = profile.xlsx
    if layout is None:
        raise UnreadableFile("Het profiel beschrijft geen Excel.")
    formats = find_day_formats(layout)
    header: list[str] = []
    positions = None
    for line, row in read_rows(file, layout):
        if positions is None:
            header = [text.strip() for text in row]
            positions = find_positions(header, layout.columns)
            continue
        if not any(row):
            continue
        filled = [*row, *[""] * (len(header) - len(row))]
        place = Place(line, f"regel {line - layout.header_row}")
        raw = RawCase(place, make_fields(positions, header, filled), formats)
        yield read_case(raw, profile, today=today)
    if positions is None:
        raise UnreadableFile("Het werkblad heeft geen regel met kolomnamen.")


def read_rows(
    file: BinaryIO, layout: ExcelLayout | None
) -> Iterator[tuple[int, list[str]]]:
    """Give line and texts of each row from the header on; raises `UnreadableFile`."""
    check_workbook(file)
    first = layout.header_row if layout else 1
    # What a cell's style lacks, or an extension says, is nothing we read.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                sheet = _find_sheet(book.sheetnames, layout)
                yield from _read_sheet(book[sheet], first)
            finally:
                book.close()
        except _BROKEN:
            raise UnreadableFile("Het bestand is geen leesbare Excel.") from None


def check_workbook(file: BinaryIO) -> None:
    """Refuse what could flood or mislead the library that reads it."""
    with open_archive(file, LIMITS) as archive:
        for member in archive.infolist():
            name = member.filename.lower()
            held = not name.startswith(_STREAMED)
            if held and member.file_size > MOST_SHARED and name.endswith(".xml"):
                raise UnreadableFile(
                    "Dit werkboek heeft te veel losse teksten. Lever het als CSV aan."
                )
            if name.endswith((".xml", ".rels")) and _is_unusual(archive, member):
                raise UnreadableFile("Het bestand is geen gewone Excel.")
    file.seek(0)


def _is_unusual(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(member) as part:
            return has_document_type(part)
    except BROKEN:
        return True


def _find_sheet(names: list[str], layout: ExcelLayout | None) -> str:
    if layout is None or layout.sheet is None:
        return names[0]
    if layout.sheet not in names:
        raise UnreadableFile("Het werkblad van het profiel staat niet in het bestand.")
    return layout.sheet


def _read_sheet(sheet: Sheet, first: int) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what the file claims of its size is not ours to believe
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if len(row) > MOST_COLUMNS:
            raise UnreadableFile("Het werkblad heeft te veel kolommen.")
        if line >= first:
            yield line, [write_cell(value) for value in row]
