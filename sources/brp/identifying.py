"""Find the persons of a delivery before it is read: from what is kept, or the gateway.

First everybody who is not known is asked about, a question at a time, within the
agreed rate; each answer is kept at once, so that a run that stops goes on from there.
Then the delivery is read, and only what is kept decides.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from keys.bsn import Bsn
from sources.brp.box import (
    count_asked,
    find_answer,
    keep_answer,
    note_asked,
)
from sources.brp.gateway import Gateway
from sources.brp.matching import Doubt, Doubtful, choose, list_surnames
from sources.brp.settings import BrpPlace
from sources.brp.wire import Person
from sources.errors import GatewayStopped
from sources.events import Event, log_event
from sources.intake import Intake
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.reasons import Reason
from sources.values import Entry, Kept, Reading, Reject, Sought, Unidentified


@dataclass(frozen=True, slots=True)
class Identifier:
    """Everything that finding persons needs, made once at the edge."""

    outbox: Outbox
    gateway: Gateway
    place: BrpPlace

    async def identify(self, intake: Intake, profile: str, *, today: date) -> Intake:
        """Ask about everybody who is not known, and give the intake with persons.

        Raises `GatewayStopped`, with what was answered kept; and `UnreadableFile`.
        """
        asked = doubts = 0
        for reading in intake.read(today=today):
            for entry in reading:
                if not isinstance(entry, Unidentified):
                    continue
                if find_answer(self.outbox, entry.sought, today=today) is None:
                    asked += 1
                    doubts += await self._ask(entry, profile, today)
        if asked:
            log_event(Event.IDENTIFIED, count=asked, doubts=doubts)
        return _Identified(intake, self.outbox)

    async def _ask(self, entry: Unidentified, profile: str, today: date) -> bool:
        sought = entry.sought
        found = choose(sought, await self._find(sought, today))
        is_doubt = isinstance(found, Doubtful)
        days = self.place.doubt_days if is_doubt else self.place.keep_days
        until = today + timedelta(days=days)
        keep_answer(self.outbox, sought, found, (entry.place, profile), until=until)
        return is_doubt

    async def _find(self, sought: Sought, today: date) -> tuple[Person, ...]:
        for surname in list_surnames(sought.surname):
            if count_asked(self.outbox, today) >= self.place.most_per_day:
                raise GatewayStopped(
                    f"Vandaag zijn {self.place.most_per_day} vragen aan de BRP gesteld."
                    " Meer is niet afgesproken. Er is niets verstuurd; morgen gaat het"
                    " verder waar het bleef."
                )
            note_asked(self.outbox, today)
            found = await self.gateway.find(surname, sought.born)
            if found:
                return found
        return ()


@dataclass(frozen=True, slots=True)
class _Identified:
    """An intake of which each person is found, or is a doubt."""

    inner: Intake
    outbox: Outbox

    def find_mark(self, key: OutboxKey) -> bytes:
        """Give the mark of what is read."""
        return self.inner.find_mark(key)

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:
        """Give the mark of the rows that are read; who is meant is asked anew."""
        return self.inner.find_rows_mark(key)

    def read(self, *, today: date) -> Iterator[Reading]:
        """Give the readings, with persons."""
        for reading in self.inner.read(today=today):
            yield tuple(each for one in reading for each in self._name(one, today))

    def settle(self, connection: sqlite3.Connection) -> None:
        """Note how far was read."""
        self.inner.settle(connection)

    def _name(self, entry: Entry, today: date) -> Reading:
        if not isinstance(entry, Unidentified):
            return (entry,)
        found = find_answer(self.outbox, entry.sought, today=today)
        if isinstance(found, Bsn):
            return (entry.complete(found),)
        if found is None:
            return (entry,)
        why = Reason.BRP_NOBODY if found is Doubt.DECIDED else Reason.BRP_DOUBT
        # The case is in the file: the signal that it had stays.
        return Reject(entry.place, "", why), Kept(entry.key)
