"""Look at a table that somebody exported: CSV or a workbook, a sample of its rows.

How it is written is found out where the file shows it: encoding, separator, the row
with the headings, the sheet. It is read by what reads it for real, so that a proposal
holds; where two sheets could be meant, both are named.
"""

import csv
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final

from sources.connectors.csv_rows import DELIMITERS, CsvRows, Row
from sources.connectors.excel import Book, open_book
from sources.connectors.file_kinds import refuse_other_than_text
from sources.connectors.table import MOST_ABOVE, find_why, fit_row, fold_heading
from sources.connectors.text_file import guess_encoding, recognise_encoding
from sources.errors import UnreadableFile
from sources.proposing.headings import count_known, find_header
from sources.proposing.samples import MOST_ROWS, Column, Sample
from sources.proposing.toml import write_comment, write_text
from sources.proposing.words import find_roles, fold

LOOKED_AT: Final = 4 << 20
_SEPARATES: Final = re.compile(r'"?sep=(?P<sign>[;,|\t])"?', re.IGNORECASE)
_TRIED: Final = 200
_NO_HEADER: Final = "Het bestand heeft geen regel met kolomnamen."


@dataclass(frozen=True, slots=True)
class Table:
    """A sample, and the lines of a profile that say how the file is written.

    `hidden`: how many rows of the sheet a filter hides; whether these count is asked.
    """

    form: str
    sample: Sample
    layout: tuple[str, ...]
    hidden: int = 0


def look_at_csv(path: Path) -> Table:
    """Look at the first rows of a CSV file; raises `UnreadableFile`."""
    with path.open("rb") as file:
        refuse_other_than_text(file)
        file.seek(0)
        data = file.read(LOOKED_AT)
        encoding = find_encoding(data)
        delimiter = _find_delimiter(data, encoding)
        with closing(_read(file, delimiter, encoding)) as rows:
            sample = _look(rows, MOST_ROWS)
    layout = (f"delimiter = {write_text(delimiter)}", f'encoding = "{encoding}"')
    return Table("csv", sample, layout)


def look_at_excel(path: Path, sheet: str = "") -> Table:
    """Look at a workbook; raises `UnreadableFile`, which names its sheets.

    Without `sheet` it is the only one whose table has numbers of persons.
    """
    with path.open("rb") as file, open_book(file) as book:
        name = _choose_sheet(book, sheet)
        sample = _look(book.rows(name), MOST_ROWS)
        others = [each for each in book.sheets if each != name]
        hidden = len(book.find_hidden(name))
    if not others:
        return Table("xlsx", sample, (), hidden)
    listed = ", ".join(write_comment(each) for each in others)
    layout = (f"sheet = {write_text(name)}", f"# Niet gelezen werkbladen: {listed}")
    return Table("xlsx", sample, layout, hidden)


def _read(file: BinaryIO, delimiter: str, encoding: str) -> Generator[Row, None, None]:
    yield from CsvRows(file, delimiter, encoding)


def _look(rows: Iterator[Row], most: int) -> Sample:
    """Look at rows from the header on; raises `UnreadableFile` without one."""
    above = list(islice(rows, MOST_ABOVE))
    found = find_header(above)
    if found is None:
        raise UnreadableFile(_NO_HEADER)
    line, cells = found
    header = [name.strip() for name in cells]
    below = chain((row for row in above if row[0] > line), rows)
    return _look_below(header, below, most)


def _look_below(header: list[str], rows: Iterable[Row], most: int) -> Sample:
    named = [at for at, name in enumerate(header) if name]
    folded = [fold_heading(name) for name in header]
    sample = Sample([Column(header[at]) for at in named])
    number = _find(sample, ("zaak", "dossier", "iddossier", "casus", "melding"))
    person = _find(sample, ("bsn", "burgerservice"))
    persons = [] if person is None else [named[person]]
    for _line, row in rows:
        if sample.rows >= most:
            break
        cells = fit_row(row, header)
        if len(cells) != len(header) or find_why(cells, persons, folded):
            continue
        kept = [cells[at] for at in named]
        sample.look(kept)
        if number is not None and person is not None and kept[number]:
            sample.look_for_sharing(kept[number], kept[person])
    return sample


def _find(sample: Sample, words: tuple[str, ...]) -> int | None:
    for at, column in enumerate(sample.columns):
        if fold(column.name).startswith(words):
            return at
    return None


def find_encoding(data: bytes) -> str:
    """Give the encoding that bytes prove, or the likeliest, as a profile names it."""
    proven = recognise_encoding(data[: 1 << 16], "")
    if proven:
        return "utf-16" if proven.startswith("utf-16") else proven
    whole = data[: data.rfind(b"\n") + 1] or data
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        return guess_encoding(data)
    return "utf-8"


def _find_delimiter(data: bytes, encoding: str) -> str:
    """Give the sign by which most of the headings that we know are told apart."""
    known = recognise_encoding(data[: 1 << 16], encoding)
    lines = data.decode(known, errors="replace").splitlines()[:_TRIED]
    if lines and (found := _SEPARATES.fullmatch(lines[0])):
        return found["sign"]

    def count(sign: str) -> tuple[int, int]:
        rows = list(enumerate(csv.reader(lines, delimiter=sign), start=1))
        header = find_header(rows[:MOST_ABOVE])
        return count_known(header[1]) if header else (0, 0)

    return max(DELIMITERS, key=count)


def _choose_sheet(book: Book, wanted: str) -> str:
    listed = ", ".join(repr(each) for each in book.sheets)
    if wanted:
        if wanted not in book.sheets:
            raise UnreadableFile(f"Dat werkblad is er niet. De werkbladen: {listed}.")
        return wanted
    if len(book.sheets) == 1:
        return book.sheets[0]
    found = [each for each in book.sheets if _has_persons(book, each)]
    if len(found) != 1:
        listed = ", ".join(repr(each) for each in found) or listed
        raise UnreadableFile(
            f"Op welk werkblad staan de zaken? Dat kan zijn: {listed}. Kies er een "
            "met --sheet."
        )
    if found[0] in book.hidden_sheets:
        raise UnreadableFile(
            f"De zaken staan alleen op een verborgen werkblad: {found[0]!r}. Is dat "
            "het goede? Maak het zichtbaar, of kies het met --sheet."
        )
    return found[0]


def _has_persons(book: Book, sheet: str) -> bool:
    try:
        sample = _look(book.rows(sheet), _TRIED)
    except UnreadableFile:
        return False
    return any(
        column.has_numbers or "bsn" in find_roles(column.name)
        for column in sample.columns
    )
