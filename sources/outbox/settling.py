"""What the index answered about a batch, written in one transaction.

An accepted notice becomes what is known to be told; a refused one becomes a reject and
is tried again with the next delivery. Sent again after a crash, a batch answers
`unchanged`: that is an acceptance too.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from sources.outbox.deliveries import insert_rejects, raise_count
from sources.outbox.evidence import Sent, insert_evidence
from sources.outbox.store import Outbox
from sources.reasons import Reason
from sources.values import Place, Reject

Outcome = Literal["accepted", "unchanged", "superseded", "refused"]

KNOW: Final = """
INSERT OR REPLACE INTO signal (case_key, part, profile, reference, version, person,
  fingerprint, category, municipality, contact, valid_from, valid_limit, valid_until,
  name)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"""
_SEND_AGAIN: Final = "UPDATE contact SET state = 'pending' WHERE id = ?"
_FORGET: Final = "DELETE FROM signal WHERE reference = ?"
UNKNOWN_SIGNAL: Final = "unknown-signal"
UNKNOWN_CONTACT: Final = "unknown-contact-holder"
TRANSFERRED: Final = "signal-transferred"
_REASONS: Final = {
    "category-not-established": Reason.REFUSED_CATEGORY,
    "category-not-open": Reason.REFUSED_CATEGORY,
    UNKNOWN_CONTACT: Reason.REFUSED_CONTACT,
    "unknown-source": Reason.REFUSED_SOURCE,
    "unknown-source: category": Reason.REFUSED_UNREGISTERED_CATEGORY,
    "unknown-source: municipality": Reason.REFUSED_UNREGISTERED_PLACE,
    "informed-code-refused": Reason.REFUSED_INFORMED,
    "unknown-code: informed": Reason.REFUSED_INFORMED,
    "unknown-code: category": Reason.REFUSED_CATEGORY,
    "life-too-long": Reason.REFUSED_LIFE,
    "stale-key-version": Reason.REFUSED_STALE,
    "subject-deceased": Reason.DECEASED,
    "subject-moved-away": Reason.MOVED_AWAY,
    TRANSFERRED: Reason.TRANSFERRED,
}


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What the index answered about one notice or withdrawal."""

    reference: UUID
    outcome: Outcome
    problem: str = ""
    field: str = ""

    @property
    def detail(self) -> str:
        """What the index said, for the file of rejects."""
        said = self.problem or self.outcome
        return f"{said}: {self.field}" if self.field else said


