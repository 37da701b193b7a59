"""Write numbers as a Dutch reader expects them."""

import re
from typing import Final

from babel.numbers import format_decimal

DASH: Final = "\u2013"
_MOBILE: Final = re.compile(r"06\d{8}")
_FREE: Final = re.compile(r"0[89]00\d+")
_SHORT: Final = re.compile(r"14\d+")
_LONG_AREA: Final = re.compile(
    r"0(1[0356]|2[0346]|3[03568]|4[0356]|5[03458]|7[0-9]|88)"
)


def format_number(number: float | None) -> str:
    """Give `1.234` or `2,5`; a dash where there is no number."""
    return DASH if number is None else format_decimal(number, locale="nl")


def format_share(part: int, whole: int) -> str:
    """Give whole per cents: never 0% of something, nor 100% of less than all."""
    if not part or not whole:
        return "0%"
    if part == whole:
        return "100%"
    return f"{min(max(round(100 * part / whole), 1), 99)}%"


def write_phone(phone: str) -> str:
    """Write a number as people dial it here: `010 123 45 67`; others stay E.164."""
    if not phone.startswith("+31"):
        return phone
    national = "0" + phone[3:]
    if _MOBILE.fullmatch(national):
        return _in_groups(national, (2, 2, 2, 2, 2))
    if _FREE.match(national):
        return _in_groups(national, (4, 4, 4))
    if _SHORT.match(phone[3:]):
        return _in_groups(phone[3:], (2, 4))
    sizes = (3, 3, 2, 2) if _LONG_AREA.match(national) else (4, 3, 3)
    return _in_groups(national, sizes)


def link_phone(phone: str) -> str:
    """Give what a `tel:` link dials (RFC 3966): 14, 0800 and 0900 have no country."""
    if not phone.startswith("+31"):
        return phone
    national = "0" + phone[3:]
    if _SHORT.match(phone[3:]):
        return phone[3:]
    return national if _FREE.match(national) else phone


def _in_groups(digits: str, sizes: tuple[int, ...]) -> str:
    parts, rest = [], digits
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(part for part in (*parts, rest) if part)
