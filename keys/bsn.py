"""The citizen service number: the one identifier that never leaves its owner's process.

- Only what passes the 11-proof becomes a `Bsn`; there is no other way to make one.
- A `Bsn` has no repr: a log line or a traceback shows `<Bsn>`.
- Used by whoever blinds (`sources`, `keys.client`). Holder and index never see one.
"""

from dataclasses import dataclass
from typing import Final

from keys.errors import InvalidBsn

DIGITS: Final = 9
WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@dataclass(frozen=True, slots=True, repr=False)
class Bsn:
    """Nine digits that pass the 11-proof. Made only by `parse_bsn`."""

    digits: str

    def __repr__(self) -> str:
        """Show the type, never the digits."""
        return "<Bsn>"

    @property
    def registered(self) -> bytes:
        """Give the 16 bytes that are hashed to the group.

        The prefix keeps the numbers of other registers apart from these.
        """
        return b"nl-bsn:" + self.digits.encode("ascii")


def parse_bsn(text: str) -> Bsn:
    """Read a citizen service number, leading zero kept, or raise `InvalidBsn`.

    Exactly nine ASCII digits: no blanks, no points, no digits of other scripts. A
    number of eight digits lost its zero somewhere; its owner restores it, not we.
    The error never holds the text.

    11-proof: Besluit burgerservicenummer art. 1.
    Proven by tests/unit/keys_holder/test_bsn.py.
    """
    if len(text) != DIGITS or not (text.isascii() and text.isdigit()):
        raise InvalidBsn
    total = sum(
        weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=True)
    )
    if total % 11 or text == "0" * DIGITS:
        raise InvalidBsn
    return Bsn(text)
