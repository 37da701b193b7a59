"""Events that came in, kept sealed in the outbox until a delivery reads them.

- An event is kept once: (source, id) is its mark, a keyed hash that stays when the
  event is gone. Sending it again is answered like the first time and changes nothing.
- It is deleted in the transaction that plans the delivery which read it.
- Whoever copies the file without the agent's key learns no citizen.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sources.connectors.cloud_events import read_event
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.values import Place, Reading

MOST_AT_ONCE: Final = 100_000
_LABEL: Final = b"event"


def keep_event(outbox: Outbox, feed: str, event: Mapping[str, object]) -> bool:
    """Keep an event durably; False where it was kept before. It is verified already."""
    mark = outbox.key.mark("event", str(event["source"]), str(event["id"]))
    data = json.dumps(event, separators=(",", ":"), default=str).encode()
    sealed = outbox.key.seal(data, label=_LABEL, row=mark)
    with outbox.transaction("receive") as connection:
        done = connection.execute(
            "INSERT OR IGNORE INTO event (feed, mark, sealed) VALUES (?, ?, ?)",
            (feed, mark, sealed),
        )
    return done.rowcount == 1


def count_waiting(outbox: Outbox, feed: str) -> int:
    """Give how many events of a feed wait for a delivery."""
    row = outbox.connection.execute(
        "SELECT count(*) FROM event WHERE feed = ? AND sealed IS NOT NULL", (feed,)
    ).fetchone()
    return int(row[0])


@dataclass(slots=True)
class EventIntake:
    """The events of one feed that wait now."""

    outbox: Outbox
    feed: str
    profile: Profile
    _last: int = field(default=0, init=False)

    def find_mark(self, key: OutboxKey) -> bytes:
        """Give a mark of the events that wait now."""
        newest = self.outbox.connection.execute(
            "SELECT max(id) FROM event WHERE feed = ?", (self.feed,)
        ).fetchone()[0]
        return key.mark("events", self.feed, str(newest or 0))

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:  # noqa: ARG002
        """Give none: of messages the order may matter."""
        return None

    def read(self, *, today: date) -> Iterator[Reading]:
        """Give the readings of the waiting events, in the order of arrival."""
        count = 0
        while count < MOST_AT_ONCE:
            row = self.outbox.connection.execute(
                "SELECT id, mark, sealed FROM event WHERE feed = ? AND id > ?"
                " AND sealed IS NOT NULL ORDER BY id LIMIT 1",
                (self.feed, self._last),
            ).fetchone()
            if row is None:
                return
            count, self._last = count + 1, row["id"]
            data = self.outbox.key.open_sealed(
                row["sealed"], label=_LABEL, row=row["mark"]
            )
            at = (Place(None, f"gebeurtenis {count}"), today)
            yield read_event(json.loads(data), self.profile, at)

    def settle(self, connection: sqlite3.Connection) -> None:
        """Delete what was read; its marks stay."""
        connection.execute(
            "UPDATE event SET sealed = NULL WHERE feed = ? AND id <= ?",
            (self.feed, self._last),
        )
