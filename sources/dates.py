"""Days, read as registrations write them, rounded where a day would tell too much.

    parse_day("01-mrt-26", ("%d-%b-%y",))     one text, in forms that a profile names
    parse_first_day("19800000", …)            the same, where a day may be unknown
    look = DayLook(); look.look(text) …        a whole column: which forms fit it
    look.forms, look.order, look.filled

A form is a pattern of `%d %m %b %Y %y` and separators, or `excel` for the number of a
day in a spreadsheet. `%b` is the name of a month, whole or short, Dutch or English.

- A time of day behind a day is read and left out. With a zone it is a moment: its day
  is the day in the Netherlands, so that `2026-02-28T23:00:00Z` is the 1st of March.
- Nothing is guessed: a form reads day and month in its own order only, and whether a
  column shows its order is a question with five answers (`Order`).
- The index knows no birth date. An age limit arrives as a day in `valid until`, rounded
  down to the end of a quarter, so that it betrays neither birthday nor month.
Proven by tests/unit/sources/test_days.py.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

EARLIEST: Final = date(1900, 1, 1)
EXCEL: Final = "excel"
FORMS: Final = (
    *("%Y-%m-%d", "%d-%m-%Y", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y"),
    *("%d/%m/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y"),
    *("%Y/%m/%d", "%Y.%m.%d", "%d %m %Y", "%d%m%Y", "%b %d, %Y", EXCEL),
    *("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y", "%m.%d.%y"),
)
"""Every form that is looked for, the usual ones first; a profile may name others."""

_HERE: Final = ZoneInfo("Europe/Amsterdam")
_LONGEST: Final = 48
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            *(
                "januari january jan",
                "februari february feb",
                "maart march mrt maa mar",
            ),
            *("april apr", "mei may", "juni june jun", "juli july jul"),
            *("augustus august aug", "september sept sep", "oktober october okt oct"),
            *("november nov", "december dec"),
        ),
        start=1,
    )
    for name in names.split()
}
_WIDTHS: Final = {"d": (1, 2), "m": (1, 2), "Y": (4, 4), "y": (2, 2)}
_TIME: Final = (
    r"(?:(?:[T ]+|, ?)(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)"
    r"(?::(?P<clock>[0-5]\d))?(?:[.,]\d{1,9})?"
    r" ?(?P<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?"
)
_COMPACT_TIME: Final = r"(?:\d{4}|\d{6}|\d{9})?"
# The number of a day in a spreadsheet: 1927 to 2173, or the end of its calendar. What
# has fewer digits could be anything.
_SERIAL: Final = re.compile(r"(?P<days>[1-9]\d{4}|2958465)(?:[.,]\d+)?", re.ASCII)
_SERIAL_ZERO: Final = date(1899, 12, 30)
_YEAR_FIRST: Final = re.compile(
    r"(?P<year>\d{4})(?P<sign>[-/.]?)(?P<month>\d\d)(?P=sign)00", re.ASCII
)
_YEAR_LAST: Final = re.compile(
    r"00(?P<sign>[-/.]?)(?P<month>\d\d)(?P=sign)(?P<year>\d{4})", re.ASCII
)
_NUMBERS: Final = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[-/.])(?P<second>\d{{1,2}})(?P=sign)"
    rf"(?:\d{{4}}|\d{{2}}){_TIME}",
    re.ASCII,
)


class Order(Enum):
    """What days in numbers show of their order."""

    NONE = auto()
    """There are none, or day and month are equal everywhere: it does not matter."""
    DAY_FIRST = auto()
    MONTH_FIRST = auto()
    UNKNOWN = auto()
    """Both are possible for every one of them: nothing proves which."""
    BOTH = auto()
    """Some can only be day first, others only month first."""


@lru_cache(maxsize=8192)
def parse_day(text: str, forms: tuple[str, ...]) -> date:
    """Read a day in one of the forms; raises ValueError for anything else.

    A year of two digits lies from 1969 to 2068. What was before 1900 is no day.
    """
    for form in forms:
        found = _read(text, form)
        if found is not None:
            return found
    raise ValueError("not a day")


def parse_first_day(text: str, forms: tuple[str, ...]) -> date:
    """Read a day of which day or month may be unknown: `19800000`, 00-05-1980.

    Gives the first day that it can be. So an age limit never comes too late, and the
    same register always gives the same day. Raises ValueError; also where nothing is
    known. Source: Logisch Ontwerp BRP, partial dates.
    """
    found = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
    if found is None:
        return parse_day(text, forms)
    year, month = int(found["year"]), max(1, int(found["month"]))
    if year < EARLIEST.year or month > 12:
        raise ValueError("not a day")
    return date(year, month, 1)


@lru_cache(maxsize=8192)
def find_order(text: str) -> Order:
    """Give what one text shows: the order, `UNKNOWN`, or `NONE` for what has none."""
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return Order.NONE
    first, second = int(found["first"]), int(found["second"])
    if not (1 <= first <= 31 and 1 <= second <= 31) or first == second:
        return Order.NONE
    if first > 12:
        return Order.NONE if second > 12 else Order.DAY_FIRST
    return Order.MONTH_FIRST if second > 12 else Order.UNKNOWN


def is_day_first(form: str) -> bool:
    """Tell whether a form of numbers has the day before the month."""
    return "%m" in form and form.find("%d") < form.find("%m") < form.lower().find("%y")


def is_month_first(form: str) -> bool:
    """Tell whether a form of numbers has the month before the day, the year last."""
    return "%m" in form and form.find("%m") < form.find("%d") < form.lower().find("%y")


@dataclass(slots=True)
class DayLook:
    """Look at a column, text by text, and say how its days are written.

    `forms` fit every text that was filled in (several where a column is written in
    several ways), and are empty where some text is a day in no form that we know:
    `days` of `filled` then says how many were. Month first is among them only where
    the column proves it; where `order` is `UNKNOWN`, a person must say it, and `forms`
    gives day first. `earliest` is the first of all days, each in the usual form.
    """

    filled: int = 0
    earliest: date | None = None
    _fits: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _orders: Counter[Order] = field(default_factory=Counter)

    def look(self, text: str) -> None:
        """Take one text into account; an empty one says nothing."""
        text = text.strip()
        if text:
            self.filled += 1
            forms = find_forms(text)
            self._fits[forms] += 1
            if forms:
                day = parse_day(text, forms)
                self.earliest = min(day, self.earliest or day)
            self._orders[find_order(text)] += 1

    @property
    def days(self) -> int:
        """How many texts are a day in some form."""
        return sum(self._fits.values()) - self._fits[()]

    @property
    def order(self) -> Order:
        """What the column shows of the order of day and month."""
        day, month = self._orders[Order.DAY_FIRST], self._orders[Order.MONTH_FIRST]
        if day and month:
            return Order.BOTH
        if day or month:
            return Order.DAY_FIRST if day else Order.MONTH_FIRST
        return Order.UNKNOWN if self._orders[Order.UNKNOWN] else Order.NONE

    @property
    def forms(self) -> tuple[str, ...]:
        """The fewest forms that fit every text, the one that fits most first."""
        return () if self._fits[()] else self.main_forms

    @property
    def main_forms(self) -> tuple[str, ...]:
        """The fewest forms that fit every text that is a day at all."""
        away = is_day_first if self.order is Order.MONTH_FIRST else is_month_first
        left = Counter({fits: count for fits, count in self._fits.items() if fits})
        chosen: list[str] = []
        while left:
            counts: Counter[str] = Counter()
            for fits, count in left.items():
                for form in fits:
                    counts[form] += 0 if away(form) else count
            best, most = max(
                counts.items(), key=lambda each: (each[1], -FORMS.index(each[0]))
            )
            if not most:
                return ()
            chosen.append(best)
            left = Counter({fits: n for fits, n in left.items() if best not in fits})
        return tuple(chosen)


@lru_cache(maxsize=8192)
def find_forms(text: str) -> tuple[str, ...]:
    """Give each of `FORMS` in which a text is a day."""
    if len(text) > _LONGEST or not any(each.isdigit() for each in text):
        return ()
    return tuple(form for form in FORMS if _read(text, form) is not None)


def round_down_to_quarter(day: date) -> date:
    """Give the last day of a quarter that is not after `day`."""
    following = day + timedelta(days=1)
    first_month = following.month - (following.month - 1) % 3
    return date(following.year, first_month, 1) - timedelta(days=1)


def derive_age_limit(born: date, years: int) -> date:
    """Give the last quarter's end before somebody turns `years`."""
    return round_down_to_quarter(_birthday(born, years) - timedelta(days=1))


