"""What every registration with named columns shares: from a row to its fields.

CSV, Excel, a view in a database and events differ in how a row is got at; which column
is what stands in the profile, and is read here only.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from sources.connectors.fields import RawField, Role
from sources.errors import UnreadableFile
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


def find_positions(header: Sequence[str], columns: Columns) -> dict[Role, int]:
    """Give where each role stands; raises `UnreadableFile` unless each stands once."""
    names = find_names(columns)
    missing = sorted(name for name in names.values() if header.count(name) != 1)
    if missing:
        raise UnreadableFile(
            f"Deze kolommen staan niet precies een keer in het bestand: {missing}"
        )
    return {role: header.index(name) for role, name in names.items()}


def make_fields(
    positions: Mapping[Role, int], header: Sequence[str], row: Sequence[str]
) -> dict[Role, RawField]:
    """Give the fields of one row."""
    return {role: RawField(header[at], row[at]) for role, at in positions.items()}


def find_day_formats(layout: MappedLayout) -> tuple[str, ...]:
    """Give how days are written where a cell may be typed: then it is ISO."""
    return (*ISO_DAYS, *(each for each in layout.dates if each not in ISO_DAYS))


def write_cell(value: object) -> str:
    """Give a typed value as the text it would be in a file.

    A number that a spreadsheet keeps as `123456782.0` is `123456782`; a moment is its
    day, since nothing here is about a time of day. What has no text here is empty.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case float() | Decimal():
            return _write_number(value)
        case date():
            return value.isoformat()[: len("2026-01-31")]
        case _:
            return ""


def _write_number(value: float | Decimal) -> str:
    try:
        whole = int(value)
    except (ValueError, OverflowError):  # not a number, or without end
        return ""
    return str(whole) if whole == value else str(value)
