"""CSV, as registrations export it: every dialect stands in the profile.

- Lines are read one by one and none may be endless: memory does not grow with the file.
- A row with more or fewer fields than the header is a reject, and so is one that holds
  other rows: a stray quote swallowed them.
- A file without the columns the profile names is refused whole, before anything is
  read; so is one that breaks off in the middle of its last row, since a full delivery
  would withdraw whatever stood behind that.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final

from sources.connectors.cases import read_case
from sources.connectors.fields import RawCase
from sources.connectors.mapped import find_positions, make_fields
from sources.connectors.swallowed import count_swallowed
from sources.errors import UnreadableFile
from sources.layouts import CsvLayout
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Aside, Place, Reading, Reject

LONGEST_LINE: Final = 1 << 20


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
    lines = _Lines(text)
    rows = csv.reader(lines, delimiter=layout.delimiter, strict=True)
    header = [name.strip() for name in next(rows, [])]
    positions = find_positions(header, layout.columns)
    for count, row in enumerate(rows, start=1):
        if not row:
            continue
        place = Place(rows.line_num, f"regel {count}")
        if swallowed := count_swallowed(row, len(header), layout.delimiter):
            reject = Reject(place, "", Reason.ROWS_SWALLOWED)
            yield (Aside(swallowed=swallowed), reject)
            continue
        if len(row) != len(header):
            if lines.broke_off and len(row) < len(header):
                raise UnreadableFile("Het bestand breekt af in de laatste regel.")
            yield (Reject(place, "", Reason.RECORD_MALFORMED),)
            continue
        fields = make_fields(positions, header, row)
        yield read_case(RawCase(place, fields, layout.dates), profile, today=today)


class _Lines:
    """Lines of bounded length; knows whether the last one had no end."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.broke_off = False

    def __iter__(self) -> Iterator[str]:
        """Give the lines as they stand."""
        while line := self._text.readline(LONGEST_LINE):
            self.broke_off = not line.endswith(("\n", "\r"))
            if self.broke_off and len(line) == LONGEST_LINE:
                raise UnreadableFile("Een regel in het bestand is onmogelijk lang.")
            yield line
