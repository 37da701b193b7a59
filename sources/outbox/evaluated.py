"""Pseudonyms of persons who were evaluated this week: asked once, not again.

A correction of the agency's own (another column, category or contact) tells the same
persons once more. Their pseudonyms are kept for seven days, so that this costs nothing
at the key holders, who count persons.

- Sealed under `outbox.key`, bound to the keyed hash of the person: moved to another
  row it does not open, and without the key nothing tells who stands there.
- Of one key version: with another it is asked again.
- A day in the future was written by a clock that was ahead: it is not trusted.

Proven by tests/unit/sources/test_nothing_wedges.py and
tests/attack/test_outbox_at_rest_holds_no_bsn.py.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from keys.bsn import Bsn
from keys.pseudonym import Pseudonym, parse_pseudonym
from sources.outbox.store import Outbox

KEPT_FOR: Final = timedelta(days=7)
_LABEL: Final = b"evaluated"


def find_evaluated(
    outbox: Outbox, numbers: Sequence[Bsn], key_version: int, *, today: date
) -> dict[Bsn, Pseudonym]:
    """Find which of these persons were evaluated this week, with their pseudonyms."""
    found: dict[Bsn, Pseudonym] = {}
    for number in numbers:
        mark = _mark(outbox, number)
        row = outbox.connection.execute(
            "SELECT sealed FROM evaluated WHERE person = ? AND key_version = ?"
            " AND evaluated_on BETWEEN ? AND ?",
            (mark, key_version, (today - KEPT_FOR).isoformat(), today.isoformat()),
        ).fetchone()
        if row is not None:
            plain = outbox.key.open_sealed(row["sealed"], label=_LABEL, row=mark)
            found[number] = parse_pseudonym(plain)
    return found


def keep_evaluated(
    outbox: Outbox,
    persons: Sequence[tuple[Bsn, Pseudonym]],
    key_version: int,
    *,
    today: date,
) -> None:
    """Keep what the holders answered."""
    marked = [(_mark(outbox, number), n) for number, n in persons]
    rows = [
        (
            mark,
            key_version,
            today.isoformat(),
            outbox.key.seal(n.encoded, label=_LABEL, row=mark),
        )
        for mark, n in marked
    ]
    with outbox.transaction("keep-evaluated") as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO evaluated VALUES (?, ?, ?, ?)", rows
        )


def forget_evaluated(connection: sqlite3.Connection, today: date) -> int:
    """Wipe what is older than a week; gives how many, also when nobody new is asked."""
    return connection.execute(
        "DELETE FROM evaluated WHERE evaluated_on NOT BETWEEN ? AND ?",
        ((today - KEPT_FOR).isoformat(), today.isoformat()),
    ).rowcount


def _mark(outbox: Outbox, number: Bsn) -> bytes:
    return outbox.key.mark("evaluated", number.digits)
