"""Eighteen digits of a document: what people read aloud to see that they have the same.

About 60 bits of SHA-256. A second document with given digits costs 2^60 tries. Whoever
makes both documents needs only 2^30: so the digits that decide are those of the
transcript, of which everybody fixed a part before anybody saw the rest.
"""

import hashlib
import hmac
import re
from typing import Final

from keys.ceremony.errors import DigitsMismatch

DIGITS: Final = 18
_GROUP: Final = 3
_PARTING: Final = re.compile(r"[\s.,-]+")


def tell_digits(data: bytes) -> str:
    """Give the digits in groups of three."""
    text = _digits(data)
    return " ".join(text[at : at + _GROUP] for at in range(0, DIGITS, _GROUP))


def verify_digits(told: str, data: bytes) -> None:
    """Hold what a person typed against the document, or raise `DigitsMismatch`.

    How the groups are parted is no matter: by spaces, points, commas or dashes.
    """
    typed = "".join(_PARTING.split(told))
    if not (typed.isascii() and hmac.compare_digest(typed, _digits(data))):
        raise DigitsMismatch(
            "these are not the digits that stand here: stop, and tell the others"
        )


def _digits(data: bytes) -> str:
    number = int.from_bytes(hashlib.sha256(data).digest()) % 10**DIGITS
    return f"{number:0{DIGITS}}"
