"""Signals that stand while the file says that their case has not begun.

What began cannot be not begun any more: such a status means something else, as a pause
does. Nobody knows whether there is contact still, so the signal stays as it was, unlike
one that ended, and is confirmed no more: it lapses with its validity. That is said with
the agency's own case numbers until a delivery says it otherwise.

Proven by tests/unit/sources/test_not_begun.py.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final

from signal_index.wire.deliveries import DeliveryKind
from sources.counted import MOST_KEPT
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.matching import NOT_BEGUN
from sources.outbox.staging import NAME_LABEL
from sources.outbox.store import Outbox

_FORGET: Final = """
UPDATE signal SET not_begun = 0 WHERE not_begun AND (
  (:full AND profile = :profile
    AND case_key NOT IN (SELECT case_key FROM staged WHERE event <> 'open'))
  OR case_key IN (SELECT case_key FROM staged WHERE event = 'open')
  OR case_key IN (SELECT case_key FROM staged_closing))"""
_NOTE: Final = f"""
UPDATE signal SET not_begun = 1
WHERE reference IN (SELECT reference FROM ({NOT_BEGUN}))"""  # noqa: S608 - our own constant
_FIND: Final = """
SELECT case_key, name FROM signal WHERE not_begun AND (?1 IS NULL OR profile = ?1)
LIMIT ?2"""


def note_not_begun(connection: sqlite3.Connection, delivery: OpenDelivery) -> None:
    """Note which signals stand though the file says so; its rows are staged."""
    of = {
        "full": delivery.kind is DeliveryKind.FULL,
        "profile": delivery.profile,
    }
    connection.execute(_FORGET, of)
    connection.execute(_NOTE, of)


def name_not_begun(outbox: Outbox, profile: str | None = None) -> Sequence[str]:
    """Give how the agency calls the cases of these signals; empty where by no name.

    For the agency's own eyes; raises `OutboxKeyChanged`.
    """
    names = []
    for row in outbox.connection.execute(_FIND, (profile, MOST_KEPT)):
        sealed, key = row["name"], row["case_key"]
        plain = sealed and outbox.key.open_sealed(sealed, label=NAME_LABEL, row=key)
        names.append(plain.decode() if plain else "")
    return sorted(names)
