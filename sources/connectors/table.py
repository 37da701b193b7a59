"""A table that somebody exported: where its header stands, and which rows are records.

Above the header may stand a title, below the records a total; in between empty rows,
and the header again on each page. None of these is a record, and none is a reject: they
are passed over, and which lines these were is told (`passed`). A row with the number of
a person, or that could be a record with a mistake in it, is none of these: it is read,
and above the header the file is refused.

A heading is the same heading in capitals or not, with other blanks, composed or not;
but where two of the file's headings are then the same, neither is chosen.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from sources.connectors.bsn_text import read_bsn
from sources.connectors.csv_rows import Row
from sources.connectors.totals import Totals
from sources.dates import parse_day
from sources.errors import UnreadableFile
from sources.passed_over import Noticing, Why
from sources.reasons import Reason

MOST_ABOVE: Final = 30
_FEWEST_DIGITS: Final = 5
_ENCODED: Final = (
    " Of staat het bestand in een andere codering? Zet die bij encoding in het profiel."
)
_TOTAL: Final = re.compile(
    "(?:(?:eind|sub)?totaal|totalen|total|aantal|records?|regels?|rijen|cli[eë]nten"
    r"|klanten|dossiers?|zaken|personen|inwoners?|trajecten|signalen|generaal|\W|\d)+"
)
_SUM: Final = re.compile(r"[\s\d.,:€%]*")
_DAY: Final = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}([-/.])\d{1,2}\1\d{4}"
    r"|\d{1,2} [^\W\d]{3,9}\.? \d{4})\b"
)
_DAY_FORMS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %b %Y")


@dataclass(frozen=True, slots=True)
class Table:
    """A header, where each wanted heading stands in it, and the rows below.

    A row has as many cells as the header, or is malformed. `passed` has heard of all
    that is no record when the last row was given, and `totals` of what counts them.
    """

    header: tuple[str, ...]
    positions: Mapping[str, int]
    line: int
    above: Sequence[Row] = field(repr=False)
    below: Iterator[Row] = field(repr=False)
    passed: Noticing = field(default_factory=Noticing)
    totals: Totals = field(default_factory=Totals)

    @property
    def written(self) -> str:
        """The day that stands above the header, as text that sorts; empty for none.

        Where two days stand there (a period) none says when it was made.
        """
        days = {day for _line, row in self.above for each in row for day in _days(each)}
        return days.pop().isoformat() if len(days) == 1 else ""

    def rows(self, *numbers: str) -> Iterator[Row]:
        """Give line and cells of each record.

        A total has no number worth the name under any of the headings `numbers`, and
        nobody's number anywhere. Where one row alone has an empty cell too many, a
        delimiter stood in one of its texts: what is behind that slipped by one, and the
        row stays as wide as it is. So does one that has a word there instead: it
        slipped, also where all rows did.

        Raises `UnreadableFile` where somebody's number stands above the header, which
        was sorted in between the records.
        """
        folded = [fold_heading(each) for each in self.header]
        places, width = [self.positions[name] for name in numbers], len(self.header)
        self._pass_over_titles(places)
        usual: int | None = None  # cells too many in the first record
        for line, row in self.below:
            cells = row if len(row) == width else fit_row(row, self.header)
            if why := find_why(cells, places, folded):
                self.passed.hear(why, line)
                if why is Why.TOTAL:
                    self.totals.hear_total(cells, places)
                continue
            self.totals.hear_record(cells)
            surplus = max(0, len(row) - width)
            usual = surplus if usual is None else usual
            slipped = any(_is_word(cells, at) for at in places)
            is_wide = surplus not in {0, usual} or (surplus and slipped)
            yield line, row if is_wide else cells

    def _pass_over_titles(self, places: Sequence[int]) -> None:
        for line, row in self.above:
            if self._is_record(row, places):
                raise UnreadableFile(
                    f"Boven de kolomnamen (regel {self.line}) staat een record (regel "
                    f"{line}). Is de rij met kolomnamen mee gesorteerd? Zet haar boven "
                    "alle records."
                )
            self.passed.hear(Why.TITLE if _says_something(row) else Why.EMPTY, line)

    def _is_record(self, row: Sequence[str], places: Sequence[int]) -> bool:
        """Tell whether a row has somebody's number, or looks like one of this table."""
        if any(at < len(row) and is_person(row[at]) for at in places):
            return True
        filled = sum(bool(each.strip()) for each in row)
        is_full = 2 * filled > len(self.header)
        return is_full and any(_has_number(row, at) for at in places)


