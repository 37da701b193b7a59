"""How an agency calls a case: said, told apart from others, found by what is typed.

- A case with a number is called by it. One without is called by what its own worker
  knows: since when, with whom. Several may be called so.
- Beside a name that is not of one case alone stands the end of the reference.
- A day is the same day however it is written, and never a part of another one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
    *("september", "oktober", "november", "december"),
)
CUT: Final = "…"
_SINCE: Final = "sinds "
_SHORT: Final = 8
_LONGEST_MONTH: Final = 31
_DAY: Final = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)"
    r"|(?P<day>\d\d?)(?: *[-/. ] *)(?P<month>\d\d?|[a-z]{3,9}\.?)(?: *[-/. ] *)"
    r"(?P<year>\d{4}|\d\d))(?!\d)"
)
_NO_YEAR: Final = re.compile(
    r"(?P<day>\d\d?)(?: *[-/. ] *)(?P<month>\d\d?|[a-z]{3,9}\.?)"
)
_WORD: Final = re.compile(r"[^\W_]+")
_MONTH: Final = re.compile(r"(?<=\d )[a-z]{3,9}\.?(?![a-z])")
_REFERENCE: Final = re.compile(
    rf"(?:.*{CUT})?(?P<part>[0-9a-f-]{{{_SHORT},36}})\)?", re.DOTALL
)


def find_day(typed: str) -> date | None:
    """Find the first day in a text, in any form that people write; or none."""
    days = (_read_day(found) for found in _DAY.finditer(typed.casefold()))
    return next((day for day in days if day is not None), None)


def lacks_year(typed: str) -> bool:
    """Tell whether this is a day of some year, and of which is not said."""
    found = _NO_YEAR.fullmatch(typed.casefold().strip())
    if found is None:
        return False
    return _is_day(found["day"], found["month"])


def call_by_start(day: str, whom: str) -> str:
    """Give what a case without a number is called: since which day, with whom."""
    return f"{_SINCE}{day}, bij {whom}"


def has_number(name: str) -> bool:
    """Tell whether a case is called by a number, not by when and with whom."""
    return bool(name) and not tells_day(name)


def tells_day(name: str) -> bool:
    """Tell whether a name itself says since when: a number, or no name, does not."""
    return name.startswith(_SINCE)


def shorten(reference: UUID) -> str:
    """Give the end of a reference: that part is never a moment, so it tells apart."""
    return f"{CUT}{str(reference)[-_SHORT:]}"


def find_unclear(named: Mapping[UUID, str]) -> frozenset[UUID]:
    """Give the references that a name does not tell: beside it stands their end.

    Each without a number, for another case may be called the same though it is not
    here, and each number that several share.
    """
    shared = Counter(name.casefold() for name in named.values())
    return frozenset(
        reference
        for reference, name in named.items()
        if not has_number(name) or name.endswith(CUT) or shared[name.casefold()] > 1
    )


def find_called(named: Mapping[UUID, str], typed: str) -> Mapping[UUID, str]:
    """Give the cases that somebody who typed this may mean; of nothing typed none.

    What is whole wins: a reference or its end, then a number. Else numbers that begin
    so, and cases without one in whose name these words stand beside each other.
    Capitals do not count.
    """
    wanted = " ".join(typed.casefold().split()).removeprefix("zaak ")
    if not wanted:
        return {}
    at = _REFERENCE.fullmatch(wanted)
    by_reference = {
        one: name
        for one, name in named.items()
        if at and (str(one).endswith(at["part"]) or str(one).startswith(at["part"]))
    }
    whole = {one: name for one, name in named.items() if _is_number(name, wanted)}
    return by_reference | whole or {
        one: name for one, name in named.items() if _begins(name, wanted)
    }


def _is_number(name: str, wanted: str) -> bool:
    if not has_number(name):
        return False
    number = name.casefold()
    return number == wanted or (
        number.endswith(CUT) and wanted.startswith(number.removesuffix(CUT))
    )


def _begins(name: str, wanted: str) -> bool:
    if has_number(name):
        return name.casefold().startswith(wanted)
    words = _words(wanted)
    told = _words(name)
    is_cut = name.endswith(CUT)
    return bool(words) and any(
        _stand(words, told[start:], is_cut=is_cut) for start in range(len(told))
    )


def _stand(words: Sequence[str], told: Sequence[str], *, is_cut: bool) -> bool:
    """Tell whether these words stand at the beginning of what is told.

    The last may be half typed, but no number; what was cut off may be anything.
    """
    for at, word in enumerate(words):
        if at == len(told):
            return is_cut
        if word == told[at]:
            continue
        if is_cut and at == len(told) - 1 and word.startswith(told[at]):
            return True
        is_last = at == len(words) - 1
        return is_last and not word[-1].isdigit() and told[at].startswith(word)
    return True


def _words(text: str) -> Sequence[str]:
    days = _DAY.sub(_write_day, text.casefold())
    return _WORD.findall(_MONTH.sub(_write_month, days))


def _write_day(found: re.Match[str]) -> str:
    day = _read_day(found)
    return found[0] if day is None else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _write_month(found: re.Match[str]) -> str:
    number = _find_month(found[0].rstrip("."))
    return MONTHS[number - 1] if number else found[0]


def _read_day(found: re.Match[str]) -> date | None:
    year, month, day = (
        found[iso] or found[dutch]
        for iso, dutch in (("y", "year"), ("m", "month"), ("d", "day"))
    )
    number = int(month) if month.isdigit() else _find_month(month.rstrip("."))
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    except ValueError:
        return None


def _is_day(day: str, month: str) -> bool:
    number = int(month) if month.isdigit() else _find_month(month.rstrip("."))
    return 1 <= number <= len(MONTHS) and 1 <= int(day) <= _LONGEST_MONTH


def _find_month(text: str) -> int:
    """Give the number of a month by its name, or the beginning of it; 0 for none."""
    if text == "mrt":
        return MONTHS.index("maart") + 1
    return next((n for n, one in enumerate(MONTHS, 1) if one.startswith(text)), 0)
