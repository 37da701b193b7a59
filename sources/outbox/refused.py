"""Files that were refused whole: that there was one stays to be read, and why.

Nothing of such a file was read into the outbox or sent. Kept are the day, the profile,
how large it was and by which format it was read, never its name; and the sentence that
refused it, sealed, since it may name a column or a sheet.

Proven by tests/unit/sources/test_refused_files.py.
"""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.clock import write_moment
from sources.outbox.last_heard import make_delivery_id
from sources.outbox.store import Outbox

_LABEL: Final = b"refused"
_NOTE: Final = """
INSERT INTO let_go (id, profile, kind, ends, read, rejected, how, about, said)
VALUES (?, ?, ?, ?, 0, 0, 'refused', ?, ?)"""
_FIND: Final = """
SELECT l.*, max(l.ends) FROM let_go l WHERE l.how = 'refused'
AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.profile = l.profile
  AND d.state <> 'reading' AND d.ends > l.ends)
GROUP BY l.profile ORDER BY l.profile"""
_GET: Final = "SELECT * FROM let_go WHERE id = ? AND how = 'refused'"


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was refused whole: of which profile, when, what it was, and why."""

    profile: str
    at: datetime
    about: str
    why: str = field(repr=False)

    def say(self) -> str:
        """Say that it was refused, why, and what to do."""
        return (
            f"Een bestand van profiel {self.profile} is geweigerd op "
            f"{write_moment(self.at)} ({self.about}). {self.why} Er is niets van "
            "verstuurd. Verbeter het bestand of het profiel, en lever opnieuw aan."
        )


def note_refused_file(
    outbox: Outbox, of: tuple[str, DeliveryKind, str], why: str, *, now: datetime
) -> None:
    """Note that a file was refused; `of`: profile, kind, and what the file was."""
    profile, kind, about = of
    made, moment = make_delivery_id(outbox.id), now.replace(microsecond=0)
    said = outbox.key.seal(why.encode(), label=_LABEL, row=made.bytes)
    told = (str(made), profile, kind.value, moment.isoformat(), about, said)
    with outbox.transaction("drop-delivery") as connection:
        connection.execute(_NOTE, told)


def find_refused_files(outbox: Outbox) -> list[RefusedFile]:
    """Give the last of each profile after which nothing of that profile was read."""
    return [_read(outbox, row) for row in outbox.connection.execute(_FIND)]


def get_refused_file(outbox: Outbox, delivery: UUID) -> RefusedFile:
    """Give one by its id."""
    found = outbox.connection.execute(_GET, (str(delivery),)).fetchone()
    return _read(outbox, found)


def _read(outbox: Outbox, row: sqlite3.Row) -> RefusedFile:
    plain = outbox.key.open_sealed(row["said"], label=_LABEL, row=UUID(row["id"]).bytes)
    at = datetime.fromisoformat(row["ends"])
    return RefusedFile(row["profile"], at, row["about"], plain.decode())
