"""Changes that were read and never told: which cases must be delivered again.

- A full delivery says every case again; changes are said once. So where a delivery of
  changes ends without being told (nobody answered in time, a full one took its place
  and waits itself, or it was let go of), each case of it that says something new is
  owed.
- It is owed until a later delivery of its profile names it, or a full one is planned,
  or somebody says that it need not. Nothing is said of it while a delivery that holds
  it waits for an answer.
- Kept is what the agency calls the case, sealed, and the line; never whose case it is.

Proven by tests/unit/sources/test_owed_changes.py.
"""

import sqlite3
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import ChangesOwed
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.staging import NAME_LABEL, open_person
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.values import call_with_line

_OPENED: Final = """
SELECT h.case_key, min(h.line) AS line, h.sealed FROM held_case h
WHERE h.delivery = ? AND h.event = 'open' AND NOT EXISTS (SELECT 1 FROM signal k
  WHERE k.case_key = h.case_key AND k.fingerprint = h.fingerprint)
GROUP BY h.case_key"""
_CLOSED: Final = """
SELECT k.case_key, k.name FROM held_closing h JOIN signal k ON k.case_key = h.case_key
WHERE h.delivery = ? GROUP BY k.case_key"""
_KEEP: Final = "INSERT OR IGNORE INTO owed_case VALUES (?, ?, ?, ?, ?)"
_KEEP_WORK: Final = """
INSERT OR IGNORE INTO owed_case SELECT d.id, d.profile, w.case_key, w.line,
  coalesce(w.name, k.name) FROM work w JOIN delivery d ON d.id = w.delivery
LEFT JOIN signal k ON k.case_key = w.case_key
WHERE d.id = ? AND d.kind = 'delta' AND length(w.case_key) > 0"""
_SAID: Final = """
DELETE FROM owed_case WHERE profile = ? AND (? OR case_key IN (
  SELECT case_key FROM staged WHERE event = 'open'
  UNION ALL SELECT case_key FROM staged_closing))"""
_OWED: Final = """
SELECT o.* FROM owed_case o WHERE NOT EXISTS (
  SELECT 1 FROM delivery d WHERE d.profile = o.profile AND d.state = 'held'
  AND (d.kind = 'full'
    OR EXISTS (SELECT 1 FROM held_case h
      WHERE h.delivery = d.id AND h.case_key = o.case_key)
    OR EXISTS (SELECT 1 FROM held_closing h
      WHERE h.delivery = d.id AND h.case_key = o.case_key)))
ORDER BY o.delivery, o.line"""


@dataclass(slots=True)
class Owed:
    """Changes of one delivery that must be delivered again; never leaves the agency.

    A name is the agency's case number; without one since when, with whom and its line.
    """

    delivery: UUID
    profile: str
    names: list[str] = field(default_factory=list, repr=False)

    def say(self) -> ChangesOwed:
        """Give the sentence that says so, and what to do."""
        return ChangesOwed(self.delivery, self.profile, len(self.names))


def keep_owed(connection: sqlite3.Connection, key: OutboxKey, held: UUID) -> None:
    """Keep what a held delivery of changes says, before it is forgotten untold."""
    row = connection.execute(
        "SELECT profile, kind FROM delivery WHERE id = ?", (str(held),)
    ).fetchone()
    if row["kind"] != DeliveryKind.DELTA.value:
        return
    about = (str(held), row["profile"])
    for case in connection.execute(_OPENED, (str(held),)).fetchall():
        name = open_person(key, case["case_key"], case["sealed"])[1]
        sealed = key.seal(name.encode(), label=NAME_LABEL, row=case["case_key"])
        kept = (case["case_key"], case["line"], sealed if name else None)
        connection.execute(_KEEP, (*about, *kept))
    for case in connection.execute(_CLOSED, (str(held),)).fetchall():
        connection.execute(_KEEP, (*about, case["case_key"], None, case["name"]))


def keep_owed_work(connection: sqlite3.Connection, delivery: UUID) -> None:
    """Keep what is left to send of changes that are let go of."""
    connection.execute(_KEEP_WORK, (str(delivery),))


def note_said(connection: sqlite3.Connection, delivery: OpenDelivery) -> None:
    """Note that what is planned says again what was owed; its rows are staged."""
    is_full = delivery.kind is DeliveryKind.FULL
    connection.execute(_SAID, (delivery.profile, is_full))


def find_owed(outbox: Outbox) -> list[Owed]:
    """Give what must be delivered again, by the delivery that said it."""
    found: dict[UUID, Owed] = {}
    for row in outbox.connection.execute(_OWED):
        delivery = UUID(row["delivery"])
        one = found.setdefault(delivery, Owed(delivery, row["profile"]))
        one.names.append(_name(outbox.key, row))
    return list(found.values())


def forget_owed(outbox: Outbox, delivery: UUID) -> bool:
    """Forget what a delivery said, on somebody's word; False where nothing is owed."""
    with outbox.transaction("answer") as connection:
        done = connection.execute(
            "DELETE FROM owed_case WHERE delivery = ?", (str(delivery),)
        )
    return done.rowcount > 0


def _name(key: OutboxKey, row: sqlite3.Row) -> str:
    name = ""
    if row["name"] is not None:
        plain = key.open_sealed(row["name"], label=NAME_LABEL, row=row["case_key"])
        name = plain.decode()
    return call_with_line(name, row["line"])
