"""Hashing into the group: ciphersuite ristretto255-SHA512 of RFC 9497 section 4.1.

- Every use hashes under its own domain separation tag, bound to the protocol's mode:
  nothing hashed for one purpose means anything for another.
- We run mode VOPRF only. Mode OPRF exists so that all published vectors can be run.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from keys.group import UNIFORM_BYTES, Point, Scalar, derive_point, derive_scalar

_BLOCK_BYTES: Final = 128  # SHA-512 input block, `s_in_bytes` of RFC 9380


@dataclass(frozen=True, slots=True)
class Context:
    """The context string of one protocol mode (RFC 9497 section 3.1)."""

    mode: int

    @property
    def name(self) -> bytes:
        """Give `"OPRFV1-" || mode || "-" || identifier`."""
        return b"OPRFV1-" + bytes([self.mode]) + b"-ristretto255-SHA512"

    def hash_to_group(self, message: bytes) -> Point:
        """Give the point P of an input; nobody knows its logarithm."""
        return derive_point(expand_message(message, b"HashToGroup-" + self.name))

    def hash_to_scalar(self, message: bytes) -> Scalar:
        """Give the scalar of a transcript."""
        return derive_scalar(expand_message(message, b"HashToScalar-" + self.name))


OPRF: Final = Context(0)
VOPRF: Final = Context(1)


def expand_message(message: bytes, tag: bytes) -> bytes:
    """Give 64 uniform bytes: expand_message_xmd with SHA-512 (RFC 9380 section 5.3.1).

    64 bytes are exactly one block of output, so the RFC's loop runs once.
    """
    suffix = tag + bytes([len(tag)])
    first = hashlib.sha512(bytes(_BLOCK_BYTES))
    first.update(message + UNIFORM_BYTES.to_bytes(2, "big") + b"\x00" + suffix)
    return hashlib.sha512(first.digest() + b"\x01" + suffix).digest()
