"""The commitment by which a signed message is about a person, without naming one."""

from __future__ import annotations

import hashlib
from typing import Final

from keys.pseudonym import Pseudonym
from signal_index.wire.errors import InvalidField

SALT_BYTES: Final = 16


def subject_commitment(salt: bytes, n: Pseudonym) -> bytes:
    """Bind a pseudonym without naming it: SHA-256(salt || N), 32 bytes.

    With 16 random bytes of salt that nobody keeps, the signed evidence names nobody.
    """
    if len(salt) != SALT_BYTES:
        raise InvalidField("salt", "wrong-form")
    return hashlib.sha256(salt + n.encoded).digest()
