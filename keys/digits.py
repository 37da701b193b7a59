"""Eighteen digits of a SHA-256: how people name a document to each other.

Some 60 bits. Who may show them without reading the document (the index, of a ceremony's
transcript) takes them from its digest.
"""

from typing import Final

DIGITS: Final = 18
_GROUP: Final = 3


def make_digits(digest: bytes) -> str:
    """Give the digits of a digest: as a big-endian number, modulo 10^18."""
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}}"


def write_digits(digest: bytes) -> str:
    """Give them in groups of three, as they are shown and read aloud."""
    text = make_digits(digest)
    return " ".join(text[at : at + _GROUP] for at in range(0, DIGITS, _GROUP))
