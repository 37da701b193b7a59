"""Invented numbers that pass the 11-proof: the same ones in every run.

They begin with 9, as the demo's do. The first ones are known to the agencies, a later
stretch to nobody.
"""

from keys.bsn import DIGITS, WEIGHTS

FIRST = 90_000_000
STRANGERS_FROM = 2_000_000
"""From this place on nobody knows the citizen."""
JOINED_FROM = 4_000_000
"""From this place on only an agency that joins knows the citizen."""

NEWCOMERS_FROM = 6_000_000
"""From this place on nobody knows the citizen until an agency tells of it at work."""


def number_citizens(count: int, *, start: int = 0) -> list[str]:
    """Give `count` different numbers, from a place in the series of all valid ones.

    The place counts eight-digit beginnings; one in eleven has no valid check digit
    and is passed over, so that stretches must lie well apart.
    """
    found: list[str] = []
    stem = FIRST + start
    while len(found) < count:
        number = _complete(stem)
        stem += 1
        if number is not None:
            found.append(number)
    return found


def _complete(stem: int) -> str | None:
    """Add the check digit, or give None where none fits."""
    digits = f"{stem:0{DIGITS - 1}d}"
    pairs = zip(WEIGHTS, digits, strict=False)
    check = sum(weight * int(digit) for weight, digit in pairs) % 11
    return None if check == 10 else f"{digits}{check}"
