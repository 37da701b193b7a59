"""What can be wrong with a message of a source.

    NoticeError
    ├── InvalidField            one field: which, and what is wrong with it
    └── InvalidSignature        not signed as it must be, or not by whom it says
        └── SignedInTheFuture   the submitter's clock is ahead of ours

No error holds input: a field is named by us, its value is never repeated.
"""

from __future__ import annotations


class NoticeError(Exception):
    """A message of a source is refused."""


class InvalidField(NoticeError):
    """One field of a message does not have the form the contract gives it."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class InvalidSignature(NoticeError):
    """A signed message is not signed as it must be, or not by whom it says."""


class SignedInTheFuture(InvalidSignature):
    """A signed message is dated later than our clock allows."""