@dataclass(frozen=True, slots=True)
class Settled:
    """Which delivery of which profile the answers belong to."""

    delivery: UUID
    profile: str


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What the index answered about a batch, and the ledger entry that says so.

    Without an entry the index did nothing with it.
    """

    results: Sequence[ItemResult]
    entry: UUID | None


def settle_batch(
    outbox: Outbox,
    batch: UUID,
    results: Mapping[UUID, ItemResult],
    to: Settled,
    sent: Sent | None = None,
) -> None:
    """Write the answers; an item without one stays in the batch and is sent again.

    What was sent is kept as evidence in the same transaction.
    """
    rows = outbox.connection.execute(
        "SELECT * FROM work WHERE batch = ?", (str(batch),)
    ).fetchall()
    by_text = {str(reference): result for reference, result in results.items()}
    answered = [
        (row, by_text[row["reference"]]) for row in rows if row["reference"] in by_text
    ]
    known = [row for row, result in answered if _is_told(row, result)]
    with outbox.transaction("settle-batch") as connection:
        connection.executemany(KNOW, [known_as(row, to.profile) for row in known])
        raise_count(connection, to.delivery, "accepted", len(known))
        if sent is not None:
            references = [row["reference"] for row, _ in answered]
            insert_evidence(connection, batch, sent, references)
        for row, result in answered:
            if not _is_told(row, result):
                _settle_one(connection, row, result, to)
        connection.executemany(
            "DELETE FROM work WHERE id = ?", [(row["id"],) for row, _ in answered]
        )
        if len(answered) == len(rows):
            connection.execute("DELETE FROM batch WHERE id = ?", (str(batch),))


def refuse_contacts(outbox: Outbox, contacts: Iterable[str], to: Settled) -> None:
    """Turn the work that names a refused contact holder into rejects."""
    with outbox.transaction("settle-batch") as connection:
        for contact in contacts:
            rows = connection.execute(
                "SELECT * FROM work WHERE delivery = ? AND contact = ?"
                " AND batch IS NULL",
                (str(to.delivery), contact),
            ).fetchall()
            for row in rows:
                _reject(connection, row, Reason.REFUSED_CONTACT, "", to)
                connection.execute("DELETE FROM work WHERE id = ?", (row["id"],))


def find_reason(problem: str, field: str) -> Reason:
    """Give what a refusal of the index means to the agency."""
    about = _REASONS.get(f"{problem}: {field}")
    return about or _REASONS.get(problem, Reason.REFUSED)


def _settle_one(
    connection: sqlite3.Connection, row: sqlite3.Row, result: ItemResult, to: Settled
) -> None:
    """Settle a withdrawal, or a notice that the index did not take."""
    if row["action"] == "withdraw" and result.problem in (UNKNOWN_SIGNAL, TRANSFERRED):
        # The index does not have it, or another has it now: nothing to take back.
        connection.execute(_FORGET, (row["reference"],))
    elif result.outcome in ("refused", "superseded"):
        refused = (find_reason(result.problem, result.field), result.detail)
        _reject(connection, row, *refused, to)
        if row["action"] == "withdraw":
            _hold_replacement(connection, row, refused, to)
        # A version the index has seen is never used for anything else.
        connection.execute(
            "UPDATE signal SET version = ? WHERE reference = ?",
            (row["version"], row["reference"]),
        )
        if result.problem == UNKNOWN_CONTACT:
            connection.execute(_SEND_AGAIN, (row["contact"],))
    else:
        connection.execute(_FORGET, (row["reference"],))
        if result.outcome == "accepted":
            raise_count(connection, to.delivery, "withdrawn", 1)


def _hold_replacement(
    connection: sqlite3.Connection,
    withdrawn: sqlite3.Row,
    refused: tuple[Reason, str],
    to: Settled,
) -> None:
    """Reject what would replace a signal that could not be withdrawn.

    Otherwise the case would have two: the old one, forgotten here, and the new one.
    """
    rows = connection.execute(
        "SELECT * FROM work WHERE case_key = ? AND action = 'publish'"
        " AND batch IS NULL AND reference <> ?",
        (withdrawn["case_key"], withdrawn["reference"]),
    ).fetchall()
    for row in rows:
        _reject(connection, row, *refused, to)
        connection.execute("DELETE FROM work WHERE id = ?", (row["id"],))


def _is_told(row: sqlite3.Row, result: ItemResult) -> bool:
    return row["action"] == "publish" and result.outcome in ("accepted", "unchanged")


def known_as(
    row: sqlite3.Row, profile: str, fingerprint: bytes | None = None
) -> tuple[object, ...]:
    """Give what `KNOW` keeps of a notice: as it was told, or under another print."""
    return (
        row["case_key"],
        row["part"],
        profile,
        row["reference"],
        row["version"],
        row["person"],
        fingerprint or row["fingerprint"],
        row["category"],
        row["municipality"],
        row["contact"],
        row["valid_from"],
        row["valid_limit"],
        row["valid_until"],
        row["name"],
    )


def _reject(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    reason: Reason,
    detail: str,
    to: Settled,
) -> None:
    place = Place(row["line"], row["record"] or row["reference"])
    insert_rejects(connection, to.delivery, [Reject(place, "", reason, detail)])
    raise_count(connection, to.delivery, "rejected", 1)
