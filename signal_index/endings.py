"""What stays of a signal that is gone: which kind it was, why it went and on which day.

For its source to read. Sealed, for those who died are few: of one person, rows of all
sources would have the same reason and the same day. The last day of a row is spread.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from signal_index.ledger import DisclosureKey
from signal_index.returning.sealing import bind, seal, unseal

TOMBSTONE_FOR: Final = timedelta(days=90)
SPREAD_DAYS: Final = 30
ENDING_BYTES: Final = 160
NOBODYS: Final = ""
"""In place of a category: no signal was there, and its source is told of none."""

_LABEL: Final = b"signal-index/ending/1\0"


@dataclass(frozen=True, slots=True)
class Ended:
    """Of which kind a signal was, the code of why it went, and its last day here."""

    category: str
    reason: str
    on: date


def draw_until(today: date) -> date:
    """Give until when a tombstone stays: ninety days at least, and up to thirty more.

    From when it is cannot be told, nor which were made together.
    """
    return today + TOMBSTONE_FOR + timedelta(days=secrets.randbelow(SPREAD_DAYS))


def seal_ending(
    source: str, reference: UUID, ended: Ended, key: DisclosureKey
) -> bytes:
    """Seal it for the row of this source and reference: one length, whatever it is."""
    facts = {"c": ended.category, "r": ended.reason, "d": ended.on.isoformat()}
    label = bind(_LABEL, source)
    return seal(key.notice_seal, reference, label, facts, ENDING_BYTES)


def open_ending(
    source: str, reference: UUID, sealed: bytes, key: DisclosureKey
) -> Ended:
    """Open it, or raise `DisclosureRefused`."""
    said = unseal(key.notice_seal, reference, bind(_LABEL, source), sealed)
    return Ended(said["c"], said["r"], date.fromisoformat(said["d"]))
