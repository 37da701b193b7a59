"""Stored rows, read one by one: one that somebody broke costs no other.

Whoever lists rows names those that cannot be read; nothing of them is said.

Proven by tests/attack/test_a_broken_row_costs_no_list.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from signal_index.wire.errors import InvalidField

Row = TypeVar("Row")
Read = TypeVar("Read")

_BROKEN: Final = (
    InvalidField,
    ValueError,  # pydantic's `ValidationError` is one
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,  # a day after the last one
)


def read_each(
    rows: Iterable[Row], read: Callable[[Row], Read]
) -> tuple[list[Read], list[Row]]:
    """Give what can be read of rows, and the rows that cannot, in their order."""
    found: list[Read] = []
    broken: list[Row] = []
    for row in rows:
        try:
            found.append(read(row))
        except _BROKEN:
            broken.append(row)
    return found, broken
