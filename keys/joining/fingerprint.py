"""A fingerprint of a document: short enough to be told by telephone.

100 bits of SHA-256 over the payload, as twenty letters and digits that cannot be taken
for each other (RFC 4648 base32: no 0, 1, 8 or 9). A second document with the same
fingerprint costs 2^100 tries.
"""

import base64
import hashlib
import hmac
from typing import Final

from keys.errors import FingerprintMismatch

CHARACTERS: Final = 20
_GROUP: Final = 4


def tell_fingerprint(payload: bytes) -> str:
    """Give the fingerprint in groups, as a person reads it aloud."""
    text = base64.b32encode(hashlib.sha256(payload).digest()).decode()[:CHARACTERS]
    return "-".join(text[at : at + _GROUP] for at in range(0, CHARACTERS, _GROUP))


def verify_fingerprint(told: str, payload: bytes) -> None:
    """Hold what a person typed against the document, or raise `FingerprintMismatch`.

    Spaces, dashes and case do not count; anything less than the whole is refused.
    """
    typed = "".join(told.replace("-", "").split()).upper()
    expected = tell_fingerprint(payload).replace("-", "")
    if not hmac.compare_digest(typed.encode(), expected.encode()):
        raise FingerprintMismatch("this is not the fingerprint of this file")
