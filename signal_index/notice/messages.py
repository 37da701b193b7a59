"""The commitment by which a signed message is about a person, without naming one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from signal_index.wire.errors import InvalidField

if TYPE_CHECKING:
    from keys.pseudonym import Pseudonym

SALT_BYTES: Final = 16


def subject_commitment(salt: bytes, n: Pseudonym) -> bytes:
    """Bind a pseudonym without naming it: SHA-256(salt || N), 32 bytes.

    With 16 random bytes of salt that nobody keeps, the signed evidence names nobody.
    """
    return commit_encoded(salt, n.encoded)


def commit_encoded(salt: bytes, encoded: bytes) -> bytes:
    """Bind a pseudonym as it travels: for who passes it on and never looks at it."""
    if len(salt) != SALT_BYTES:
        raise InvalidField("salt", "wrong-form")
    return hashlib.sha256(salt + encoded).digest()
