"""An intake with somebody who listens: each reading is heard as it goes by."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sources.intake import Intake
from sources.outbox_key import OutboxKey
from sources.values import Reading


@dataclass(frozen=True, slots=True)
class Listening:
    """An intake, unchanged, of which `hear` is told every reading."""

    intake: Intake
    hear: Callable[[Reading], None]

    def find_mark(self, key: OutboxKey) -> bytes:
        """Give that of the intake."""
        return self.intake.find_mark(key)

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:
        """Give that of the intake."""
        return self.intake.find_rows_mark(key)

    def read(self, *, today: date) -> Iterator[Reading]:
        """Give the readings of the intake."""
        for reading in self.intake.read(today=today):
            self.hear(reading)
            yield reading

    def settle(self, connection: sqlite3.Connection) -> None:
        """Leave it to the intake."""
        self.intake.settle(connection)
