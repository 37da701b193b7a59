"""Several files of messages as one delivery: a folder of them is not one file each.

A file that is no message is passed over and told of, so that one bad message does not
hold up a thousand good ones. Where a record stands begins with its file's number.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sources.errors import UnreadableFile
from sources.intake.files import FileIntake
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Case, Entry, Place, Reading, Reject, Unidentified


@dataclass(slots=True)
class SeveralIntake:
    """Files of one format, in an order; once read, `unreadable` says which failed."""

    paths: Sequence[Path]
    profile: Profile
    unreadable: dict[Path, str] = field(default_factory=dict, init=False)

    def find_mark(self, key: OutboxKey) -> bytes:
        """Give a mark over the contents of all files, in their order."""
        digest = hashlib.sha256()
        for path in self.paths:
            digest.update(FileIntake(path, self.profile).find_mark(key))
        return key.mark("files", digest.hexdigest())

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:  # noqa: ARG002
        """Give none: of messages the order may matter."""
        return None

    def read(self, *, today: date) -> Iterator[Reading]:
        """Give the readings of all files; one that is unreadable is a reject."""
        self.unreadable.clear()
        for count, path in enumerate(self.paths, start=1):
            readings = FileIntake(path, self.profile).read(today=today)
            while True:
                try:
                    reading = next(readings)
                except StopIteration:
                    break
                except UnreadableFile as error:
                    self.unreadable[path] = str(error)
                    place = Place(None, f"bestand {count}")
                    yield (Reject(place, "", Reason.MESSAGE_UNREADABLE),)
                    break
                yield tuple(_number(entry, count) for entry in reading)

    def settle(self, connection: sqlite3.Connection) -> None:
        """Note nothing: files are moved when their delivery is closed."""


def _number(entry: Entry, count: int) -> Entry:
    if not isinstance(entry, Case | Unidentified | Reject):
        return entry
    place = entry.place
    return replace(entry, place=Place(place.line, f"bestand {count}, {place.record}"))
