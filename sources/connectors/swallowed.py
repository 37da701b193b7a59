"""Rows that a stray quote swallowed: they stand as text inside a field of another row.

A field may well have lines of its own, a remark for instance. But a line inside a field
that has as many delimiters as a row of this file is a row.
"""

from collections.abc import Sequence


def count_swallowed(row: Sequence[str], columns: int, delimiter: str) -> int:
    """Count the lines inside the fields of a row that look like rows themselves."""
    needed = max(columns - 1, 1)
    return sum(
        line.count(delimiter) >= needed
        for text in row
        if "\n" in text or "\r" in text
        for line in text.splitlines()
    )
