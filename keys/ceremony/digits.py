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
from keys.digits import make_digits, write_digits

_PARTING: Final = re.compile(r"[\s.,-]+")


def tell_digits(data: bytes) -> str:
    """Give the digits in groups of three."""
    return write_digits(hashlib.sha256(data).digest())


def verify_digits(told: str, data: bytes) -> None:
    """Hold what a person typed against the document, or raise `DigitsMismatch`.

    How the groups are parted is no matter: by spaces, points, commas or dashes.
    """
    typed = "".join(_PARTING.split(told))
    expected = make_digits(hashlib.sha256(data).digest())
    if not (typed.isascii() and hmac.compare_digest(typed, expected)):
        raise DigitsMismatch(
            "these are not the digits that stand here: have them read once more; not "
            "the same again: stop, and tell the others"
        )
