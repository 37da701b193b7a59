"""What was signed and sent, kept with the entry that acknowledges it.

The signed text names nobody: it holds salted commitments, and the salts are not kept.
So it may stay as it is in the outbox, compressed, for as long as the ledger can be
asked about it.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sources.outbox.store import Outbox

KEPT_FOR: Final = timedelta(days=5 * 366)  # as long as the ledger keeps what it says
_LEVEL: Final = 6

ALL: Final = -1
"""No limit, as SQLite says it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent as one batch, the entry that says so, and when it was settled."""

    token: str = field(repr=False)
    entry: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the outbox kept of one batch; `proof` comes a minute or more later."""

    batch: UUID
    entry: UUID
    token: str = field(repr=False)
    settled_at: datetime
    proof: str | None = field(repr=False)


def insert_evidence(
    connection: sqlite3.Connection, batch: UUID, sent: Sent, references: Iterable[str]
) -> None:
    """Keep what was sent, in the transaction in which its answers are written."""
    token = zlib.compress(sent.token.encode(), _LEVEL)
    connection.execute(
        "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?, NULL)",
        (str(batch), str(sent.entry), token, sent.at.isoformat()),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO evidence_item VALUES (?, ?)",
        [(reference, str(batch)) for reference in references],
    )


def find_evidence(outbox: Outbox, reference: UUID) -> Sequence[Evidence]:
    """Give everything that was sent under a reference, oldest first."""
    rows = outbox.connection.execute(
        "SELECT e.* FROM evidence e JOIN evidence_item i ON i.batch = e.batch"
        " WHERE i.reference = ? ORDER BY e.settled_at",
        (str(reference),),
    )
    return [_read(row) for row in rows]


def find_unproven(
    outbox: Outbox, *, before: datetime, limit: int = ALL
) -> Sequence[tuple[UUID, UUID]]:
    """Give (batch, entry) of what was settled before a moment and lacks its proof.

    All of it, or the oldest: who fetches asks all, so that what never gets a proof
    keeps none of the rest waiting.
    """
    rows = outbox.connection.execute(
        "SELECT batch, entry FROM evidence WHERE proof IS NULL AND settled_at < ?"
        " ORDER BY settled_at LIMIT ?",
        (before.isoformat(), limit),
    )
    return [(UUID(row["batch"]), UUID(row["entry"])) for row in rows]


def has_sent(outbox: Outbox) -> bool:
    """Tell whether anything that was sent is kept here."""
    found = outbox.connection.execute("SELECT 1 FROM evidence LIMIT 1")
    return found.fetchone() is not None


def keep_proof(outbox: Outbox, batch: UUID, proof: str) -> None:
    """Keep the proof of a batch's entry."""
    with outbox.transaction("keep-proof") as connection:
        connection.execute(
            "UPDATE evidence SET proof = ? WHERE batch = ?", (proof, str(batch))
        )


def drop_old_evidence(outbox: Outbox, *, now: datetime) -> int:
    """Forget what no ledger can be asked about any more; give how many batches."""
    with outbox.transaction("keep-proof") as connection:
        gone = connection.execute(
            "DELETE FROM evidence WHERE settled_at < ?",
            ((now - KEPT_FOR).isoformat(),),
        )
    return gone.rowcount


def _read(row: sqlite3.Row) -> Evidence:
    return Evidence(
        UUID(row["batch"]),
        UUID(row["entry"]),
        zlib.decompress(row["token"]).decode(),
        datetime.fromisoformat(row["settled_at"]),
        row["proof"],
    )
