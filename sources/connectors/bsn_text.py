"""A BSN as registrations and spreadsheets write it, read without changing a digit.

Read: points, spaces or hyphens between the digits; blanks, characters without width and
control characters around them; what a spreadsheet puts there (`'` in front, `="…"`,
`.0` behind). Named, never repaired: letters (an O is no zero), `1,23E+08`, of which the
last digits are gone, and a number of other than nine digits.
"""

import re
import unicodedata
from typing import Final

from keys.bsn import Bsn, parse_bsn
from keys.errors import InvalidBsn
from sources.reasons import Reason

_AROUND: Final = re.compile(r"""^(?:="(?P<cell>[^"]*)"|'(?P<text>[^']*)'?)$""")
_DECIMALS: Final = re.compile(r"(?<=\d)[.,]0+$", re.ASCII)
_EXPONENT: Final = re.compile(r"\d([.,]\d+)?E[+-]?\d+", re.ASCII | re.IGNORECASE)
_GROUPS: Final = re.compile(r"\d{2,4}(?:[ .\u2010-\u2013-]\d{2,4}){1,3}", re.ASCII)
_SHORT: Final = 8
_LENGTHS: Final = frozenset({_SHORT, 9})


def read_bsn(text: str, *, zero_lost: bool) -> Bsn | Reason:
    """Give the BSN in a text, or why there is none; eight digits only if a zero went.

    Every number that is given passes the 11-proof.
    """
    digits = find_digits(text)
    if zero_lost and len(digits) == _SHORT and digits.isdigit():
        digits = f"0{digits}"
    try:
        return parse_bsn(digits)
    except InvalidBsn:
        return _find_fault(digits)


def find_digits(text: str) -> str:
    """Give a text without what is no part of a number; what is left may be anything."""
    if text.isascii() and text.isdigit():
        return text
    bare = "".join(each for each in text if unicodedata.category(each)[0] != "C")
    bare = bare.strip()
    if found := _AROUND.fullmatch(bare):
        bare = (found["cell"] or found["text"] or "").strip()
    bare = bare.replace("\u00a0", " ")
    whole = _DECIMALS.sub("", bare)
    digits = "".join(one for one in bare if one.isdigit())
    if _GROUPS.fullmatch(bare) and len(digits) in _LENGTHS:
        return digits  # without a last group of zeros it would be shorter than a BSN
    if _GROUPS.fullmatch(whole):
        return "".join(one for one in whole if one.isdigit())
    return whole


def _find_fault(text: str) -> Reason:
    if not text:
        return Reason.BSN_MISSING
    if _EXPONENT.fullmatch(text):
        return Reason.BSN_EXPONENT
    if any(each.isalpha() for each in text):
        return Reason.BSN_LETTERS
    if text.isascii() and text.isdigit() and len(text) == len("999999990"):
        return Reason.BSN_INVALID
    return Reason.BSN_LENGTH
