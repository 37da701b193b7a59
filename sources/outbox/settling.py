"""What the index answered about a batch, written in one transaction.

What an answer means is in one table (`outbox.concluding`). What stands becomes what is
known to be told; what was refused becomes a reject and is tried again with the next
delivery; what is gone is told anew under another reference, in this run.
"""

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from signal_index.notice import SALT_BYTES
from sources.outbox.awaited import note_refused
from sources.outbox.concluding import (
    TRANSFERRED,
    Conclusion,
    Outcome,
    conclude,
)
from sources.outbox.deliveries import insert_rejects, raise_count
from sources.outbox.evidence import Sent, insert_evidence
from sources.outbox.standing import NEVER_TOLD
from sources.outbox.store import Outbox
from sources.outbox.strays import NO_CASE
from sources.outbox.work import POINT_BYTES, SUBJECT_LABEL
from sources.outbox_key import OutboxKey
from sources.reasons import Reason
from sources.values import Place, Reject

KNOW: Final = """
INSERT OR REPLACE INTO signal (case_key, part, profile, reference, version, person,
  fingerprint, category, municipality, contact, valid_from, valid_limit, valid_until,
  name)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"""
_SEND_AGAIN: Final = "UPDATE contact SET state = 'pending' WHERE id = ?"
_FORGET: Final = "DELETE FROM signal WHERE reference = ?"
_RAISE: Final = "UPDATE signal SET version = max(version, ?) WHERE reference = ?"
_DOUBT: Final = "UPDATE signal SET fingerprint = ? WHERE reference = ?"
_MAY_STAND: Final = "INSERT OR REPLACE INTO stray VALUES (?, ?, ?, ?, ?)"
_TELL_ANEW: Final = """
UPDATE work SET state = 'ready', batch = NULL, reference = ?, version = 1, sealed = ?
WHERE id = ?"""
_KEEP_REPLACED: Final = "DELETE FROM work WHERE replaced_by = ?"
_ALL_OF_IT: Final = "contactpersoon"
_OF_CONTACT: Final = {
    "function": "functie van de contactpersoon",
    "name": "naam van de contactpersoon",
    "phone": "telefoonnummer van de contactpersoon",
    "outOfHoursPhone": "nummer buiten kantooruren van de contactpersoon",
    "officeHours": "openingstijden van de contactpersoon",
    "lastVerified": "dag waarop het nummer is nagegaan (last_verified)",
    "deputy.function": "functie van de vervanger",
    "deputy.name": "naam van de vervanger",
    "deputy.phone": "telefoonnummer van de vervanger",
}
"""How a field of a contact holder is called in the file of rejects."""
UNKNOWN_CONTACT: Final = "unknown-contact-holder"
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
    """Which delivery of which profile the answers belong to.

    `is_again`: it was sent before, perhaps, and that answer was lost.
    """

    delivery: UUID
    profile: str
    is_again: bool = False


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
    found = [
        (row, result, conclude(row["action"], result.outcome, result.problem))
        for row, result in answered
    ]
    stands = [row for row, _, one in found if one is Conclusion.STANDS]
    with outbox.transaction("settle-batch") as connection:
        connection.executemany(KNOW, [known_as(row, to.profile) for row in stands])
        raise_count(connection, to.delivery, "accepted", len(stands))
        if sent is not None:
            references = [row["reference"] for row, _ in answered]
            insert_evidence(connection, batch, sent, references)
        for row, result, one in found:
            if _is_told_anew(row, one):
                _let_go(connection, row)
                _tell_anew(connection, outbox.key, row)
            elif one is not Conclusion.STANDS:
                _settle_one(connection, (row, result, one), to)
        connection.executemany(
            "DELETE FROM work WHERE id = ?",
            [(row["id"],) for row, _, one in found if not _is_told_anew(row, one)],
        )
        if len(answered) == len(rows):
            connection.execute("DELETE FROM batch WHERE id = ?", (str(batch),))


