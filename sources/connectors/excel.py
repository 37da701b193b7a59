"""Excel workbooks (.xlsx): one sheet, read row by row, no formula ever computed.

- A workbook is a ZIP of XML. Its sizes are checked before anything is inflated, and no
  part of it may declare a document type: no entities, no zip bomb.
- Rows are streamed (openpyxl, read-only). Only the table of shared texts is held by
  the library; it is limited, and a larger export belongs in a CSV file.
- A day or a number may be a typed cell, and a number is read as it is shown: `9878`
  under the format `000000000` is `000009878`. A formula gives the value that was saved.
- The sheet is the one that has the columns of the profile. Where none has, or several,
  the sheets are named; one that is hidden is read only where the profile names it, and
  so is one beside another on which numbers of persons stand.
- Rows that a filter hides are in the file, though nobody saw them: unless the profile
  says what they are, the workbook is asked about. Which these were is told.
"""

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import IO, BinaryIO, Final, Protocol
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.utils.exceptions import InvalidFileException

from sources.connectors.cases import read_case
from sources.connectors.csv_rows import Row
from sources.connectors.fields import Dialect, RawCase
from sources.connectors.file_kinds import NO_EXCEL, refuse_other_than_workbook
from sources.connectors.mapped import (
    NumberText,
    find_names,
    find_places,
    find_telling,
    make_dialect,
    write_cell,
)
from sources.connectors.safe_xml import has_document_type
from sources.connectors.safe_zip import (
    BROKEN,
    MEBIBYTE,
    Limits,
    open_archive,
    read_member,
)
from sources.connectors.silent_cells import refuse_silent_cells
from sources.connectors.table import Table, is_person, open_table
from sources.counted import say_count
from sources.dates import EXCEL
from sources.errors import UnreadableFile
from sources.layouts import ISO_DAYS, ExcelLayout
from sources.passed_over import PassedOver, Why
from sources.profile import Profile
from sources.values import Aside, Place, Reading

# What a cell's style lacks, or an extension says, is nothing we read. Once and not
# around each reading: two books that are read by turns would put back each other's.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")

LIMITS: Final = Limits(members=2_000, total=4_096 * MEBIBYTE, member=3_072 * MEBIBYTE)
MOST_SHARED: Final = 32 * MEBIBYTE
MOST_COLUMNS: Final = 500
MOST_ROWS: Final = 1 << 20
_STREAMED: Final = "xl/worksheets/"
_STRICT: Final = b"purl.oclc.org/ooxml"
# What the library raises for a workbook that is not one; it documents only the first.
_BROKEN: Final = (
    InvalidFileException,
    *BROKEN,
    ParseError,
    SyntaxError,
    TypeError,
    AttributeError,
)
_BLOCK: Final = 1 << 16
_LONGEST_TAG: Final = 1 << 12
_LOOKED_AT: Final = 200  # rows of a sheet that is not read
_NO_CHANCE: Final = 3  # one of eleven numbers passes the 11-proof
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_NUMBER: Final = re.compile(rb"""\br=["']([0-9]{1,7})["']""")
_IS_HIDDEN: Final = re.compile(rb"""\bhidden=["'](?:1|true)["']""")


