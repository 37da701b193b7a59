"""What the values of a column look like: counts, and no more of them than needed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from keys.bsn import parse_bsn
from keys.errors import InvalidBsn
from sources.dates import parse_day
from sources.phones import parse_phone

MOST_ROWS: Final = 20_000
MOST_CODES: Final = 40
LONGEST_CODE: Final = 60
DAY_FORMATS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y")
_PHONES_TRIED: Final = 200
_MOSTLY: Final = 0.8


@dataclass(slots=True)
class Column:
    """One column of a file, as far as its rows were looked at."""

    name: str
    filled: int = 0
    numbers: int = 0
    zero_lost: int = 0
    phones: int = 0
    long: int = 0
    days: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter, repr=False)
    many: bool = False

    def look(self, text: str) -> None:
        """Take one value into the counts."""
        text = text.strip()
        if not text:
            return
        self.filled += 1
        self.numbers += _is_bsn(text)
        self.zero_lost += len(text) == 8 and _is_bsn(f"0{text}")
        self.long += len(text) > LONGEST_CODE or text.count(" ") > 5
        for form in DAY_FORMATS:
            self.days[form] += _is_day(text, form)
        if self.filled <= _PHONES_TRIED:
            self.phones += _is_phone(text)
        if not self.many:
            self.codes[text] += 1
            if len(self.codes) > MOST_CODES:
                self.many = True
                self.codes.clear()

    @property
    def has_numbers(self) -> bool:
        """Whether these are numbers of persons; one or two may be mistyped."""
        return self._mostly(self.numbers + self.zero_lost)

    @property
    def has_days(self) -> bool:
        """Whether these are days."""
        return self._mostly(max(self.days.values(), default=0))

    @property
    def has_phones(self) -> bool:
        """Whether these are telephone numbers."""
        return bool(self.filled) and self.phones >= _MOSTLY * min(
            self.filled, _PHONES_TRIED
        )

    @property
    def has_text(self) -> bool:
        """Whether people write sentences here."""
        return self.filled > 0 and self.long >= 0.2 * self.filled

    @property
    def has_codes(self) -> bool:
        """Whether a few short values come back again and again."""
        if self.many or self.has_text or not self.codes or self.has_numbers:
            return False
        few = len(self.codes) <= max(3, self.filled // 3)
        return few and not any(_looks_personal(code) for code in self.codes)

    def _mostly(self, count: int) -> bool:
        return self.filled > 0 and count >= _MOSTLY * self.filled


@dataclass(slots=True)
class Sample:
    """The columns of a file, and what its writer chose."""

    columns: list[Column]
    rows: int = 0
    cases: dict[str, str] = field(default_factory=dict, repr=False)
    shared: bool = False

    def look(self, row: list[str]) -> None:
        """Take one row into the counts."""
        self.rows += 1
        for column, text in zip(self.columns, row, strict=False):
            column.look(text)

    def look_for_sharing(self, number: str, bsn: str) -> None:
        """Notice two persons under one case number."""
        self.shared |= self.cases.setdefault(number, bsn) != bsn

    def day_formats(self, names: frozenset[str]) -> tuple[str, ...]:
        """Give how days are written in these columns, the usual way first."""
        found: Counter[str] = Counter()
        for column in self.columns:
            if column.name in names:
                found.update(column.days)
        return tuple(form for form, count in found.most_common() if count)


def _is_bsn(text: str) -> bool:
    try:
        parse_bsn(text)
    except InvalidBsn:
        return False
    return True


def _is_day(text: str, form: str) -> bool:
    try:
        parse_day(text, (form,))
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    try:
        parse_phone(text)
    except ValueError:
        return False
    return True


def _looks_personal(code: str) -> bool:
    """Refuse a code that holds a number of a person, a telephone number or a date."""
    return sum(each.isdigit() for each in code) > 6 or "@" in code
