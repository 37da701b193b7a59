"""Rows that a stray quote swallowed: they stand as text inside a field of another row.

A field may well have lines of its own, a remark for instance. But a line inside a field
that has as many delimiters as a row of this file is a row; and so are lines that have
as many together, where the quote stood in the middle of a row. In a table of few
columns they must name a person as well: wherever the quote stood, they do.
"""

from collections.abc import Sequence
from typing import Final

from keys.bsn import Bsn
from sources.connectors.bsn_text import read_bsn

NARROW: Final = 4  # in a table of few columns, a remark may well have as many signs


def count_swallowed(row: Sequence[str], columns: int, delimiter: str) -> int:
    """Count the lines inside the fields of a row that look like rows themselves."""
    needed = max(columns - 1, 1)
    found = 0
    for text in row:
        if "\n" not in text and "\r" not in text:
            continue
        lines = text.splitlines()
        together = len(lines) > 1 and text.count(delimiter) >= needed * (len(lines) - 1)
        alone = sum(line.count(delimiter) >= needed for line in lines)
        is_sure = columns > NARROW or _names_person(lines, delimiter)
        found += max(alone, len(lines) - 1 if together and is_sure else 0)
    return found


def _names_person(lines: Sequence[str], delimiter: str) -> bool:
    cells = (cell for line in lines for cell in line.split(delimiter))
    return any(isinstance(read_bsn(cell, zero_lost=False), Bsn) for cell in cells)
