"""Write tables as CSV that opens in a Dutch spreadsheet without doing anything there.

- Semicolons, CRLF, UTF-8 with a mark at the start: what Dutch spreadsheets expect.
- A cell that a spreadsheet would take for a formula gets an apostrophe before it, so
  that no text from elsewhere is ever carried out (OWASP: CSV injection).
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

MARK: Final = "\ufeff"
MEDIA_TYPE: Final = "text/csv; charset=utf-8"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def encode_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Give these rows; `MARK` is for whoever begins the file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
