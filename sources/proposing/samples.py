"""What the values of a column look like: counts, and no more of them than needed."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from sources.connectors.bsn_text import find_digits, read_bsn
from sources.dates import EXCEL, DayLook, Order
from sources.phones import parse_phone
from sources.reasons import Reason

MOST_ROWS: Final = 20_000
MOST_CODES: Final = 40
LONGEST_CODE: Final = 60
FIRST_ROWS: Final = 5
LONGEST_NUMBER: Final = 12
"""Digits of a number of a person, with what a spreadsheet puts behind it (`,00`)."""
_NOTHING: Final = frozenset({"null", "(null)", "nvt", "n.v.t", "n/a", "nan", "none"})
_BEGINNING: Final = re.compile(
    r"(?:1900|1753|0001)(?:-01-01|0101)(?:[ T][0:.]+Z?)?"
    r"|0?1[-/.]0?1[-/.](?:1900|1753|0001)(?: [0:.]+)?"
)
COUNTED: Final = 1_000
"""How many values of a column are held against each other to see how they differ."""
ZEROES_THAT_PROVE: Final = 3
_TRIED: Final = 200
_MOSTLY: Final = 0.8


@dataclass(slots=True)
class Column:
    """One column of a file, as far as its rows were looked at."""

    name: str
    filled: int = 0
    numbers: int = 0
    long_digits: int = 0
    leading_zero: int = 0
    eight_digits: int = 0
    eight_fitting: int = 0
    zero_lost: set[int] = field(default_factory=set, repr=False)
    different: set[int] = field(default_factory=set, repr=False)
    phones: int = 0
    long: int = 0
    days: DayLook = field(default_factory=DayLook)
    no_days: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter, repr=False)
    many: bool = False

    def look(self, text: str) -> None:
        """Take one value into the counts."""
        text = text.strip()
        if not text:
            return
        self.filled += 1
        self._look_for_numbers(text)
        if self.filled <= COUNTED:
            self.different.add(hash(text))
        self.long += len(text) > LONGEST_CODE or text.count(" ") > 5
        if means_no_day(text):
            self.no_days[text] += 1
        elif self.days.filled < _TRIED or self.has_days:
            self.days.look(text)
        if self.filled <= _TRIED:
            self.phones += _is_phone(text)
        if not self.many:
            self.codes[text] += 1
            if len(self.codes) > MOST_CODES:
                self.many = True
                self.codes.clear()

    def _look_for_numbers(self, text: str) -> None:
        many = sum(map(str.isdecimal, text))
        self.long_digits += many >= 7
        if not 8 <= many <= LONGEST_NUMBER:
            return
        digits = find_digits(text)
        is_eight = len(text) == 8 and text.isdecimal()
        is_number = not isinstance(read_bsn(text, zero_lost=is_eight), Reason)
        with_zero = is_eight and is_number
        self.numbers += is_number
        self.leading_zero += is_number and not is_eight and digits.startswith("0")
        self.eight_digits += is_eight
        self.eight_fitting += with_zero
        if with_zero:
            self.zero_lost.add(hash(text))

    @property
    def has_numbers(self) -> bool:
        """Whether these are numbers of persons; one or two may be mistyped.

        Days of eight digits are none, though one in eleven would pass the proof.
        """
        return self._mostly(self.numbers) and not self.has_written_days

    @property
    def lost_zeroes(self) -> bool | None:
        """Whether every number lost the zero before it; None where nothing proves it.

        One number that kept its zero proves that eight digits are a mistake, and so
        does one of eight digits that passes no 11-proof. One in eleven mistakes passes:
        it takes three different numbers to say that it is none.
        """
        if not self.eight_digits or self.leading_zero:
            return False
        proven = self.eight_fitting == self.eight_digits
        return True if proven and len(self.zero_lost) >= ZEROES_THAT_PROVE else None

    @property
    def differs(self) -> float:
        """How many different values there are for each row that has one, 0 to 1."""
        return len(self.different) / min(self.filled, COUNTED) if self.filled else 0.0

    @property
    def comes_back(self) -> bool:
        """Whether values return often enough to be of a team, and not of one person."""
        return self.filled > 0 and 3 * self.differs <= 1

    @property
    def has_days(self) -> bool:
        """Whether these are days; of numbers of five digits only its name can tell."""
        return self.days.days > 0 and self.days.days >= _MOSTLY * self.days.filled

    @property
    def has_written_days(self) -> bool:
        """Whether these are days that anybody would read as such."""
        return self.has_days and self.days.main_forms != (EXCEL,)

    @property
    def has_phones(self) -> bool:
        """Whether these are telephone numbers."""
        return bool(self.filled) and self.phones >= _MOSTLY * min(self.filled, _TRIED)

    @property
    def has_text(self) -> bool:
        """Whether people write sentences here."""
        return self.filled > 0 and self.long >= 0.2 * self.filled

    @property
    def has_codes(self) -> bool:
        """Whether a few short values come back again and again."""
        return self.has_at_most(3)

    def has_at_most(self, codes: int) -> bool:
        """Whether these are short values: at most so many, or few for the rows."""
        if self.many or self.has_text or not self.codes or self.has_numbers:
            return False
        few = len(self.codes) <= max(codes, self.filled // 3)
        return few and not any(_looks_personal(code) for code in self.codes)

    def _mostly(self, count: int) -> bool:
        return self.filled > 0 and count >= _MOSTLY * self.filled


@dataclass(slots=True)
class Sample:
    """The columns of a file, and what its writer chose."""

    columns: list[Column]
    rows: int = 0
    first: list[list[str]] = field(default_factory=list, repr=False)
    cases: dict[str, str] = field(default_factory=dict, repr=False)
    shared: bool = False

    def look(self, row: list[str]) -> None:
        """Take one row into the counts."""
        self.rows += 1
        if len(self.first) < FIRST_ROWS:
            self.first.append(row)
        for column, text in zip(self.columns, row, strict=False):
            column.look(text)

    def look_for_sharing(self, number: str, bsn: str) -> None:
        """Notice two persons under one case number."""
        self.shared |= self.cases.setdefault(number, bsn) != bsn

    def find_order(self, wanted: Sequence[Column]) -> Order:
        """Give what proves the order of day and month in the wanted columns.

        A column that shows nothing is written by the same program as the others: where
        one of these proves day first and none month first, it is known.
        """
        own = {column.days.order for column in wanted}
        if own & {Order.MONTH_FIRST, Order.BOTH} or Order.UNKNOWN not in own:
            return _worst(own)
        others = {each.days.order for each in self.columns if each.has_written_days}
        return _worst(others) if Order.DAY_FIRST in others else Order.UNKNOWN


def _worst(orders: Collection[Order]) -> Order:
    """Give the order in which something is amiss, if there is one."""
    if Order.BOTH in orders or {Order.DAY_FIRST, Order.MONTH_FIRST} <= set(orders):
        return Order.BOTH
    for each in (Order.MONTH_FIRST, Order.DAY_FIRST):
        if each in orders:
            return each
    return Order.NONE


def means_no_day(text: str) -> bool:
    """Tell whether a text in a column of days plainly says that there is none.

    A sign or NULL, zeros where the numbers should be, or the day at which the calendar
    of a database begins.
    """
    folded = text.casefold().strip(" -./")
    if not folded.strip("0 -./:t"):
        return True
    return folded in _NOTHING or _BEGINNING.fullmatch(text) is not None


def _is_phone(text: str) -> bool:
    try:
        parse_phone(text)
    except ValueError:
        return False
    return True


def _looks_personal(code: str) -> bool:
    """Refuse a code that holds a number of a person, a telephone number or a date."""
    return sum(each.isdigit() for each in code) > 6 or "@" in code