def refuse_contacts(outbox: Outbox, contacts: Mapping[str, str], to: Settled) -> None:
    """Turn the work that names a refused contact holder into rejects.

    `contacts`: by id, the field that the index did not take.
    """
    with outbox.transaction("settle-batch") as connection:
        for contact, field in contacts.items():
            about = _OF_CONTACT.get(field.removeprefix("contactHolder."), _ALL_OF_IT)
            rows = connection.execute(
                "SELECT * FROM work WHERE delivery = ? AND contact = ?"
                " AND batch IS NULL",
                (str(to.delivery), contact),
            ).fetchall()
            for row in rows:
                place = Place(row["line"], row["record"] or row["reference"])
                _note(connection, Reject(place, about, Reason.REFUSED_CONTACT), to)
                note_refused(connection, row, Reason.REFUSED_CONTACT)
                connection.execute("DELETE FROM work WHERE id = ?", (row["id"],))
                keep_replaced(connection, row["reference"])


def find_reason(problem: str, field: str) -> Reason:
    """Give what a refusal of the index means to the agency."""
    about = _REASONS.get(f"{problem}: {field}")
    return about or _REASONS.get(problem, Reason.REFUSED)


def doubt(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Note that nobody knows how the index has what this work was about.

    What is known here is told again, or taken back, by the next full delivery: it
    equals nothing. Anything else may stand there, and is taken back then.
    """
    _raise(connection, row)
    known = connection.execute(_DOUBT, (NEVER_TOLD, row["reference"])).rowcount
    if not known:
        _let_go(connection, row)


def _is_told_anew(row: sqlite3.Row, found: Conclusion) -> bool:
    """Tell whether a case goes on under a new reference; what is new had none yet."""
    return found is Conclusion.GONE and row["version"] > 1


def _settle_one(
    connection: sqlite3.Connection,
    answered: tuple[sqlite3.Row, ItemResult, Conclusion],
    to: Settled,
) -> None:
    """Settle what is over, or what the index did not take."""
    row, result, found = answered
    if found is Conclusion.OVER:
        connection.execute(_FORGET, (row["reference"],))
        if result.outcome == "accepted":
            raise_count(connection, to.delivery, "withdrawn", 1)
        return
    refused = (find_reason(result.problem, result.field), result.detail)
    _reject(connection, row, *refused, to)
    # A version the index has seen is never used for anything else.
    _raise(connection, row)
    is_stray = row["case_key"] == NO_CASE
    if row["action"] == "withdraw" and not is_stray:
        _hold_replacement(connection, row, refused, to)
    keep_replaced(connection, row["reference"])
    if is_stray or row["replaced_by"] or found is Conclusion.GONE:
        _let_go(connection, row)
    elif to.is_again or result.outcome == "superseded":
        doubt(connection, row)
    if result.problem == UNKNOWN_CONTACT:
        connection.execute(_SEND_AGAIN, (row["contact"],))


def _let_go(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Have whatever may stand under a reference taken back; no case names it now."""
    connection.execute(_FORGET, (row["reference"],))
    since = row["valid_from"] if row["case_key"] == NO_CASE else None
    place = (row["category"], row["municipality"], since or "")
    connection.execute(_MAY_STAND, (row["reference"], row["version"], *place))


def _tell_anew(
    connection: sqlite3.Connection, key: OutboxKey, row: sqlite3.Row
) -> None:
    """Have a notice told under a new reference; with a new salt nothing joins them."""
    of = {"label": SUBJECT_LABEL, "row": row["case_key"]}
    n = key.open_sealed(row["sealed"], **of)[:POINT_BYTES]
    sealed = key.seal(n + secrets.token_bytes(SALT_BYTES), **of)
    connection.execute(_TELL_ANEW, (str(uuid4()), sealed, row["id"]))


def _raise(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    connection.execute(_RAISE, (row["version"], row["reference"]))


def keep_replaced(connection: sqlite3.Connection, reference: str) -> None:
    """Let stand what a notice would have replaced that was not taken, or is dropped.

    Otherwise a case would have no signal at all: the old one taken back, no new one.
    """
    connection.execute(_KEEP_REPLACED, (reference,))


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
    _note(connection, Reject(place, "", reason, detail), to)
    if row["action"] == "publish":
        note_refused(connection, row, reason)


def _note(connection: sqlite3.Connection, reject: Reject, to: Settled) -> None:
    insert_rejects(connection, to.delivery, [reject])
    raise_count(connection, to.delivery, "rejected", 1)
