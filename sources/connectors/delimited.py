"""CSV, as registrations export it: every dialect stands in the profile.

Lines are read one by one. A row with more or fewer fields than the header is a reject;
a file without the columns the profile names is refused whole, before anything is read.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import BinaryIO

from sources.connectors.cases import read_case
from sources.connectors.fields import RawCase, RawField, Role
from sources.errors import UnreadableFile
from sources.profile import Columns, CsvLayout, Profile
from sources.reasons import Reason
from sources.values import Place, Reading, Reject

_ROLES: Mapping[str, Role] = {
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
}


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of a CSV file; raises `UnreadableFile`."""
    layout = profile.csv
    if layout is None:
        raise UnreadableFile("Het profiel beschrijft geen CSV.")
    text = io.TextIOWrapper(file, encoding=layout.encoding, newline="")
    try:
        yield from _read_rows(text, profile, layout, today)
    except UnicodeDecodeError:
        raise UnreadableFile(
            f"Het bestand is niet in de codering {layout.encoding} van het profiel."
        ) from None
    except csv.Error:
        raise UnreadableFile("Het bestand is geen leesbare CSV.") from None
    finally:
        text.detach()


def _read_rows(
    text: io.TextIOWrapper, profile: Profile, layout: CsvLayout, today: date
) -> Iterator[Reading]:
    rows = csv.reader(text, delimiter=layout.delimiter, strict=True)
    header = [name.strip() for name in next(rows, [])]
    positions = _find_positions(header, layout.columns)
    for count, row in enumerate(rows, start=1):
        if not row:
            continue
        place = Place(rows.line_num, f"regel {count}")
        if len(row) != len(header):
            yield (Reject(place, "", Reason.RECORD_MALFORMED),)
            continue
        fields = {
            role: RawField(header[index], row[index])
            for role, index in positions.items()
        }
        yield read_case(RawCase(place, fields, layout.dates), profile, today=today)


def _find_positions(header: list[str], columns: Columns) -> dict[Role, int]:
    wanted = columns.model_dump(exclude_none=True)
    missing = sorted(name for name in wanted.values() if header.count(name) != 1)
    if missing:
        raise UnreadableFile(
            f"Deze kolommen staan niet precies een keer in het bestand: {missing}"
        )
    return {_ROLES[role]: header.index(name) for role, name in wanted.items()}
