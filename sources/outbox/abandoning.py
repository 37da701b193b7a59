"""Let go of a delivery that cannot be finished: nothing lost, nothing twice.

- What was not sent is forgotten: its case stands as it was told last, so that the next
  full delivery plans it again, from a newer file or a mended profile.
- What was sent, and the answer never came, may stand at the index; what was withdrawn
  so may be gone. It is kept as told with a fingerprint that nothing equals: the next
  full delivery tells it again under a higher version, or takes it back. Where the index
  never had it, it says so then.
- A delivery of changes alone holds what no later one repeats: what is left of it is
  owed (`outbox.owed`). `Run` does it by itself only where nothing is left to send.

Proven by tests/unit/sources/test_nothing_wedges.py and
tests/property/test_a_week_of_deliveries.py.
"""

import sqlite3
from typing import Final
from uuid import UUID

from sources.outbox.let_go import How, note_let_go
from sources.outbox.owed import keep_owed_work
from sources.outbox.settling import KNOW, doubt, known_as
from sources.outbox.standing import NEVER_TOLD
from sources.outbox.store import Outbox
from sources.outbox.unchanged import forget_known

_SENT: Final = "SELECT * FROM work WHERE delivery = ? AND state = 'sending'"
_STRAY: Final = """
INSERT OR IGNORE INTO stray SELECT reference, version, ?, ?, ''
FROM signal WHERE case_key = ? AND part = ? AND reference <> ?"""
_STRAYS: Final = """
INSERT OR IGNORE INTO stray
SELECT reference, version, category, municipality, coalesce(valid_from, '') FROM work
WHERE delivery = ? AND action = 'withdraw'
AND reference NOT IN (SELECT reference FROM signal)"""
_UNUSED: Final = """
DELETE FROM batch WHERE id NOT IN (
  SELECT batch FROM work WHERE batch IS NOT NULL)"""


def abandon_delivery(
    outbox: Outbox, delivery: UUID, profile: str, how: How = "abandoned"
) -> int:
    """Let go of a planned delivery; gives how many notices and withdrawals it dropped.

    The index is told nothing: what was sent of it stands, and is not closed. `how` it
    is remembered: a newer one replaced it, or nobody goes on with it.
    """
    with outbox.transaction("abandon") as connection:
        return abandon_within(connection, delivery, profile, how)


def abandon_within(
    connection: sqlite3.Connection, delivery: UUID, profile: str, how: How
) -> int:
    """Do the same within a transaction."""
    one = (str(delivery),)
    dropped = connection.execute(
        "SELECT count(*) FROM work WHERE delivery = ?", one
    ).fetchone()[0]
    keep_owed_work(connection, delivery)
    # Its signal is no longer told here; that one must still be taken back.
    connection.execute(_STRAYS, one)
    for row in connection.execute(_SENT, one).fetchall():
        _keep_as_told(connection, row, profile)
    connection.execute("DELETE FROM work WHERE delivery = ?", one)
    connection.execute(_UNUSED)
    connection.execute("DELETE FROM reject WHERE delivery = ?", one)
    note_let_go(connection, delivery, how)
    connection.execute("DELETE FROM delivery WHERE id = ?", one)
    forget_known(connection)
    return int(dropped)


def _keep_as_told(
    connection: sqlite3.Connection, row: sqlite3.Row, profile: str
) -> None:
    if row["action"] == "withdraw":
        doubt(connection, row)
        return
    place = (row["category"], row["municipality"])
    which = (row["case_key"], row["part"], row["reference"])
    connection.execute(_STRAY, (*place, *which))
    known = known_as(row, profile, fingerprint=NEVER_TOLD)
    connection.execute(KNOW, known)