class Cell(Protocol):
    """A cell, as far as we read one."""

    @property
    def value(self) -> object:
        """What stands in it."""
        ...

    @property
    def number_format(self) -> str:
        """How a number is shown."""
        ...


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of a workbook; raises `UnreadableFile`."""
    layout = profile.xlsx
    if layout is None:
        raise UnreadableFile("Het profiel beschrijft geen Excel.")
    wanted = set(find_names(layout.columns).values())
    with open_book(file) as book:
        dialect = _make_dialect(book, layout)
        sheet, table = _find_sheet(book, layout, wanted)
        places = find_places(layout.columns, table)
        hidden = book.find_hidden(sheet)
        book.verify_cells(sheet, table)
        for line, row in table.rows(*find_telling(layout.columns)):
            if line in hidden:
                is_read = layout.hidden_rows == "read"
                table.passed.hear(Why.HIDDEN_READ if is_read else Why.HIDDEN, line)
                if not is_read:
                    continue
            place = Place(line, f"record {line - table.line}")
            raw = RawCase(place, places.make_fields(row), dialect)
            yield read_case(raw, profile, today=today)
        passed = table.passed.tell()
        if layout.hidden_rows is None:
            _verify_none_hidden(passed)
        if passed:
            skipped = layout.hidden_rows == "skip"
            unread = sum(x.count for x in passed if skipped and x.why is Why.HIDDEN)
            total, counted = table.totals.find_differing(unread=unread)
            said = Aside(table.written, 0, passed, total, counted)
            yield (said,)
    if dialect.proof:
        dialect.proof.verify()


def _make_dialect(book: "Book", layout: ExcelLayout) -> Dialect:
    """Give how the cells are written; counted from 1904 no number says which day."""
    if not book.counts_from_1904:
        return make_dialect(layout, typed=(*ISO_DAYS, EXCEL))
    dates = tuple(form for form in layout.dates if form != EXCEL)
    return make_dialect(layout.model_copy(update={"dates": dates}), typed=ISO_DAYS)


def _verify_none_hidden(passed: Sequence[PassedOver]) -> None:
    """Ask about hidden rows; raises `UnreadableFile`."""
    for one in passed:
        if one.why is Why.HIDDEN:
            rows = say_count(
                one.count, "rij van het werkblad is", "rijen van het werkblad zijn"
            )
            raise UnreadableFile(
                f"{rows} verborgen, door een filter "
                f"of met de hand; de eerste is rij {one.lines[0]}. "
                "Haal het filter weg, of zet in het profiel [xlsx] hidden_rows = "
                '"read" (zij tellen mee) of "skip" (zij tellen niet mee).'
            )


class Book:
    """A workbook that is open; its sheets are read one row at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._book = load_workbook(
            file, read_only=True, data_only=True, keep_links=False
        )
        self.sheets = [str(each.title) for each in self._book.worksheets]
        self.hidden_sheets = {
            str(each.title)
            for each in self._book.worksheets
            if each.sheet_state != "visible"
        }
        # There the number of a day means another day than everywhere else.
        self.counts_from_1904 = bool(self._book.epoch != WINDOWS_EPOCH)

    def close(self) -> None:
        """Close it; the file itself stays open."""
        self._book.close()

    def rows(self, sheet: str) -> Iterator[Row]:
        """Give line and texts of each row; raises `UnreadableFile`.

        A sheet leaves out the cells behind the last that is filled in: they are empty,
        and each row is made as wide as the widest above it.
        """
        found, width = self._book[sheet], 0
        found.reset_dimensions()  # what it claims of its size is not ours to believe
        try:
            for line, row in enumerate(found.iter_rows(), start=1):
                if len(row) > MOST_COLUMNS:
                    raise UnreadableFile("Het werkblad heeft te veel kolommen.")
                width = max(width, len(row))
                texts = [_write(cell) for cell in row]
                yield line, texts + [""] * (width - len(row))
        except _BROKEN:
            raise UnreadableFile(NO_EXCEL) from None

    def find_hidden(self, sheet: str) -> Collection[int]:
        """Give the lines that are hidden; the library does not tell when it streams."""
        with self._open_part(sheet) as part:
            return find_hidden_rows(part)

    def verify_cells(self, sheet: str, table: Table) -> None:
        """Raise `UnreadableFile` for a wanted cell that looks empty to us alone."""
        with self._open_part(sheet) as part:
            refuse_silent_cells(part, table.line, set(table.positions.values()))

    @contextmanager
    def _open_part(self, sheet: str) -> Iterator[IO[bytes]]:
        path = self._book[sheet]._worksheet_path  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way
        with zipfile.ZipFile(self._file) as archive, archive.open(path) as part:
            yield part


@contextmanager
def open_book(file: BinaryIO) -> Iterator[Book]:
    """Open a workbook; raises `UnreadableFile`."""
    refuse_other_than_workbook(file)
    check_workbook(file)
    try:
        book = Book(file)
    except _BROKEN:
        raise UnreadableFile(NO_EXCEL) from None
    try:
        if not book.sheets:
            raise UnreadableFile("De werkmap heeft geen werkblad met cellen.")
        yield book
    finally:
        book.close()


