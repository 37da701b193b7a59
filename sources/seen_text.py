"""A text as a person sees it: two that nobody can tell apart are one.

In one form of Unicode (NFC: an e with a mark is one character, however it was typed),
every blank the same one, and nothing that has no width: a NUL, a mark of direction, a
space of no width, a hyphen that shows only at the end of a line.
"""

import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf"})


def compose(text: str) -> str:
    """Give a text as it is seen: composed (NFC), blanks alike, nothing invisible."""
    if text.isascii() and text.isprintable():
        return text
    seen = []
    for each in unicodedata.normalize("NFC", text):
        if each.isspace():
            seen.append(" ")
        elif unicodedata.category(each) not in _UNSEEN:
            seen.append(each)
    return "".join(seen)
