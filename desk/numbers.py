"""Write numbers as a Dutch reader expects them."""

from typing import Final

from babel.numbers import format_decimal

DASH: Final = "\u2013"


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
