"""Look at a table that somebody exported: CSV or Excel, a sample of its rows."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sources.connectors.excel import open_book
from sources.errors import UnreadableFile
from sources.proposing.samples import MOST_ROWS, Column, Sample
from sources.proposing.words import fold

LOOKED_AT: Final = 4 << 20
_DELIMITERS: Final = (";", ",", "\t", "|")


@dataclass(frozen=True, slots=True)
class Table:
    """A sample, and the lines of a profile that say how the file is written."""

    form: str
    sample: Sample
    layout: tuple[str, ...]


def look_at_csv(path: Path) -> Table:
    """Look at the first part of a CSV file; raises `UnreadableFile`."""
    with path.open("rb") as file:
        data = file.read(LOOKED_AT)
        whole = len(data) < LOOKED_AT
    encoding = _find_encoding(data)
    text = data.decode(encoding, errors="replace")
    lines = text.splitlines(keepends=True)
    lines = lines if whole or len(lines) < 2 else lines[:-1]
    delimiter = _find_delimiter(lines[0] if lines else "")
    try:
        rows = csv.reader(io.StringIO("".join(lines)), delimiter=delimiter, strict=True)
        sample = _look(rows)
    except csv.Error:
        raise UnreadableFile("Het bestand is geen leesbare CSV.") from None
    shown = "\\t" if delimiter == "\t" else delimiter
    layout = (f'delimiter = "{shown}"', f'encoding = "{encoding}"')
    return Table("csv", sample, layout)


def look_at_excel(path: Path) -> Table:
    """Look at the first sheet of a workbook; raises `UnreadableFile`."""
    with path.open("rb") as file, open_book(file) as book:
        rows = (row for _line, row in book.rows(book.sheets[0]))
        return Table("xlsx", _look(rows), ())


def _look(rows: Iterable[list[str]]) -> Sample:
    source: Iterator[list[str]] = iter(rows)
    header = [name.strip() for name in next(source, [])]
    if len([name for name in header if name]) < 2:
        raise UnreadableFile("De eerste regel heeft geen kolomnamen.")
    sample = Sample([Column(name) for name in header])
    number = _find(header, ("zaak", "dossier", "iddossier", "casus", "melding"))
    person = _find(header, ("bsn", "burgerservice"))
    for row in source:
        if sample.rows >= MOST_ROWS:
            break
        if len(row) != len(header):
            continue
        sample.look(row)
        if number is not None and person is not None and row[number]:
            sample.look_for_sharing(row[number], row[person])
    return sample


def _find(header: list[str], words: tuple[str, ...]) -> int | None:
    for at, name in enumerate(header):
        if fold(name).startswith(words):
            return at
    return None


def _find_encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("Het bestand is UTF-16. Bewaar het als CSV UTF-8.")
    if b"\0" in data[:4096]:
        raise UnreadableFile("Het bestand is geen tekst.")
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        data[: data.rfind(b"\n") + 1 or len(data)].decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _find_delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)
