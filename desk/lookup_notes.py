"""What the desk keeps of a lookup for whoever asked it: the case number, which person.

The index knows a case as an HMAC, and lists a household as so many lookups. To find
her own work back a generalist needs her own case number and the order in which she
asked; only the desk saw these. Kept under the desk's own seal, for half a year.

- Nobody's name or number is in a note, nor what a person was called on the page.
- A row is named by a keyed hash of user and entry, and each is equally long: a copy of
  the database does not show whose it is, of which lookup, or whether it had a case.
- Only the asker's own name finds a row: a colleague of the same desk gets nothing, but
  for what the asker handed over, by the code that goes with it.

Proven by tests/attack/test_a_copy_of_the_desk_shows_no_case.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.database import Database
from desk.errors import DatabaseRefused
from desk.own_seal import OwnSeal
from desk.tables import lookup_notes

KEPT: Final = timedelta(days=180)
"""An officer may ask about a lookup for as long; the list itself shows less."""

_DAY: Final = 86_400
_LENGTH: Final = 96
"""Longer than any case number that the form takes."""


@dataclass(frozen=True, slots=True)
class Note:
    """The case number, and which of how many persons; nothing about any of them."""

    case: str | None
    person: int
    persons: int


class LookupNotes:
    """The notes of everybody at this desk, each to be found by who asked alone."""

    def __init__(
        self, database: Database, seal: OwnSeal, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    async def keep(
        self,
        connection: AsyncConnection,
        entries: Sequence[UUID],
        *,
        sub: str,
        case: str | None,
    ) -> None:
        """Keep a note for each person of one lookup, in the order they were asked.

        In the caller's transaction: that of the lookup's receipts. Again replaces.
        """
        rows = [
            self._row(self._name(sub, entry), Note(case, number, len(entries)))
            for number, entry in enumerate(entries, start=1)
        ]
        names = [row["id"] for row in rows]
        await connection.execute(
            delete(lookup_notes).where(lookup_notes.c.id.in_(names))
        )
        await connection.execute(insert(lookup_notes), rows)

    async def find(self, sub: str, entries: Sequence[UUID]) -> Mapping[UUID, Note]:
        """Find this user's notes of these entries; what was erased is not among them.

        Nor what was altered: one row that does not open hides no other.
        """
        names = {self._name(sub, entry): entry for entry in entries}
        if not names:
            return {}
        async with self._database.transaction() as connection:
            rows = await connection.execute(
                select(lookup_notes.c.id, lookup_notes.c.sealed).where(
                    lookup_notes.c.id.in_(names)
                )
            )
            read = {names[row.id]: self._read(row.id, row.sealed) for row in rows}
        return {entry: note for entry, note in read.items() if note is not None}

    async def copy(self, old: str, new: str, entries: Sequence[UUID]) -> None:
        """Keep what one holder noted of these entries for another, too: a colleague.

        `old` and `new` name who holds them: a user, or whoever has a code.
        """
        found = await self.find(old, entries)
        rows = [self._row(self._name(new, one), note) for one, note in found.items()]
        if not rows:
            return
        async with self._database.transaction() as connection:
            names = [row["id"] for row in rows]
            again = lookup_notes.c.id.in_(names)
            await connection.execute(delete(lookup_notes).where(again))
            await connection.execute(insert(lookup_notes), rows)

    async def sweep(self) -> None:
        """Erase what is older than half a year."""
        oldest = _day_of(self._clock() - KEPT)
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(lookup_notes).where(lookup_notes.c.kept_on < oldest)
            )

    def _name(self, sub: str, entry: UUID) -> bytes:
        return self._seal.name_row("lookup", str(entry), sub)

    def _row(self, name: bytes, note: Note) -> dict[str, Any]:
        case = "" if note.case is None else note.case
        value = {
            "case": case.ljust(_LENGTH),
            "person": f"{note.person:02}",
            "persons": f"{note.persons:02}",
        }
        sealed = self._seal.seal(value, name)
        return {"id": name, "kept_on": _day_of(self._clock()), "sealed": sealed}

    def _read(self, name: bytes, sealed: bytes) -> Note | None:
        try:
            value = self._seal.open(sealed, name)
        except DatabaseRefused:
            return None
        case = str(value["case"]).rstrip()
        return Note(case or None, int(value["person"]), int(value["persons"]))


def _day_of(at: datetime) -> int:
    return int(at.timestamp()) // _DAY
