"""CSV, as registrations export it: its dialect stands in the profile or in the file.

- What is read and what is named stands in `csv_rows` (encoding, lines, quotes) and
  `table` (title, header, total). Memory does not grow with the file.
- A row with more or fewer fields than the header is a reject, and so is one that holds
  other rows: a stray quote swallowed them.
- A file without the columns the profile names is refused whole, before anything is
  read; so is one that breaks off in the middle of its last row, since a full delivery
  would withdraw whatever stood behind that, and one that contradicts its profile.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import BinaryIO, Protocol

from sources.connectors.cases import read_case
from sources.connectors.csv_rows import DELIMITERS, CsvRows
from sources.connectors.fields import RawCase
from sources.connectors.file_kinds import refuse_other_than_text
from sources.connectors.mapped import (
    find_names,
    find_places,
    find_telling,
    make_dialect,
)
from sources.connectors.swallowed import count_swallowed
from sources.connectors.table import Table, open_table
from sources.errors import LineTooLong, UnreadableFile
from sources.layouts import CsvLayout
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Aside, Place, Reading, Reject


class Written(Protocol):
    """How a file of rows is said to be written."""

    @property
    def delimiter(self) -> str:
        """What separates its cells."""
        ...

    @property
    def encoding(self) -> str:
        """In what its text is written."""
        ...


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of a CSV file; raises `UnreadableFile`."""
    layout = profile.csv
    if layout is None:
        raise UnreadableFile("Het profiel beschrijft geen CSV.")
    lines, table = open_csv(file, layout, ())
    places = find_places(layout.columns, table)
    dialect = make_dialect(layout)
    width = len(table.header)
    rows = table.rows(*find_telling(layout.columns))
    for count, (line, row) in enumerate(rows, start=1):
        place = Place(line, f"record {count}")
        if swallowed := count_swallowed(row, width, lines.delimiter):
            reject = Reject(place, "", Reason.ROWS_SWALLOWED)
            yield (Aside(swallowed=swallowed), reject)
            continue
        if len(row) != width:
            if lines.broke_off and len(row) < width:
                raise UnreadableFile("Het bestand breekt af in de laatste regel.")
            yield (Reject(place, "", Reason.RECORD_MALFORMED),)
            continue
        raw = RawCase(place, places.make_fields(row), dialect)
        yield read_case(raw, profile, today=today)
    if passed := table.passed.tell():
        total, counted = table.totals.find_differing()
        said = Aside(table.written, 0, passed, total, counted)
        yield (said,)
    if dialect.proof:
        dialect.proof.verify()


def open_csv(
    file: BinaryIO, layout: CsvLayout, others: Collection[str]
) -> tuple[CsvRows, Table]:
    """Give lines and table of a file with the profile's columns, and with others."""
    wanted = {*find_names(layout.columns).values(), *others}
    return open_delimited(file, layout, wanted)


def open_delimited(
    file: BinaryIO, written: Written, wanted: Collection[str]
) -> tuple[CsvRows, Table]:
    """Give lines and table of a file; raises `UnreadableFile`.

    The profile states a separator, and a file may prove another: the only one by which
    a row has every heading that is wanted, and by which the stated one finds none.
    """
    refuse_other_than_text(file)
    fault: UnreadableFile | None = None
    for sign in (written.delimiter, *DELIMITERS):
        lines = CsvRows(file, sign, written.encoding)
        try:
            return lines, open_table(iter(lines), wanted)
        except LineTooLong:
            raise
        except UnreadableFile as error:
            fault = fault or error
    raise fault or UnreadableFile("")
