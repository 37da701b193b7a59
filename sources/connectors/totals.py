"""What a total row says of the rows of its table, where its number plainly counts them.

- The number is whole, without a sign of money, and no year. It stands beside the words
  ("Totaal: 20"), in a column of which a sum makes no sense (a number of a person, a
  first day), or alone in its row where the first and the last record have no number.
- So the sum of a column of amounts counts nothing, and nor does a subtotal. A total of
  nothing under records is a formula that nobody computed.
- Of persons or cases there may be fewer than rows: only more of them is a difference.
- A total may be of all rows, of those above it, or of those since the last total.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

MOST_KEPT: Final = 100  # totals of pages; more differ in no file that somebody made
_WHOLE: Final = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,9}")
_NUMBERS: Final = re.compile(r"\d(?:[\d.,/-]*\d)?")
_AMOUNT: Final = re.compile(r"[\s\d.,:€%+-]*")
_MONEY: Final = ("€", "%")
_DAY: Final = re.compile(r"\s*\d{1,4}([-./])\d{1,2}\1\d{2,4}\s*")
_YEARS: Final = range(1900, 2100)
_OF_FEWER: Final = re.compile(
    "cli[eë]nt|klant|dossier|zaken|zaak|person|inwoner|traject|signa"
)


@dataclass(frozen=True, slots=True)
class Total:
    """What a total row says, and how many rows there were when it stood there."""

    says: int
    above: int
    since: int
    may_be_less: bool

    def fits(self, rows: int) -> bool:
        """Tell whether so many rows may be what is counted."""
        return self.says == rows or (self.may_be_less and self.says < rows)


@dataclass(slots=True)
class Totals:
    """Hears of each record and each total row; memory does not grow with the file."""

    read: int = 0
    _first: Sequence[str] = field(default=(), repr=False)
    _last: Sequence[str] = field(default=(), repr=False)
    _before: int = 0
    _differing: list[Total] = field(default_factory=list)

    def hear_record(self, cells: Sequence[str]) -> None:
        """Hear of a record."""
        if not self.read:
            self._first = cells
        self._last = cells
        self.read += 1

    def hear_total(self, cells: Sequence[str], places: Sequence[int]) -> None:
        """Hear of a total row; `places` are columns of which no sum makes sense."""
        words = next(each for each in cells if each.strip()).casefold()
        says = None if words.startswith("sub") else self._find_count(cells, places)
        since, self._before = self.read - self._before, self.read
        if not says:
            return
        total = Total(says, self.read, since, bool(_OF_FEWER.search(words)))
        fits = total.fits(total.above) or total.fits(total.since)
        if not fits and len(self._differing) < MOST_KEPT:
            self._differing.append(total)

    def find_differing(self, *, unread: int = 0) -> tuple[int, int]:
        """Give what a total says and how many rows were read; zeroes: nothing differs.

        `unread`: how many of the rows are hidden and do not count.
        """
        rows = {self.read, self.read - unread}
        for total in self._differing:
            if not any(total.fits(each) for each in rows):
                return total.says, self.read - unread
        return 0, 0

    def _find_count(self, cells: Sequence[str], places: Sequence[int]) -> int | None:
        filled = [at for at, each in enumerate(cells) if each.strip()]
        words, *others = filled
        beside = _NUMBERS.findall(cells[words])
        if beside:
            is_money = any(sign in cells[words] for sign in _MONEY)
            found = None if len(beside) > 1 or is_money else _read_whole(beside[0])
            return None if found in _YEARS else found
        counts = {_read_whole(cells[at]) for at in others if at in places}
        if len(others) == 1 and not counts and not self._may_be_sum(others[0]):
            counts = {_read_whole(cells[others[0]])}
        return counts.pop() if len(counts) == 1 else None

    def _may_be_sum(self, at: int) -> bool:
        """Tell whether a column has amounts, or empty cells, in what was read of it."""
        seen = (row[at] if at < len(row) else "" for row in (self._first, self._last))
        return any(
            _AMOUNT.fullmatch(each) and not _DAY.fullmatch(each) for each in seen
        )


def _read_whole(text: str) -> int | None:
    plain = text.strip()
    return int(plain.replace(".", "")) if _WHOLE.fullmatch(plain) else None