def find_hidden_rows(part: IO[bytes]) -> Collection[int]:
    """Give which rows of a sheet are hidden: at most one bit for each row is kept."""
    hidden = bytearray()
    left, line = b"", 0
    while block := part.read(_BLOCK):
        data = left + block
        end = 0
        for tag in _ROW.finditer(data):
            end, number = tag.end(), _NUMBER.search(tag[0])
            line = int(number[1]) if number else line + 1
            if _IS_HIDDEN.search(tag[0]) and line <= MOST_ROWS:
                hidden.extend(bytes(max(0, line // 8 + 1 - len(hidden))))
                hidden[line // 8] |= 1 << line % 8
        # A tag may go on in the next block.
        left = data[max(end, len(data) - _LONGEST_TAG) :]
    return _Lines(hidden)


class _Lines(Collection[int]):
    """Numbers of lines, a bit for each."""

    def __init__(self, bits: bytearray) -> None:
        self._bits = bits

    def __contains__(self, line: object) -> bool:
        if not isinstance(line, int) or line // 8 >= len(self._bits):
            return False
        return bool(self._bits[line // 8] >> line % 8 & 1)

    def __iter__(self) -> Iterator[int]:
        return (at for at in range(8 * len(self._bits)) if at in self)

    def __len__(self) -> int:
        return sum(each.bit_count() for each in self._bits)


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
            if name == "xl/workbook.xml" and _STRICT in read_member(archive, name):
                raise UnreadableFile(
                    "Deze werkmap is bewaard als 'Strict Open XML'. Open haar in Excel "
                    "en bewaar haar als gewone werkmap (.xlsx)."
                )
    file.seek(0)


def _is_unusual(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(member) as part:
            return has_document_type(part)
    except BROKEN:
        return True


def _find_sheet(
    book: Book, layout: ExcelLayout, wanted: Collection[str]
) -> tuple[str, Table]:
    """Give the sheet that has the columns, and its table; raises `UnreadableFile`."""
    names = [each for each in book.sheets if layout.sheet in {None, each}]
    if not names:
        raise UnreadableFile(
            f"Het werkblad van het profiel staat niet in het bestand. {_list(book)}"
        )
    found, fault = [], UnreadableFile("")
    for name in names:
        try:
            table = open_table(book.rows(name), wanted, header_row=layout.header_row)
        except UnreadableFile as error:
            fault = error
        else:
            found.append((name, table))
    if len(found) == 1:
        if layout.sheet is None:
            _verify_no_other(book, found[0][0])
        return found[0]
    if not found:
        raise UnreadableFile(f"{fault} {_list(book)}" if len(names) > 1 else str(fault))
    raise UnreadableFile(
        "Deze kolommen staan op meer dan een werkblad. Zet de naam van het goede "
        f"werkblad bij sheet in het profiel. {_list(book)}"
    )


def _verify_no_other(book: Book, name: str) -> None:
    """Refuse a hidden sheet that nobody chose, and one beside another with people.

    Whoever stands on a second sheet, under other headings, would have no flag.
    """
    if name in book.hidden_sheets:
        raise refuse_hidden_sheet(name)
    for other in book.sheets:
        if other != name and _has_persons(book.rows(other)):
            raise UnreadableFile(
                f"Ook op werkblad {other!r} staan persoonsnummers, en daar staan de "
                "kolommen van het profiel niet. Zet alle zaken op een werkblad. Hoort "
                f"dat werkblad er niet bij? Zet dan sheet = {name!r} in het profiel, "
                "onder [xlsx]."
            )


def _has_persons(rows: Iterator[Row]) -> bool:
    """Tell whether a column has valid numbers; one alone may be so by chance."""
    seen: Counter[int] = Counter()
    for _, row in islice(rows, _LOOKED_AT):
        for at, text in enumerate(row):
            seen[at] += is_person(text)
            if seen[at] == _NO_CHANCE:
                return True
    return False


def refuse_hidden_sheet(name: str) -> UnreadableFile:
    """Give the refusal of a sheet that nobody saw, until somebody names it."""
    return UnreadableFile(
        f"De kolommen staan alleen op een verborgen werkblad: {name!r}. Is dat het "
        "goede? Maak het zichtbaar, of zet de naam bij sheet in het profiel."
    )


def _list(book: Book) -> str:
    return f"De werkbladen zijn: {', '.join(map(repr, book.sheets))}."


def _write(cell: Cell) -> str:
    """Give what a cell shows, as far as it matters: a number with its zeros."""
    text = write_cell(cell.value)
    if isinstance(text, NumberText):
        shown = cell.number_format
        if len(shown) > len(text) and not shown.strip("0"):
            return NumberText(text.zfill(len(shown)))
    return text
