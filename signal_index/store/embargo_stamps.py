"""What makes an embargo ours: a keyed hash over what it says, and over each step.

Whoever has the database, with the rights of whichever role, can add rows. That keeps
nothing from a citizen and gives nothing away: an embargo, and a step that approves,
refuses, withdraws or lifts it, counts only with this index's stamp.

- The key is derived from the disclosure key of the year in which the row was made: who
  tells of a person has it at hand, it outlives the receipt key, and it is destroyed
  years after the last day that an embargo can have.
- A stamp is over the embargo's id, so that it fits on no other.

Proven by tests/attack/test_sql_moves_no_embargo.py.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from signal_index.errors import KeyFilesRefused
from signal_index.keyring import YearKeys
from signal_index.store.row_texts import encode_row
from signal_index.tables.citizen_rights import embargo, embargo_step

_NOT_SAID: Final = {"stamp", "seal", "key_version"}
_EMBARGO: Final = tuple(one.name for one in embargo.c if one.name not in _NOT_SAID)
_STEP: Final = tuple(one.name for one in embargo_step.c if one.name not in _NOT_SAID)


def stamp_embargo(row: Mapping[Any, Any], keys: YearKeys) -> bytes:
    """Stamp all that an embargo says but its seal."""
    return _stamp(b"embargo\n" + encode_row(row, _EMBARGO), row["placed_at"], keys)


def stamp_step(row: Mapping[Any, Any], keys: YearKeys) -> bytes:
    """Stamp what became of an embargo."""
    return _stamp(b"step\n" + encode_row(row, _STEP), row["at"], keys)


def is_our_embargo(row: Mapping[Any, Any], keys: YearKeys) -> bool:
    """Tell whether this index placed exactly this embargo."""
    try:
        return hmac.compare_digest(bytes(row["stamp"]), stamp_embargo(row, keys))
    except KeyFilesRefused:
        return False


def is_our_step(row: Mapping[Any, Any], keys: YearKeys) -> bool:
    """Tell whether this index took exactly this step."""
    try:
        return hmac.compare_digest(bytes(row["stamp"]), stamp_step(row, keys))
    except KeyFilesRefused:
        return False


def _stamp(text: bytes, at: datetime, keys: YearKeys) -> bytes:
    key = keys.get_disclosure_key(at.astimezone(UTC).year)
    return hmac.digest(key.embargo_stamp, text, "sha256")
