"""What every registration with named columns shares: from a row to its fields.

CSV, Excel, a view in a database and events differ in how a row is got at; which column
is what stands in the profile, and is read here only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sources.connectors.fields import Dialect, RawField, Role
from sources.connectors.proof import start_proof
from sources.connectors.table import Table
from sources.dates import parse_day
from sources.layouts import ISO_DAYS, Columns, MappedLayout

ROLES: Final[Mapping[str, Role]] = {
    "case_number": "number",
    "bsn": "bsn",
    "start": "start",
    "end": "end",
    "status": "status",
    "municipality": "municipality",
    "birth": "birth",
    "contact": "contact",
    "phone": "phone",
    "opt_in": "opt_in",
    "category": "category",
    "informed": "informed",
    "informed_on": "informed_on",
    "surname": "surname",
    "initials": "initials",
    "postcode": "postcode",
    "house_number": "house_number",
}


def find_names(columns: Columns) -> dict[Role, str]:
    """Give the column of each role that the profile names."""
    wanted = columns.model_dump(exclude_none=True)
    return {ROLES[role]: name for role, name in wanted.items()}


def make_dialect(layout: MappedLayout, *, typed: tuple[str, ...] = ()) -> Dialect:
    """Give how a registration writes; `typed` are the forms of cells with a type."""
    days = (*typed, *(each for each in layout.dates if each not in typed))
    known = (*ISO_DAYS, *days)
    return Dialect(
        days, layout.empty, _find_empty_days(layout.empty, known), start_proof(layout)
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where in a row each role stands, under the heading that the table has for it."""

    places: tuple[tuple[Role, str, int], ...]

    def make_fields(self, row: Sequence[str]) -> dict[Role, RawField]:
        """Give the fields of one row."""
        return {role: make_field(name, row[at]) for role, name, at in self.places}


def find_places(columns: Columns, table: Table) -> Places:
    """Give where the roles of a profile stand in a table."""
    at = table.positions
    names = find_names(columns).items()
    return Places(tuple((role, table.header[at[n]], at[n]) for role, n in names))


def find_telling(columns: Columns) -> tuple[str, ...]:
    """Give the columns of which a record has at least one, and a total has none."""
    return (columns.start, *((columns.bsn,) if columns.bsn else ()))


def make_field(name: str, text: str) -> RawField:
    """Give a field of a cell that was text, or a number written as one."""
    return RawField(name, text, type(text) is NumberText)


def _find_empty_days(texts: frozenset[str], forms: tuple[str, ...]) -> frozenset[date]:
    found = set()
    for text in texts:
        try:
            found.add(parse_day(text, forms))
        except ValueError:
            continue
    return frozenset(found)


class NumberText(str):
    """The digits of what was no text: no zero can stand in front; empty: no number."""

    __slots__ = ()


def write_cell(value: object) -> str:
    """Give a typed value as the text it would be in a file.

    A number that a spreadsheet keeps as `123456782.0` is `123456782`. A moment keeps
    its time, so that with a zone it is the day in the Netherlands. What can have no
    text is no empty cell: an end that cannot be read is not the same as no end.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str() | None:
            return value or ""
        case int():
            return NumberText(value)
        case float() | Decimal():
            return NumberText(_write_number(value))
        case date():
            return value.isoformat()
        case _:
            is_plain = isinstance(value, time | timedelta | UUID)
            return str(value) if is_plain else NumberText()


def _write_number(value: float | Decimal) -> str:
    try:
        whole = int(value)
    except (ValueError, OverflowError):  # not a number, or without end
        return ""
    return str(whole) if whole == value else str(value)
