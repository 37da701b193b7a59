"""Answers of the gateway and doubts about persons, sealed in the outbox for a while.

- A question is known by a keyed hash over all that was sought by. Another address is
  another question.
- What was found is a sealed number; a doubt is who was sought and whom the register
  gave, sealed, until a person settles it or its time is over. Then it is wiped
  (`secure_delete`), and asked anew when the record comes again.
- Whoever copies the file without the agent's key learns nobody.
"""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from keys.bsn import Bsn, parse_bsn
from sources.brp.matching import Doubt, Doubtful
from sources.brp.wire import Person
from sources.errors import UnknownDoubt
from sources.outbox.store import Outbox
from sources.outbox.unchanged import forget_known
from sources.outbox_key import OutboxKey
from sources.values import Place, Sought

MOST_CANDIDATES: Final = 10
_LABEL: Final = b"brp"
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A doubt that waits for a person, without who it is about."""

    reference: str
    why: Doubt
    record: str
    profile: str
    until: date


@dataclass(frozen=True, slots=True)
class Opened:
    """A doubt with who was sought and whom the register gave."""

    sought: Sought = field(repr=False)
    candidates: tuple[Person, ...] = field(repr=False)


def find_answer(outbox: Outbox, sought: Sought, *, today: date) -> Bsn | Doubt | None:
    """Give what is known: a number, why not, or None where nobody asked (lately)."""
    mark = mark_sought(outbox.key, sought)
    row = outbox.connection.execute(
        "SELECT why, sealed FROM brp_answer WHERE mark = ? AND until >= ?",
        (mark, today.isoformat()),
    ).fetchone()
    if row is None:
        return None
    if row["why"]:
        return Doubt(row["why"])
    data = outbox.key.open_sealed(row["sealed"], label=_LABEL, row=mark)
    return parse_bsn(data.decode())


def keep_answer(
    outbox: Outbox,
    sought: Sought,
    found: Bsn | Doubtful,
    at: tuple[Place, str],
    *,
    until: date,
) -> None:
    """Keep an answer of the gateway durably; `at` is the record and its profile."""
    mark = mark_sought(outbox.key, sought)
    if isinstance(found, Bsn):
        why, data = "", found.digits.encode()
    else:
        why = found.why.value
        data = _encode(sought, found.candidates[:MOST_CANDIDATES])
    sealed = outbox.key.seal(data, label=_LABEL, row=mark)
    reference = "".join(secrets.choice(_LETTERS) for _ in range(8))
    place, profile = at
    with outbox.transaction("identify") as connection:
        connection.execute(
            "INSERT OR REPLACE INTO brp_answer VALUES (?, ?, ?, ?, ?, ?, ?)",
            (mark, reference, why, place.record, profile, sealed, until.isoformat()),
        )


def count_asked(outbox: Outbox, today: date) -> int:
    """Give how many questions were asked today."""
    row = outbox.connection.execute(
        "SELECT count FROM brp_asked WHERE day = ?", (today.isoformat(),)
    ).fetchone()
    return 0 if row is None else int(row["count"])


def note_asked(outbox: Outbox, today: date) -> None:
    """Count a question before it is asked: a crash never asks more than was agreed."""
    with outbox.transaction("identify") as connection:
        connection.execute("DELETE FROM brp_asked WHERE day < ?", (today.isoformat(),))
        connection.execute(
            "INSERT INTO brp_asked VALUES (?, 1)"
            " ON CONFLICT DO UPDATE SET count = count + 1",
            (today.isoformat(),),
        )


def forget_old(connection: sqlite3.Connection, today: date) -> int:
    """Wipe what was kept long enough; gives how many, also when nobody is sought."""
    wiped = "DELETE FROM brp_answer WHERE until < ?"
    return connection.execute(wiped, (today.isoformat(),)).rowcount


def list_waiting(outbox: Outbox, *, today: date) -> list[Waiting]:
    """Give the doubts that wait for a person, the soonest to end first."""
    rows = outbox.connection.execute(
        "SELECT * FROM brp_answer WHERE why NOT IN ('', ?) AND until >= ?"
        " ORDER BY until, reference",
        (Doubt.DECIDED.value, today.isoformat()),
    )
    return [
        Waiting(
            row["reference"],
            Doubt(row["why"]),
            row["record"],
            row["profile"],
            date.fromisoformat(row["until"]),
        )
        for row in rows
    ]


def open_doubt(outbox: Outbox, reference: str, *, today: date) -> Opened:
    """Give whom a doubt is about; raises `UnknownDoubt`."""
    row = _get(outbox, reference, today)
    data = outbox.key.open_sealed(row["sealed"], label=_LABEL, row=row["mark"])
    said = json.loads(data)
    born = date.fromisoformat(said["sought"].pop("born"))
    return Opened(
        Sought(born=born, **said["sought"]),
        tuple(Person.model_validate(one) for one in said["candidates"]),
    )


def settle_doubt(
    outbox: Outbox, reference: str, chosen: Bsn | None, *, today: date, keep: timedelta
) -> None:
    """Keep what a person decided, and wipe the names; raises `UnknownDoubt`.

    The file is read again at the next delivery, also when it did not change.
    """
    row = _get(outbox, reference, today)
    data = b"" if chosen is None else chosen.digits.encode()
    sealed = outbox.key.seal(data, label=_LABEL, row=row["mark"])
    why = Doubt.DECIDED.value if chosen is None else ""
    with outbox.transaction("identify") as connection:
        connection.execute(
            "UPDATE brp_answer SET why = ?, sealed = ?, until = ? WHERE mark = ?",
            (why, sealed, (today + keep).isoformat(), row["mark"]),
        )
        forget_known(connection, row["profile"])


def forget_answer(outbox: Outbox, reference: str) -> None:
    """Wipe an answer or a decision, so that it is asked anew; raises the same."""
    with outbox.transaction("identify") as connection:
        row = connection.execute(
            "DELETE FROM brp_answer WHERE reference = ? RETURNING profile", (reference,)
        ).fetchone()
        if row is None:
            raise UnknownDoubt
        forget_known(connection, row["profile"])


def mark_sought(key: OutboxKey, sought: Sought) -> bytes:
    """Give the keyed hash by which one question is known again."""
    return key.mark(
        "brp",
        sought.surname,
        sought.initials,
        sought.born.isoformat(),
        sought.postcode,
        str(sought.house_number),
    )


def _get(outbox: Outbox, reference: str, today: date) -> sqlite3.Row:
    row: sqlite3.Row | None = outbox.connection.execute(
        "SELECT * FROM brp_answer WHERE reference = ? AND why NOT IN ('', ?)"
        " AND until >= ?",
        (reference, Doubt.DECIDED.value, today.isoformat()),
    ).fetchone()
    if row is None:
        raise UnknownDoubt
    return row


def _encode(sought: Sought, candidates: Sequence[Person]) -> bytes:
    said = {
        "sought": {
            "surname": sought.surname,
            "born": sought.born.isoformat(),
            "postcode": sought.postcode,
            "house_number": sought.house_number,
            "initials": sought.initials,
        },
        "candidates": [one.model_dump(mode="json") for one in candidates],
    }
    return json.dumps(said).encode()
