"""Find the row with the headings: below a title, above the records.

A title has one cell that is filled, a record has a day or a number of a person. Of what
is left, the row with the most headings that we know is the header.
"""

from collections.abc import Sequence
from typing import Final

from sources.connectors.bsn_text import read_bsn
from sources.connectors.csv_rows import Row
from sources.dates import find_forms
from sources.proposing.words import find_roles, fold
from sources.reasons import Reason

LONGEST: Final = 100


def find_header(rows: Sequence[Row]) -> Row | None:
    """Give the row with the headings, the first of equals; None where there is none."""
    possible = [row for row in rows if _could_be_header(row[1])]
    return max(possible, key=lambda row: count_known(row[1]), default=None)


def count_known(cells: Sequence[str]) -> tuple[int, int]:
    """Give how many headings are known, and how many cells are filled at all."""
    known = sum(bool(find_roles(cell)) for cell in cells)
    return known, sum(bool(cell.strip()) for cell in cells)


def _could_be_header(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    worded = [cell for cell in filled if fold(cell).strip("0123456789")]
    if len(filled) < 2 or 2 * len(worded) < len(filled):
        return False
    return not any(len(cell) > LONGEST or _is_value(cell) for cell in filled)


def _is_value(cell: str) -> bool:
    number = read_bsn(cell, zero_lost=False)
    return not isinstance(number, Reason) or bool(find_forms(cell))
