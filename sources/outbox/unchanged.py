"""Recognise a file that was delivered whole before, without reading its rows again.

A full delivery that is byte for byte the last one says nothing new, and neither does
one of the same rows in another order, unless some were rejected: a reject names its
line. That holds as long as nothing in it hangs on the day: no end or age limit comes
near, no signal wants confirming, no record waits for a day in the future or for the
index to change its mind. Each of these is looked up when the file is read; after a week
it is read again whatever it says.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sources.outbox.deliveries import OpenDelivery
from sources.outbox.holding import replace_held
from sources.outbox.owed import note_said
from sources.outbox.store import Outbox, get_meta, put_meta
from sources.outbox.strays import find_strays
from sources.profile import Profile
from sources.reasons import Reason

READ_AGAIN_AFTER: Final = timedelta(days=7)
_RECHECK: Final = "recheck"
_KNOWN: Final = "known:"
_FIRST_LIMIT: Final = "SELECT min(valid_limit) FROM staged WHERE event = 'open'"
_FIRST_RENEWAL: Final = """
SELECT min(k.valid_until) FROM signal k LEFT JOIN staged s ON s.case_key = k.case_key
WHERE k.profile = ? AND (s.valid_limit IS NULL OR s.valid_limit > k.valid_until)"""
_DAY_WILL_TELL: Final = "SELECT count(*) FROM reject WHERE delivery = ? AND reason = ?"
_INDEX_REFUSED: Final = (
    "SELECT count(*) FROM reject WHERE delivery = ? AND reason LIKE 'index-%'"
)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """The last full delivery of a profile: what it was, and until when it stands."""

    mark: bytes
    rows: bytes | None
    until: date
    delivery: UUID
    read: int
    unchanged: int
    rejected: int


def note_recheck(
    connection: sqlite3.Connection, profile: str, *, months: int, today: date
) -> None:
    """Note, while all rows are at hand, before which day nothing can change."""
    half = timedelta(days=months * 15)
    days = [today + READ_AGAIN_AFTER]
    limit = connection.execute(_FIRST_LIMIT).fetchone()[0]
    if limit is not None:
        days.append(date.fromisoformat(limit))
    renewal = connection.execute(_FIRST_RENEWAL, (profile,)).fetchone()[0]
    if renewal is not None:
        days.append(date.fromisoformat(renewal) - half)
    put_meta(connection, _RECHECK, min(days).isoformat().encode())


def keep_known(
    connection: sqlite3.Connection, done: OpenDelivery, rows: bytes | None
) -> None:
    """Keep what a full delivery was, in the transaction that closes it.

    Nothing is kept where a record would be judged anew, or where the index has
    something that the next full delivery must take back.
    """
    future = (str(done.id), Reason.DATE_IN_FUTURE.value)
    waits = connection.execute(_DAY_WILL_TELL, future).fetchone()[0]
    refused = connection.execute(_INDEX_REFUSED, (str(done.id),)).fetchone()[0]
    recheck = get_meta(connection, _RECHECK)
    left = find_strays(connection, done)
    if waits or refused or left or recheck is None:
        forget_known(connection, done.profile)
        return
    counts = done.counts
    said = {
        "mark": done.file_mark.hex(),
        "rows": rows and rows.hex(),
        "until": recheck.decode(),
        "delivery": str(done.id),
        "read": counts.read,
        "unchanged": counts.accepted + counts.unchanged,
        "rejected": counts.rejected,
    }
    put_meta(connection, _KNOWN + done.profile, json.dumps(said).encode())


def forget_known(connection: sqlite3.Connection, profile: str | None = None) -> None:
    """Forget what is known of a profile's file, or of all: read it again."""
    like = _KNOWN + (profile or "%")
    connection.execute("DELETE FROM meta WHERE name LIKE ?", (like,))


def find_known(
    outbox: Outbox, profile: Profile, mark: bytes, *, today: date
) -> KnownFile | None:
    """Find the last delivery, if it was made of these very bytes and still holds."""
    known = _find_last(outbox, profile, today)
    return known if known and known.mark == mark else None


def find_known_rows(
    outbox: Outbox, profile: Profile, rows: bytes, *, today: date
) -> KnownFile | None:
    """Find the last delivery, if it was made of these rows, all of them accepted."""
    known = _find_last(outbox, profile, today)
    return known if known and known.rows == rows and not known.rejected else None


def _find_last(outbox: Outbox, profile: Profile, today: date) -> KnownFile | None:
    """Find what the last file was, unless something in it hangs on the day.

    A day more than a week ahead was reckoned by a clock that was: nothing is known.
    """
    kept = get_meta(outbox.connection, _KNOWN + profile.name)
    if kept is None:
        return None
    said = json.loads(kept)
    known = KnownFile(
        bytes.fromhex(said["mark"]),
        bytes.fromhex(said["rows"]) if said.get("rows") else None,
        date.fromisoformat(said["until"]),
        UUID(said["delivery"]),
        said["read"],
        said["unchanged"],
        said["rejected"],
    )
    holds = today < known.until <= today + READ_AGAIN_AFTER
    return known if holds else None


def recognise(outbox: Outbox, delivery: OpenDelivery, known: KnownFile) -> None:
    """Make this delivery what the last one was: all rows read, nothing to send."""
    with outbox.transaction("plan") as connection:
        replace_held(connection, outbox.key, delivery)
        note_said(connection, delivery)
        connection.execute(
            "INSERT INTO reject SELECT ?, line, record, field, reason, detail"
            " FROM reject WHERE delivery = ?",
            (str(delivery.id), str(known.delivery)),
        )
        connection.execute(
            "UPDATE delivery SET state = 'planned', read = ?, unchanged = ?,"
            " rejected = ?, (spared, empty, ended, not_begun, not_begun_told, ignored,"
            " though_open, passed) = (SELECT spared, empty, ended, not_begun,"
            " not_begun_told, ignored, though_open, passed FROM delivery"
            " WHERE id = ?) WHERE id = ?",
            (
                known.read,
                known.unchanged,
                known.rejected,
                str(known.delivery),
                str(delivery.id),
            ),
        )
        put_meta(connection, _RECHECK, known.until.isoformat().encode())
