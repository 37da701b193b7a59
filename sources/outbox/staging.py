"""Read a delivery into the outbox: every case once, its BSN sealed, nothing sent yet.

Of a file each provision of a case counts: the same number for another person or from
another day is another signal, and the same once more is a reject. Of messages the last
word counts, by when it was said: `messages=True`.

Rows are written by the thousand, so that reading is fast and memory stays flat. A
crash while reading drops all of it; the file is simply read again.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Final, Literal, get_args
from uuid import UUID, uuid4

from keys.bsn import Bsn
from signal_index.wire.contact_holders import ContactHolder
from sources.errors import UnreadableFile
from sources.outbox.deliveries import insert_rejects, raise_count
from sources.outbox.last_word import find_last_word, is_told, says_less
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.passed_over import describe_passed
from sources.reasons import Reason
from sources.values import (
    Aside,
    Case,
    CaseKey,
    CaseNumber,
    Closing,
    Contact,
    Kept,
    NaturalKey,
    NotBegun,
    Reading,
    Reject,
    Unidentified,
)

Fate = Literal["ended", "not_begun", "ignored"]
"""Why a record is no signal: it is over, has not begun, or has nothing to say."""

ROWS_AT_ONCE: Final = 2_000
MOST_CONTACTS: Final = 2_000
BSN_LABEL: Final = b"bsn"
BSN_DIGITS: Final = 9
STAGED_LABEL: Final = b"staged"
NAME_LABEL: Final = b"name"
WHOLE: Final = b""  # the part of a case that is not divided
REST: Final = b"?"  # the part of a closing of one provision, nobody knows which
_STAGE: Final = "INSERT OR IGNORE INTO staged VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_ASIDE: Final = (
    "UPDATE delivery SET written = max(written, ?), swallowed = swallowed + ?,"
    " passed = coalesce(?, passed), total = max(total, ?), counted = max(counted, ?)"
    " WHERE id = ?"
)
_OF_READ: Final = (
    "UPDATE delivery SET unplaced = unplaced + ?, though_open = though_open + ?"
    " WHERE id = ?"
)


class Stager:
    """Write the readings of one delivery."""

    def __init__(
        self, outbox: Outbox, delivery: UUID, profile: str, *, messages: bool
    ) -> None:
        self._outbox = outbox
        self._delivery = delivery
        self._profile = profile
        self._messages = messages
        self._contacts: dict[str, str] = {}

    def stage(self, readings: Iterable[Reading]) -> Iterator[int]:
        """Write all readings, some at a time; gives how many were written each time."""
        for chunk in _chunks(readings):
            with self._outbox.transaction("stage") as connection:
                read = rejected = unplaced = open_over = 0
                fates: Counter[Fate | None] = Counter()
                for reading in chunk:
                    rejects = self._stage_one(connection, reading)
                    insert_rejects(connection, self._delivery, rejects)
                    read += not (reading and all(isinstance(e, Aside) for e in reading))
                    rejected += bool(rejects)
                    fates[None if rejects else find_fate(reading)] += 1
                    open_over += not rejects and is_open_though_over(reading)
                    unplaced += bool(rejects) and not any(
                        isinstance(each, _PLACED) for each in reading
                    )
                raise_count(connection, self._delivery, "read", read)
                raise_count(connection, self._delivery, "rejected", rejected)
                for fate in get_args(Fate):
                    raise_count(connection, self._delivery, fate, fates[fate])
                told = (unplaced, open_over, str(self._delivery))
                connection.execute(_OF_READ, told)
            yield read

    def _stage_one(
        self, connection: sqlite3.Connection, reading: Reading
    ) -> list[Reject]:
        rejects: list[Reject] = []
        for entry in reading:
            match entry:
                case Reject():
                    rejects.append(entry)
                case Case() if not self._stage_case(connection, entry):
                    field = "" if isinstance(entry.key, CaseNumber) else "BSN"
                    rejects.append(Reject(entry.place, field, Reason.DOUBLE_RECORD))
                case Unidentified():
                    # Nobody asked who it is: say so, and keep the signal that it had.
                    rejects.append(Reject(entry.place, "", Reason.BRP_NOT_ASKED))
                    self._stage_kept(connection, Kept(entry.key))
                case Closing():
                    self._stage_closing(connection, entry)
                case Kept() | NotBegun():
                    self._stage_kept(connection, entry)
                case Aside():
                    passed = entry.passed and json.dumps(describe_passed(entry.passed))
                    said = (entry.written, entry.swallowed, passed or None)
                    told = (*said, entry.total, entry.counted, str(self._delivery))
                    connection.execute(_ASIDE, told)
                case _:
                    pass
        return rejects

    def _stage_case(self, connection: sqlite3.Connection, case: Case) -> bool:
        """Write one open case; False when this provision was in the file before."""
        key = self._outbox.key
        case_key = mark_case(key, self._profile, case.key)
        if self._messages and not self._takes_over(connection, case_key, case):
            return True
        contact = self._find_contact(connection, case.contact)
        person = mark_person(key, case_key, case.bsn)
        row = (
            case_key,
            self._find_part(case.key, person, case.started_on),
            "open",
            case.place.line,
            case.place.record,
            person,
            _fingerprint(key, case, contact),
            case.category,
            case.municipality,
            contact,
            case.started_on.isoformat(),
            case.limit and case.limit.isoformat(),
            case.informed.code,
            case.informed.on.isoformat(),
            seal_person(key, case_key, case.bsn.digits, case.name),
            "" if case.unless_known else case.told_at,
        )
        return connection.execute(_STAGE, row).rowcount == 1

    def _find_part(
        self, case: CaseKey, person: bytes | None, started_on: date | None
    ) -> bytes:
        """Tell provisions of one number apart, by whose and since when each is.

        A message is about its number whole; a key without a number says it all.
        """
        if self._is_whole(case):
            return WHOLE
        if person is None or started_on is None:
            return WHOLE
        return name_part(person, started_on)

    def _is_whole(self, case: CaseKey) -> bool:
        return self._messages or isinstance(case, NaturalKey)

    def _takes_over(
        self, connection: sqlite3.Connection, case_key: bytes, case: Case
    ) -> bool:
        """Clear the way for a message; False where it says nothing new."""
        if says_less(case.told_at, find_last_word(connection, case_key)):
            return False
        if case.unless_known and is_told(connection, case_key):
            return False
        connection.execute("DELETE FROM staged WHERE case_key = ?", (case_key,))
        connection.execute("DELETE FROM staged_closing WHERE case_key = ?", (case_key,))
        return True

    def _stage_closing(self, connection: sqlite3.Connection, closing: Closing) -> None:
        case_key = mark_case(self._outbox.key, self._profile, closing.key)
        if self._messages:
            if says_less(closing.told_at, find_last_word(connection, case_key)):
                return
            connection.execute("DELETE FROM staged WHERE case_key = ?", (case_key,))
        bsn = closing.bsn
        person = mark_person(self._outbox.key, case_key, bsn) if bsn else None
        part = self._find_part(closing.key, person, closing.started_on)
        if part == WHOLE and closing.of_one and not self._is_whole(closing.key):
            part = person or REST
        connection.execute(
            "INSERT INTO staged_closing VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE"
            " SET closed_on = max(closed_on, excluded.closed_on),"
            " reason = excluded.reason, told_at = excluded.told_at,"
            " though_open = max(though_open, excluded.though_open)",
            (
                case_key,
                part,
                closing.place and closing.place.line,
                closing.place.record if closing.place else "",
                closing.on.isoformat(),
                closing.reason.value,
                closing.told_at,
                closing.though_open,
            ),
        )

    def _stage_kept(
        self, connection: sqlite3.Connection, kept: Kept | NotBegun
    ) -> None:
        """Write a case of which its signal stays, beside open rows of its number.

        Under a part that no record can have.
        """
        if kept.key is None:
            return
        case_key = mark_case(self._outbox.key, self._profile, kept.key)
        if isinstance(kept, NotBegun):
            where = (kept.place.line, kept.place.record)
            row = (case_key, _NOT_BEGUN, "not-begun", *where, *[None] * 10, "")
        else:
            event = "doubtful" if kept.doubtful else "kept"
            key = self._outbox.key
            person = mark_person(key, case_key, kept.bsn) if kept.bsn else None
            part = _KEPT + (person or b"")
            row = (case_key, part, event, None, None, person, *[None] * 9, "")
        connection.execute(_STAGE, row)

    def _find_contact(self, connection: sqlite3.Connection, contact: Contact) -> str:
        """Give the id of a contact holder, new or known; it is sent when planned."""
        if contact.key in self._contacts:
            return self._contacts[contact.key]
        if len(self._contacts) >= MOST_CONTACTS:
            # A column that differs with every record names no contact holders.
            raise UnreadableFile("Dit bestand noemt te veel contactpersonen.")
        mark = self._outbox.key.mark("contact", self._profile, contact.key)
        known = connection.execute(
            "SELECT id FROM contact WHERE mark = ?", (mark,)
        ).fetchone()
        made = str(known["id"] if known else uuid4())
        connection.execute(
            "INSERT OR REPLACE INTO staged_contact VALUES (?, ?, ?)",
            (made, mark, encode_body(contact.holder)),
        )
        self._contacts[contact.key] = made
        return made


def is_open_though_over(reading: Reading) -> bool:
    """Tell whether a record is over by its last day, and open by its status."""
    return any(isinstance(each, Closing) and each.though_open for each in reading)


def find_fate(reading: Reading) -> Fate | None:
    """Say why a record that was not rejected is no signal; None where it is one."""
    if any(isinstance(entry, Case | Unidentified) for entry in reading):
        return None
    if any(isinstance(entry, Closing) for entry in reading):
        return "ended"
    if any(isinstance(entry, NotBegun) for entry in reading):
        return "not_begun"
    is_aside = reading and all(isinstance(entry, Aside) for entry in reading)
    return None if is_aside else "ignored"


def mark_case(key: OutboxKey, profile: str, case: CaseKey) -> bytes:
    """Give the keyed hash by which a case is known in the outbox.

    Where a record has no number: over profile, BSN and start date, under the agent's
    key. Without that key it can be neither reversed nor tried out.
    """
    if isinstance(case, CaseNumber):
        person = case.bsn.digits if case.bsn else ""
        return key.mark("case", profile, case.text, person)
    return key.mark("natural", profile, case.bsn.digits, case.started_on.isoformat())


def name_part(person: bytes, started_on: date) -> bytes:
    """Give by what a provision is told from others of one number."""
    return person + started_on.isoformat().encode()


def mark_person(key: OutboxKey, case_key: bytes, bsn: Bsn) -> bytes:
    """Give the keyed hash by which the person of a case is known, in that case only."""
    return key.mark("person", case_key.hex(), bsn.digits)


def seal_person(key: OutboxKey, case_key: bytes, digits: str, name: str) -> bytes:
    """Seal whose a staged case is, and how the agency calls it, in one."""
    return key.seal(f"{digits}{name}".encode(), label=STAGED_LABEL, row=case_key)


def open_person(key: OutboxKey, case_key: bytes, sealed: bytes) -> tuple[str, str]:
    """Give the digits and the name of a staged case; raises `OutboxKeyChanged`."""
    plain = key.open_sealed(sealed, label=STAGED_LABEL, row=case_key).decode()
    return plain[:BSN_DIGITS], plain[BSN_DIGITS:]


def encode_body(holder: ContactHolder) -> str:
    """Give a contact holder as it is sent and compared."""
    return holder.model_dump_json()


def _fingerprint(key: OutboxKey, case: Case, contact: str) -> bytes:
    """Give the keyed hash of all that a notice says; equal means nothing to send."""
    return key.mark(
        "fingerprint",
        case.bsn.digits,
        case.category,
        case.municipality,
        contact,
        case.started_on.isoformat(),
        case.limit.isoformat() if case.limit else "",
        case.informed.code,
        case.informed.on.isoformat(),
    )


_PLACED: Final = (Case, Closing, Kept)
_KEPT: Final = b"kept"
_NOT_BEGUN: Final = b"not-begun"


def _chunks(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    source = iter(readings)
    while chunk := list(islice(source, ROWS_AT_ONCE)):
        yield chunk