def _read(text: str, form: str) -> date | None:
    """Give the day that a text is in one form, if it is one."""
    if len(text) > _LONGEST:
        return None
    if form == EXCEL:
        serial = _SERIAL.fullmatch(text)
        return serial and _SERIAL_ZERO + timedelta(days=int(serial["days"]))
    found = _compile(form).fullmatch(text)
    if found is None:
        return None
    try:
        day = _make_day(found.groupdict())
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def _make_day(parts: dict[str, str | None]) -> date:
    month, year = parts.get("m"), parts.get("Y")
    number = int(month) if month else _MONTHS[str(parts["b"]).lower()]
    if year is None:
        short = int(str(parts["y"]))
        year = str(short + (1900 if short >= 69 else 2000))
    day = date(int(year), number, int(str(parts["d"])))
    zone = parts.get("zone")
    if zone is None:
        return day
    clock = f"{int(str(parts['hour'])):02}:{parts['minute']}:{parts['clock'] or '00'}"
    offset = "+00:00" if zone in {"Z", "UTC"} else zone
    moment = datetime.fromisoformat(f"{day.isoformat()}T{clock}{offset}")
    try:
        return moment.astimezone(_HERE).date()
    except OverflowError:  # 9999-12-31 is a day that stands for none
        return day


@lru_cache(maxsize=128)
def _compile(form: str) -> re.Pattern[str]:
    """Make a pattern of a form; two numbers side by side have full width."""
    made, parts = "", re.findall(r"%[dmbYy]|[^%]", form)
    for at, part in enumerate(parts):
        beside = "".join(parts[max(0, at - 1) : at] + parts[at + 1 : at + 2])
        made += _describe(part, tight="%" in beside.replace("%b", ""))
    made += _COMPACT_TIME if form == "%Y%m%d" else ""
    return re.compile(made + _TIME, re.ASCII | re.IGNORECASE)


def _describe(part: str, *, tight: bool) -> str:
    if part == "%b":
        names = sorted(_MONTHS, key=len, reverse=True)
        return rf"(?P<b>{'|'.join(names)})\.?"
    if not part.startswith("%"):
        return " +" if part == " " else re.escape(part)
    least, most = _WIDTHS[part[1]]
    return rf"(?P<{part[1]}>\d{{{most if tight else least},{most}}})"


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # the 29th of February becomes the 1st of March: BW 1:233
        return date(born.year + years, 3, 1)
