"""Cells of a sheet that show something to a reader and hold nothing for us.

- A cell that is merged over several rows holds its value in the first; under an end
  that covers three rows two cases would look open.
- A formula without a saved value: whoever wrote the workbook did not compute it.

The library gives both as empty cells. So the sheet is looked through once more, in
blocks, for the columns that the profile names.
"""

import re
from collections.abc import Collection
from typing import IO, Final

from sources.errors import UnreadableFile

_BLOCK: Final = 1 << 16
_OVERLAP: Final = 1 << 15  # a formula has 8,192 signs at most
_MERGED: Final = re.compile(
    rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["']"""
)
_FORMULA: Final = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>\s*)?</(?:\w+:)?c>"""
)
_PLACE: Final = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_IS_TEXT: Final = re.compile(rb"""\bt=["']str["']""")  # saved, and the text is empty


def refuse_silent_cells(part: IO[bytes], header: int, columns: Collection[int]) -> None:
    """Raise `UnreadableFile` for such a cell below the header in one of the columns."""
    left = b""
    while block := part.read(_BLOCK):
        data = left + block
        if b"mergeCell" in data:
            _refuse_merged(data, header, columns)
        if b"</f>" in data or b":f>" in data or b"<f" in data:
            _refuse_formulas(data, header, columns)
        left = data[-_OVERLAP:]


def _refuse_merged(data: bytes, header: int, columns: Collection[int]) -> None:
    for found in _MERGED.finditer(data):
        first, top, last, bottom = found.groups()
        spans = range(_number(first), _number(last) + 1)
        if int(top) < int(bottom) > header and any(at in spans for at in columns):
            begin, end = (first + top).decode(), (last + bottom).decode()
            raise UnreadableFile(
                f"De cellen {begin} tot en met {end} van het werkblad zijn "
                "samengevoegd. Alleen de eerste heeft dan een waarde, de andere rijen "
                "niet. Splits ze en vul elke rij in."
            )


def _refuse_formulas(data: bytes, header: int, columns: Collection[int]) -> None:
    for found in _FORMULA.finditer(data):
        place = _PLACE.search(found[1])
        if place is None or _IS_TEXT.search(found[1]):
            continue
        column, line = place.groups()
        if int(line) > header and _number(column) in columns:
            raise UnreadableFile(
                f"In cel {(column + line).decode()} van het werkblad staat een formule "
                "waarvan de uitkomst niet is bewaard. Open de werkmap in Excel en "
                "bewaar haar opnieuw."
            )


def _number(letters: bytes) -> int:
    """Give the place of a column: A is 0."""
    found = 0
    for each in letters:
        found = found * 26 + each - ord("A") + 1
    return found - 1
