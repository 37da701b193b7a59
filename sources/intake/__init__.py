"""Where a delivery is read from: a file, a view in a database, events that came in.

- An intake can be read again until its delivery is planned: a crash while reading
  costs nothing but time.
- How far it was read is noted in the transaction that plans the delivery, or not at
  all. So nothing is skipped, and nothing is read twice for long.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from sources.outbox_key import OutboxKey
from sources.values import Reading


class Intake(Protocol):
    """Something to read one delivery from."""

    def find_mark(self, key: OutboxKey) -> bytes:
        """Give a keyed hash by which a delivery that was cut short is known again."""
        ...

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:
        """Give a keyed hash of the rows in whatever order; None where order may matter.

        Of two intakes with the same mark each row of one is a row of the other.
        """
        ...

    def read(self, *, today: date) -> Iterator[Reading]:
        """Give the readings in order; raises `UnreadableFile`."""
        ...

    def settle(self, connection: sqlite3.Connection) -> None:
        """Note how far was read, in the transaction that plans the delivery."""
        ...
