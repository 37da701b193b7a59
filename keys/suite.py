"""Hashing into the group: ciphersuite ristretto255-SHA512 of RFC 9497 section 4.1.

- Every use hashes under its own domain separation tag, bound to the protocol's mode:
  nothing hashed for one purpose means anything for another.
- We run mode VOPRF only. Mode OPRF exists so that all published vectors can be run.
"""

from dataclasses import dataclass
from typing import Final

from keys.checking.hashing import expand_message, name_context
from keys.group import Point, Scalar, derive_point, derive_scalar


@dataclass(frozen=True, slots=True)
class Context:
    """The context string of one protocol mode (RFC 9497 section 3.1)."""

    mode: int

    @property
    def name(self) -> bytes:
        """Give `"OPRFV1-" || mode || "-" || identifier`."""
        return name_context(self.mode)

    def hash_to_group(self, message: bytes) -> Point:
        """Give the point P of an input; nobody knows its logarithm."""
        return derive_point(expand_message(message, b"HashToGroup-" + self.name))

    def hash_to_scalar(self, message: bytes) -> Scalar:
        """Give the scalar of a transcript."""
        return derive_scalar(expand_message(message, b"HashToScalar-" + self.name))


OPRF: Final = Context(0)
VOPRF: Final = Context(1)
