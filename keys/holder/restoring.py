"""What a holder says of its own record after a backup was put back: what is missing.

- The gap begins at the last moment that the backup holds, and ends at the first request
  that was taken after it; at this moment where there was none.
- It is said once, and taken back never: every day statement from then on carries it,
  signed. What it excuses, and what it cannot, is judged elsewhere, against the ledger
  (`signal_index.reconcile.restored`).
- A sharing of which this record does not know that it ended may be long over: none of
  before is opened again.

Runs inside the store's transaction; what raises here leaves nothing behind.
"""

import sqlite3
from datetime import datetime

from keys.holder.errors import RestorationRefused
from keys.restoration import Restoration, RestoredBecause


def find_gap(
    connection: sqlite3.Connection,
    since: datetime,
    because: RestoredBecause,
    now: datetime,
) -> Restoration:
    """Give what would be said, or raise `RestorationRefused` where it cannot be so."""
    begins, said_at = int(since.timestamp()), int(now.timestamp())
    if begins >= said_at:
        raise RestorationRefused("until: is not in the past")
    (first,) = connection.execute(
        "SELECT MIN(at) FROM request WHERE at > ?", (begins,)
    ).fetchone()
    until = said_at if first is None else min(int(first), said_at)
    overlapping = connection.execute(
        "SELECT 1 FROM restored WHERE since < ? AND until > ?", (until, begins)
    ).fetchone()
    if overlapping is not None:
        raise RestorationRefused("until: this gap, or a part of it, was said before")
    return Restoration(since=begins, until=until, said_at=said_at, because=because)


def insert_gap(connection: sqlite3.Connection, said: Restoration) -> None:
    """Keep what is said of the record."""
    connection.execute(
        "INSERT INTO restored VALUES (?, ?, ?, ?)",
        (said.since, said.until, said.said_at, said.because),
    )


def end_all_known(connection: sqlite3.Connection, said: Restoration) -> None:
    """End every sharing that this record knows: it lacks who asked under which since.

    The one that the holder starts with begins anew (`store.keep_config`).
    """
    connection.execute(
        "UPDATE key_config SET ended_at = ? WHERE ended_at IS NULL", (said.said_at,)
    )


def list_gaps(connection: sqlite3.Connection) -> tuple[Restoration, ...]:
    """Give all that was said, the first first."""
    rows = connection.execute(
        "SELECT since, until, said_at, because FROM restored ORDER BY said_at, since"
    )
    return tuple(
        Restoration(since=since, until=until, said_at=said_at, because=because)
        for since, until, said_at, because in rows
    )