def open_table(
    rows: Iterator[Row], wanted: Collection[str], *, header_row: int | None = None
) -> Table:
    """Find the header: the row that has every heading that is wanted.

    With `header_row` it is the row on that line, and no other. Raises `UnreadableFile`
    where there is none, or where a wanted heading stands in it twice.
    """
    seen: list[Row] = []
    for line, row in islice(rows, MOST_ABOVE if header_row is None else header_row):
        seen.append((line, row))
        if header_row is not None and line != header_row:
            continue
        if not find_missing(row, wanted):
            header = tuple(cell.strip() for cell in row)
            positions = find_positions(header, wanted)
            return Table(header, positions, line, seen[:-1], rows)
    raise _refuse(seen, wanted)


def fold_heading(name: str) -> str:
    """Give a heading as it is compared: no capitals, no blanks, one form of Unicode."""
    plain = unicodedata.normalize("NFC", name).casefold()
    return "".join(
        each
        for each in plain
        if not each.isspace() and unicodedata.category(each)[0] != "C"
    )


def find_missing(header: Sequence[str], wanted: Collection[str]) -> list[str]:
    """Give which wanted headings a row does not have, in no form at all."""
    folded = {fold_heading(each) for each in header}
    return sorted(name for name in wanted if fold_heading(name) not in folded)


def find_positions(header: Sequence[str], wanted: Collection[str]) -> dict[str, int]:
    """Give where each heading stands; raises `UnreadableFile` where it stands twice."""
    folded = [fold_heading(each) for each in header]
    found: dict[str, int] = {}
    for name in wanted:
        exact = [at for at, each in enumerate(header) if each == name]
        alike = [at for at, each in enumerate(folded) if each == fold_heading(name)]
        places = exact if len(exact) == 1 else alike
        if len(places) != 1:
            columns = " en ".join(str(at + 1) for at in places)
            raise UnreadableFile(
                f"De kolom {name!r} van het profiel staat meer dan een keer in het "
                f"bestand (kolom {columns}). Geef elke kolom een eigen naam."
            )
        found[name] = places[0]
    return found


def fit_row(row: list[str], header: Sequence[str]) -> list[str]:
    """Give a row as wide as its header where only empty cells are too many or few."""
    width = len(header)
    if len(row) > width and not any(each.strip() for each in row[width:]):
        return row[:width]
    if row and not any(header[len(row) :]):
        return [*row, *[""] * (width - len(row))]
    return row


def find_why(
    cells: Sequence[str], places: Sequence[int], folded: Sequence[str]
) -> Why | None:
    """Say why a row below the header is no record; None where it is one.

    Who reads and who proposes ask the same, so that a total is a record to neither.
    `places` are where numbers of persons stand.
    """
    if not _says_something(cells):
        return Why.EMPTY
    if any(_has_number(cells, at) for at in places):
        return None
    if _is_total(cells) and not any(map(is_person, cells)):
        return Why.TOTAL
    return Why.HEADINGS if _is_header(cells, folded) else None


def _days(text: str) -> Iterator[date]:
    for found in _DAY.finditer(text):
        with suppress(ValueError):
            yield parse_day(found[0].replace(". ", " "), _DAY_FORMS)


def _says_something(cells: Sequence[str]) -> bool:
    return any(cells) and any(each.strip() for each in cells)


def is_person(text: str) -> bool:
    """Tell whether a cell holds the number of a person."""
    return not isinstance(read_bsn(text, zero_lost=False), Reason)


def _has_number(cells: Sequence[str], at: int) -> bool:
    """Tell whether there are more digits than a count of rows would have."""
    return at < len(cells) and sum(map(str.isdigit, cells[at])) >= _FEWEST_DIGITS


def _is_word(cells: Sequence[str], at: int) -> bool:
    return at < len(cells) and bool(cells[at].strip()) and not _has_number(cells, at)


def _is_total(cells: Sequence[str]) -> bool:
    """Tell whether a row counts rows: words for that, and sums; no text and no day.

    Whoever is called "Totaalzorg", or has a case "Totaalplan-3", is a record.
    """
    first, *others = [each for each in cells if each.strip()]
    words = unicodedata.normalize("NFC", first).casefold()
    if not _TOTAL.fullmatch(words) or not any(map(str.isalpha, words)):
        return False
    return all(_SUM.fullmatch(each) for each in others)


def _is_header(cells: Sequence[str], folded: Sequence[str]) -> bool:
    return [fold_heading(each) for each in cells] == folded


def _refuse(seen: Sequence[Row], wanted: Collection[str]) -> UnreadableFile:
    """Say which headings are not there, and why that may be."""
    if not any(any(row) for _line, row in seen):
        return UnreadableFile("Het bestand is leeg, of heeft geen kolomnamen.")
    line, row = min(seen, key=lambda each: len(find_missing(each[1], wanted)))
    missing = find_missing(row, wanted)
    at = f" op regel {line}" if len(missing) < len(wanted) else ""
    return UnreadableFile(
        f"Deze kolommen van het profiel staan niet in het bestand{at}: "
        f"{', '.join(missing)}. Verbeter de namen in het profiel, of maak het bestand "
        f"opnieuw.{_ENCODED * any(not each.isascii() for each in missing)}"
    )
