"""The work of a planned delivery, step by step: evaluate, assign, settle.

    sealed   the BSN is here, sealed; nobody has its pseudonym yet
    ready    the BSN is gone; pseudonym and salt are here, sealed (withdrawals: none)
    sending  it belongs to a batch that was, or will be, sent exactly as it is

A batch sent again is the same batch: same id, items, salts and time of signing.
"""

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID, uuid4

from keys.bsn import Bsn, parse_bsn
from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym, parse_pseudonym
from signal_index.notice import (
    BATCH_MAXIMUM,
    SALT_BYTES,
    Batch,
    subject_commitment,
)
from signal_index.wire.signals import (
    Informed,
    Notice,
    SubjectProof,
    Withdrawal,
    WithdrawalReason,
)
from signal_index.wire.values import Oin, Slug
from sources.outbox.staging import BSN_LABEL
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey

Action = Literal["publish", "withdraw", "exchange", "take-back"]
_OF: Final[dict[Action, str]] = {
    "publish": "action = 'publish'",
    "withdraw": "action = 'withdraw' AND length(case_key) > 0 AND replaced_by IS NULL",
    # What stood of a case that is told anew: once that stands, so not before.
    "exchange": "action = 'withdraw' AND replaced_by IS NOT NULL AND NOT EXISTS ("
    "SELECT 1 FROM work placed WHERE placed.reference = work.replaced_by)",
    "take-back": "action = 'withdraw' AND length(case_key) = 0",  # strays
}
SUBJECT_LABEL: Final = b"subject"
POINT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Sealed:
    """Work that waits for its pseudonym."""

    id: int
    case_key: bytes
    bsn: Bsn


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch as it is sent, however often."""

    id: UUID
    signed_at: datetime
    key_version: int
    batch: Batch
    subjects: list[SubjectProof] = field(repr=False)


def find_sealed(
    outbox: Outbox, delivery: UUID, *, after: int, limit: int
) -> list[Sealed]:
    """Give the next work of a delivery to evaluate, its BSN opened in memory."""
    rows = outbox.connection.execute(
        "SELECT id, case_key, sealed FROM work WHERE delivery = ? AND state = 'sealed'"
        " AND id > ? ORDER BY id LIMIT ?",
        (str(delivery), after, limit),
    )
    return [
        Sealed(row["id"], row["case_key"], _open_bsn(outbox.key, row)) for row in rows
    ]


def record_evaluated(
    outbox: Outbox,
    work: Sequence[Sealed],
    pseudonyms: Sequence[Pseudonym],
    key_version: int,
) -> None:
    """Put pseudonym and salt in the place of the BSN, which is then gone."""
    key = outbox.key
    values = [
        (
            key.seal(
                n.encoded + secrets.token_bytes(SALT_BYTES),
                label=SUBJECT_LABEL,
                row=item.case_key,
            ),
            key_version,
            item.id,
        )
        for item, n in zip(work, pseudonyms, strict=True)
    ]
    with outbox.transaction("evaluate") as connection:
        connection.executemany(
            "UPDATE work SET state = 'ready', sealed = ?, key_version = ?"
            " WHERE id = ? AND state = 'sealed'",
            values,
        )


def find_unsettled(outbox: Outbox, delivery: UUID, action: Action) -> list[UUID]:
    """Give the batches whose answer never came: they are sent again first."""
    rows = outbox.connection.execute(
        "SELECT DISTINCT batch FROM work WHERE delivery = ? AND state = 'sending'"  # noqa: S608 - a closed list
        f" AND {_OF[action]}",
        (str(delivery),),
    )
    return [UUID(row["batch"]) for row in rows]


def assign_batch(
    outbox: Outbox,
    delivery: UUID,
    action: Action,
    *,
    now: datetime,
    least: int = 1,
) -> UUID | None:
    """Make a batch of up to 1,000 ready items of one key version; None without any.

    Withdrawals and notices never share one: what holds up the one holds up no other.
    """
    rows = outbox.connection.execute(
        "SELECT id, coalesce(key_version, 0) AS version FROM work"  # noqa: S608 - a closed list
        f" WHERE delivery = ? AND state = 'ready' AND {_OF[action]}"
        " ORDER BY id LIMIT ?",
        (str(delivery), BATCH_MAXIMUM),
    ).fetchall()
    if len(rows) < max(least, 1):
        return None
    version = max(row["version"] for row in rows)
    made = uuid4()
    signed = now.replace(microsecond=0).isoformat()
    chosen = [(str(made), row["id"]) for row in rows if row["version"] == version]
    with outbox.transaction("assign-batch") as connection:
        connection.execute("INSERT INTO batch VALUES (?, ?)", (str(made), signed))
        connection.executemany(
            "UPDATE work SET state = 'sending', batch = ? WHERE id = ?", chosen
        )
    return made


def get_batch(outbox: Outbox, batch: UUID, source: Oin) -> OpenBatch:
    """Give a batch as it was settled: sent again, it is byte for byte the same.

    In the order of random references: the index keeps what was signed, and in the order
    of the file two kinds of one person stand side by side.
    """
    signed_at = outbox.connection.execute(
        "SELECT signed_at FROM batch WHERE id = ?", (str(batch),)
    ).fetchone()[0]
    rows = outbox.connection.execute(
        "SELECT * FROM work WHERE batch = ? ORDER BY reference, id", (str(batch),)
    ).fetchall()
    notices, subjects, withdrawals = [], [], []
    for row in rows:
        if row["action"] == "withdraw":
            withdrawals.append(_make_withdrawal(row, source))
            continue
        notice, subject = _make_notice(outbox.key, row, source)
        notices.append(notice)
        subjects.append(subject)
    return OpenBatch(
        id=batch,
        signed_at=datetime.fromisoformat(signed_at),
        key_version=max((row["key_version"] or 0 for row in rows), default=0),
        batch=Batch(batch, tuple(notices), tuple(withdrawals), outbox.id),
        subjects=subjects,
    )


def release_batch(outbox: Outbox, batch: UUID) -> None:
    """Make what the index did not answer about ready again, for another batch.

    Of a batch that was refused for its key version only withdrawals can be left, which
    name nobody. One that was signed by a clock ahead of the index's was taken neither
    now nor, if it was sent before, then: it may be signed anew.
    """
    left = outbox.connection.execute(
        "SELECT count(*) FROM work WHERE batch = ?", (str(batch),)
    ).fetchone()[0]
    if left:
        with outbox.transaction("settle-batch") as connection:
            connection.execute(
                "UPDATE work SET state = 'ready', batch = NULL WHERE batch = ?",
                (str(batch),),
            )
            connection.execute("DELETE FROM batch WHERE id = ?", (str(batch),))


def _open_bsn(key: OutboxKey, row: sqlite3.Row) -> Bsn:
    plain = key.open_sealed(row["sealed"], label=BSN_LABEL, row=row["case_key"])
    return parse_bsn(plain.decode())


def _make_notice(
    key: OutboxKey, row: sqlite3.Row, source: Oin
) -> tuple[Notice, SubjectProof]:
    plain = key.open_sealed(row["sealed"], label=SUBJECT_LABEL, row=row["case_key"])
    n, salt = parse_pseudonym(plain[:POINT_BYTES]), plain[POINT_BYTES:]
    reference = UUID(row["reference"])
    notice = Notice(
        reference=reference,
        version=row["version"],
        source=source,
        subject=subject_commitment(salt, n),
        category=Slug(row["category"]),
        contactHolder=UUID(row["contact"]),
        validFrom=date.fromisoformat(row["valid_from"]),
        validUntil=date.fromisoformat(row["valid_until"]),
        municipality=MunicipalityCode(row["municipality"]),
        informed=Informed(
            code=Slug(row["informed_code"]), on=date.fromisoformat(row["informed_on"])
        ),
    )
    proof = SubjectProof(reference=reference, pseudonym=n.encoded, salt=salt)
    return notice, proof


def _make_withdrawal(row: sqlite3.Row, source: Oin) -> Withdrawal:
    return Withdrawal(
        reference=UUID(row["reference"]),
        version=row["version"],
        source=source,
        reason=WithdrawalReason(row["reason"]),
        on=date.fromisoformat(row["reason_on"]),
    )
