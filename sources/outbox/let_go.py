"""Deliveries of which nothing was told: what became of them stays to be read.

Whoever dropped a delivery, or finds that a newer one took its place, can see that it
did. Kept are counts and how it ended; the records and their numbers are gone.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.outbox.store import Outbox

How = Literal["dropped", "replaced", "outdated", "abandoned", "refused"]


@dataclass(frozen=True, slots=True)
class LetGo:
    """A delivery that ended without being closed, and how."""

    id: UUID
    profile: str
    kind: DeliveryKind
    ends: datetime
    read: int
    rejected: int
    how: How


def note_let_go(connection: sqlite3.Connection, delivery: UUID, how: How) -> None:
    """Note how a delivery ended, in the transaction that forgets it."""
    connection.execute(
        "INSERT OR REPLACE INTO let_go (id, profile, kind, ends, read, rejected, how)"
        " SELECT id, profile, kind, ends, read, rejected, ? FROM delivery WHERE id = ?",
        (how, str(delivery)),
    )


def how_let_go(outbox: Outbox, delivery: UUID) -> How | None:
    """Give how a delivery ended without being closed; None where it did not."""
    found = find_let_go(outbox, limit=1, end=str(delivery))
    return found[0].how if found else None


def find_let_go(outbox: Outbox, *, limit: int, end: str = "") -> list[LetGo]:
    """Give the newest that were let go of, newest first; `end` is that of an id."""
    rows = outbox.connection.execute(
        "SELECT * FROM let_go WHERE substr(id, -length(?1)) = ?1 OR ?1 = ''"
        " ORDER BY ends DESC LIMIT ?2",
        (end.lower(), limit),
    )
    return [
        LetGo(
            UUID(row["id"]),
            row["profile"],
            DeliveryKind(row["kind"]),
            datetime.fromisoformat(row["ends"]),
            row["read"],
            row["rejected"],
            row["how"],
        )
        for row in rows
    ]
