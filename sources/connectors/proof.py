"""What a whole file proves about how it is written, against what its profile says.

One row cannot tell whether `03/04/2026` is in March or April; the rows together can.
So each day and number is heard while rows are read, a few counts are kept, and a file
that contradicts its profile is refused when its end is reached: nothing of it was sent.

- A month above 12 proves that the month stands in the other place. That column is
  refused as a whole, since its other rows were read with day and month swapped.
- A number of a person that begins with a zero proves that zeros were not lost: one of
  eight digits is then a slip, and giving it a zero may make it somebody else's.
"""

from dataclasses import dataclass, field
from typing import Final

from sources.dates import Order, find_order, is_day_first, is_month_first
from sources.errors import UnreadableFile
from sources.layouts import MappedLayout
from sources.values import Place

_CLEAR: Final = 10  # so many times more rows that agree make the others slips


@dataclass(slots=True)
class _Column:
    """What the days of one column showed."""

    agree: int = 0
    against: int = 0
    first: Place | None = None


@dataclass(slots=True)
class Proof:
    """Hears the values of a file as they are read; `verify` when all were."""

    day_first: bool
    month_first: bool
    _columns: dict[str, _Column] = field(default_factory=dict)
    _zero_kept: Place | None = None
    _zero_given: Place | None = None

    def hear_day(self, name: str, text: str, place: Place) -> None:
        """Hear a text that should be a day."""
        if not (self.day_first or self.month_first):
            return
        order = find_order(text)
        if order not in {Order.DAY_FIRST, Order.MONTH_FIRST}:
            return
        column = self._columns.setdefault(name, _Column())
        if (order is Order.MONTH_FIRST) == self.month_first:
            column.agree += 1
            return
        column.against += 1
        column.first = column.first or place

    def hear_bsn(self, digits: str, place: Place, *, zero_given: bool) -> None:
        """Hear a number of a person that was written as text."""
        if zero_given:
            self._zero_given = self._zero_given or place
        elif digits.startswith("0"):
            self._zero_kept = self._zero_kept or place

    def verify(self) -> None:
        """Raise `UnreadableFile` where the file contradicts its profile."""
        for name, column in self._columns.items():
            if column.against * _CLEAR > column.agree and column.first:
                raise UnreadableFile(self._explain(name, column))
        if self._zero_kept and self._zero_given:
            raise UnreadableFile(
                "Het profiel zegt bsn_zero_lost = true, maar een BSN begint hier wel "
                f"met een nul ({_where(self._zero_kept)}). Dan is een BSN van acht "
                f"cijfers ({_where(self._zero_given)}) een tikfout. Zet in het profiel "
                "bsn_zero_lost = false."
            )

    def _explain(self, name: str, column: _Column) -> str:
        first = "de dag" if self.month_first else "de maand"
        many = f"{column.against} datums" if column.against > 1 else "een datum"
        found = (
            f"In kolom {name!r} kan in {many} alleen {first} vooraan staan (de eerste: "
            f"{_where(column.first)}). Dan is de hele kolom onzeker."
        )
        if column.agree:
            return f"{found} In andere regels is het andersom. Verbeter het bestand."
        return (
            f"{found} Verbeter die datums, of zet in het profiel bij dates "
            f"{first} vooraan."
        )


def start_proof(layout: MappedLayout) -> Proof:
    """Begin to hear a file of this layout."""
    return Proof(
        any(is_day_first(form) for form in layout.dates),
        any(is_month_first(form) for form in layout.dates),
    )


def _where(place: Place | None) -> str:
    if place is None:
        return ""
    return place.record if place.line is None else f"regel {place.line}"
