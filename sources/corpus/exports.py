"""A small export that is good, of which each file spoils one thing, and its profile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from sources.corpus.people import invent_numbers

ROWS: Final = 12
HEADER: Final = ("BSN", "Dossiernummer", "Ingangsdatum", "Einddatum")
COLUMNS: Final = {
    "bsn": "BSN",
    "start": "Ingangsdatum",
    "case_number": "Dossiernummer",
    "end": "Einddatum",
}
DATES: Final = ("%d-%m-%Y",)
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """A header and rows of text, to be spoiled and written."""

    header: Cells
    rows: tuple[Cells, ...]

    def change(self, name: str, how: Callable[[int, str], str]) -> "Export":
        """Give the export with another text in each cell of a column."""
        at = self.header.index(name)
        rows = (
            (*row[:at], how(n, row[at]), *row[at + 1 :])
            for n, row in enumerate(self.rows)
        )
        return replace(self, rows=tuple(rows))

    def rewrite(self, name: str, how: Callable[[str], str]) -> "Export":
        """Give the export with each text of a column written in another way."""
        return self.change(name, lambda _n, old: how(old))

    def put(self, name: str, row: int, text: str) -> "Export":
        """Give the export with another text in one cell; rows count from 0."""
        return self.change(name, lambda n, old: text if n == row else old)

    def add(self, name: str, how: Callable[[int], str]) -> "Export":
        """Give the export with a column more."""
        rows = ((*row, how(n)) for n, row in enumerate(self.rows))
        return Export((*self.header, name), tuple(rows))

    def rename(self, how: Callable[[str], str]) -> "Export":
        """Give the export with other headings."""
        return replace(self, header=tuple(how(name) for name in self.header))

    def lines(self, delimiter: str = ";") -> list[str]:
        """Give header and rows as lines of text."""
        return [delimiter.join(cells) for cells in (self.header, *self.rows)]

    def write(self, *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
        """Give the export as CSV."""
        return ("\n".join(self.lines(delimiter)) + "\n").encode(encoding)


def make_export(seed: int, label: str) -> Export:
    """Give a good export: twelve open cases of twelve persons."""
    numbers = islice(invent_numbers(seed, label), ROWS)
    rows = (
        (number, f"D-{n:03}", f"{13 + n}-{1 + n % 9:02}-2026", "")
        for n, number in enumerate(numbers)
    )
    return Export(HEADER, tuple(rows))


def write_profile(
    name: str,
    *,
    form: str = "csv",
    layout: Sequence[str] = (),
    columns: Mapping[str, str] = COLUMNS,
    dates: Sequence[str] = DATES,
    codes: str = "",
    municipality: str = "9901",
) -> str:
    """Give a profile that reads the export as it should have been."""
    own = layout or ('delimiter = ";"', 'encoding = "utf-8"')
    listed = ", ".join(f'"{each}"' for each in dates)
    return "\n".join(
        [
            *_head(name, form, municipality),
            f"[{form}]",
            *(own if form == "csv" else layout),
            f"dates = [{listed}]",
            "",
            f"[{form}.columns]",
            *(f'{role} = "{column}"' for role, column in columns.items()),
            "",
            *([codes, ""] if codes else []),
            *CONTACT,
        ]
    )


def write_standard_profile(name: str, form: str, *, more: str = "") -> str:
    """Give a profile for a format of a standard."""
    return "\n".join([*_head(name, form, "9901"), more, "", *CONTACT])


CONTACT: Final = (
    "[contacts.TEAM]",
    'function = "Klantmanager"',
    'phone = "0182 555 101"',
    "last_verified = 2026-06-01",
    "",
)


def _head(name: str, form: str, municipality: str) -> list[str]:
    return [
        f'name = "{name}"',
        f'format = "{form}"',
        'category = "bijstand"',
        f'municipalities = ["{municipality}"]',
        "valid_months = 12",
        'informed = "discussed"',
        'default_contact = "TEAM"',
        "",
    ]
