"""The rows of a CSV file: every dialect is read, or named with its line.

- `sep=;` on the first line says how the file separates, whatever the profile says.
- Lines are read one by one and none may be endless: memory does not grow with the file.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from sources.connectors.text_file import LONGEST_LINE, open_text, refuse_encoding
from sources.errors import LineTooLong, UnreadableFile

Row = tuple[int, list[str]]
DELIMITERS: Final = (";", ",", "\t", "|")
_SEPARATES: Final = re.compile(r'"?sep=(?P<sign>[;,|\t])"?[\r\n]*', re.IGNORECASE)
_END: Final = "\x1a"  # how DOS ends a text


class CsvRows:
    """The rows of one file, each with the line on which it begins.

    `broke_off`: whether the last line that was read had no end; `delimiter`: what
    separates the cells, by the file itself where it says so.
    """

    def __init__(self, file: BinaryIO, delimiter: str, encoding: str) -> None:
        self._file = file
        self.delimiter = delimiter
        self._encoding = encoding
        self._began = 0
        self.broke_off = False

    def __iter__(self) -> Iterator[Row]:
        """Give line and cells of each row; raises `UnreadableFile`."""
        text = open_text(self._file, self._encoding)
        try:
            try:
                yield from self._read(text)
            finally:
                if not self._file.closed:  # a reader that was left half way outlives it
                    text.detach()
        except UnicodeError:
            raise refuse_encoding(self._file, self._encoding) from None
        except csv.Error:
            raise UnreadableFile(
                f"Vanaf regel {self._began} is het bestand geen leesbare CSV. Staat er "
                'een aanhalingsteken (") te veel in een veld? Dan hoort het veld '
                'tussen aanhalingstekens, en elk teken erin dubbel (""). Of scheidt '
                "het bestand met een ander teken dan het profiel zegt?"
            ) from None

    def _read(self, text: io.TextIOWrapper) -> Iterator[Row]:
        lines = self._lines(text)
        first = next(lines, "")
        skipped = 0
        if found := _SEPARATES.fullmatch(first):
            self.delimiter, skipped, first = found["sign"], 1, next(lines, "")
        rows = csv.reader(_chain(first, lines), delimiter=self.delimiter, strict=True)
        self._began = skipped + 1
        for row in rows:
            yield self._began, row
            self._began = rows.line_num + skipped + 1

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        while line := text.readline(LONGEST_LINE):
            if line.rstrip("\r\n") == _END:
                self._verify_nothing_behind(text)
                return
            self.broke_off = not line.endswith(("\n", "\r"))
            if self.broke_off and len(line) == LONGEST_LINE:
                raise LineTooLong("Een regel in het bestand is onmogelijk lang.")
            yield line

    def _verify_nothing_behind(self, text: io.TextIOWrapper) -> None:
        """Refuse rows behind the sign that ends a text: a full delivery lacks them."""
        while line := text.readline(LONGEST_LINE):
            if line.strip(f"{_END}\0 \t\r\n"):
                raise UnreadableFile(
                    "Midden in het bestand staat een teken dat het einde betekent "
                    f"(Ctrl+Z, op regel {self._began}). Zijn er twee bestanden achter "
                    "elkaar gezet? Haal dat teken weg, of exporteer opnieuw."
                )


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest
