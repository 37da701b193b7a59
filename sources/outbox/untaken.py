"""Signals that stand as they were, since the record of their case was not taken.

A rejected record takes nothing from its case, nor gives it anything: not another
person either, where the record says so. Then the flag stays with the former one, whom
the file names no more. That is said with the agency's own case numbers
(`outbox.awaited`) until a delivery says something of the case that is taken.

Proven by tests/unit/sources/test_a_record_that_is_not_taken.py.
"""

import sqlite3
from typing import Final

from signal_index.wire.deliveries import DeliveryKind
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.matching import UNTAKEN, count_unplaced

OF_SAME: Final = 1  # of the same person, or of nobody knows whom
OF_OTHER: Final = 2
_FORGET: Final = """
UPDATE signal SET untaken = 0 WHERE untaken AND (
  (:sure AND profile = :profile
    AND case_key NOT IN (SELECT case_key FROM staged WHERE event <> 'open'))
  OR case_key IN (SELECT case_key FROM staged WHERE event = 'open')
  OR case_key IN (SELECT case_key FROM staged_closing))"""
_NOTE: Final = f"""
UPDATE signal SET untaken = CASE WHEN u.same THEN {OF_SAME} WHEN u.told THEN {OF_OTHER}
  ELSE max(untaken, {OF_SAME}) END
FROM ({UNTAKEN}) u WHERE u.reference = signal.reference"""  # noqa: S608 - our own constants
_NOTE_ONE: Final = """
UPDATE signal SET untaken = max(untaken, ?) WHERE reference = ?"""


def note_untaken(connection: sqlite3.Connection, delivery: OpenDelivery) -> None:
    """Note which signals stand by no word of this delivery; its rows are staged.

    Where a rejected record may be any case, what is absent is no word about it.
    """
    is_full = delivery.kind is DeliveryKind.FULL
    is_sure = is_full and not count_unplaced(connection, str(delivery.id))
    of = {"sure": is_sure, "full": is_full, "profile": delivery.profile}
    connection.execute(_FORGET, of)
    connection.execute(_NOTE, of)


def note_refused_update(connection: sqlite3.Connection, reference: str | None) -> None:
    """Note that the newest of a signal that stands was refused; else nothing."""
    connection.execute(_NOTE_ONE, (OF_SAME, reference))
