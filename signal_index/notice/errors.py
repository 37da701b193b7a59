"""What can be wrong with a message of a source.

    NoticeError
    └── InvalidSignature        not signed as it must be, or not by whom it says
        └── SignedInTheFuture   the submitter's clock is ahead of ours

A field that is wrong is the wire's own `InvalidField`. No error holds input.
"""

from __future__ import annotations

from signal_index.wire.errors import InvalidField

__all__ = ["InvalidField", "InvalidSignature", "NoticeError", "SignedInTheFuture"]


class NoticeError(Exception):
    """A message of a source is refused."""


class InvalidSignature(NoticeError):
    """A signed message is not signed as it must be, or not by whom it says."""


class SignedInTheFuture(InvalidSignature):
    """A signed message is dated later than our clock allows."""
