"""Checks the ceremony behind a step with a key, from its record: points, no secret.

The one place of the index that knows how a ceremony goes: for its commands and for the
verifier. What serves never imports it, as the import contracts hold.
"""

from keys.ceremony.checking import (
    CheckedRecord,
    RecordRefused,
    check_record,
    open_signed,
    verify_in_use,
)

__all__ = [
    "CheckedRecord",
    "RecordRefused",
    "check_record",
    "open_signed",
    "verify_in_use",
]
