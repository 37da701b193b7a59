"""Telephone numbers, as a person can dial them.

A flag exists so that somebody calls. A contact holder without a number that can work
is therefore a reject, never a flag without a number.

- A letter is never a digit: `0800 2000 VTH` is no number of ours to make.
- What stands beside a number is left out, and the number is whole without it: a word in
  front (`tel.`), a remark between brackets, an extension or a choice (`tst 12`).
- Two numbers are named: we do not choose. `0800 1234/56` is two: the first is whole.
- `14 030`, the number of a municipality, is `+3114030` as it is kept and sent. It can
  be dialled in the Netherlands only: the desk shows and links it as `14 030`.
"""

import re
from functools import lru_cache
from typing import Final

import phonenumbers

from signal_index.wire.values import Phone
from sources.faults import Unfit
from sources.reasons import Reason

HOME: Final = "NL"
WRONG: Final = "hier hoort een telefoonnummer dat bestaat, zoals 0182 555 101"
LONGEST: Final = 60
_COUNTRY: Final = 31
_FEWEST: Final = 5
_BEFORE: Final = re.compile(
    r"(?:tel(?:efoon)?(?:nr|nummer)?|t|bel)(?:[.:]+ *| +)", re.IGNORECASE
)
_REMARK: Final = re.compile(r"\([^()0-9]*[^\W\d][^()]*\)")
_EXTENSION: Final = re.compile(
    r"[ ,;(]*(?:#|x|(?:ext|tst|toestel|optie|keuze|menu)\b\.?):? *[0-9]{1,5}\)?$",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(r" *(?:/|;|\||,|\ben\b|\bof\b) *", re.IGNORECASE)


@lru_cache(maxsize=4096)
def parse_phone(text: str) -> Phone:
    """Normalise a Dutch or international number to E.164; raises ValueError.

    A number must be possible and assigned to a range that exists; special numbers
    such as 112 are refused, since they reach no contact holder.
    """
    bare = _find_number(text)
    if not bare or _has_letters(bare) or _is_several(bare):
        raise Unfit(WRONG)
    try:
        number = phonenumbers.parse(bare, HOME)
    except phonenumbers.NumberParseException:
        raise Unfit(WRONG) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise Unfit(WRONG)
    return Phone(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    )


def write_phone(phone: Phone) -> str:
    """Give a number as people dial it here; one of abroad with its country."""
    number = phonenumbers.parse(phone)
    is_ours = number.country_code == _COUNTRY
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, form.NATIONAL if is_ours else form.INTERNATIONAL
    )


def find_phone_fault(text: str) -> Reason:
    """Say why a text is no telephone number."""
    bare = _find_number(text)
    if _has_letters(bare):
        return Reason.PHONE_LETTERS
    return Reason.PHONE_SEVERAL if _is_several(bare) else Reason.PHONE_INVALID


def _find_number(text: str) -> str:
    """Give a text without what stands beside its number; empty when it is too long."""
    if len(text) > LONGEST:
        return ""
    bare = text.replace("\u00a0", " ").strip()
    if found := _BEFORE.match(bare):
        bare = bare[found.end() :]
    bare = _REMARK.sub("", _EXTENSION.sub("", bare)).strip()
    return _EXTENSION.sub("", bare).strip()


def _has_letters(text: str) -> bool:
    return any(each.isalpha() for each in text)


def _is_several(text: str) -> bool:
    """Tell whether a text holds two numbers: `030/2861000` is one."""
    first, *more = _SEVERAL.split(text)
    digits = [sum(map(str.isdigit, part)) for part in (first, *more)]
    if sum(many > _FEWEST + 1 for many in digits) > 1:
        return True
    return any(digits[1:]) and _is_whole(first)


def _is_whole(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, HOME))
    except phonenumbers.NumberParseException:
        return False
