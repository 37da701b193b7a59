"""A file of a registration: read from the beginning, known again by its contents."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from sources.connectors import read_file
from sources.connectors.file_kinds import refuse_lock_file
from sources.connectors.rows_mark import mark_rows
from sources.errors import UnreadableFile, say_unreadable
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.values import Reading

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class FileIntake:
    """One file, in the format of its profile."""

    path: Path
    profile: Profile

    def find_mark(self, key: OutboxKey) -> bytes:
        """Give a keyed hash of the file's contents."""
        digest = hashlib.sha256()
        with self._open() as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        return key.mark("file", digest.hexdigest())

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:
        """Give a mark of the rows of a CSV file; other formats have none."""
        if self.profile.csv is None:
            return None
        with self._open() as file:
            return mark_rows(file, self.profile.csv, key)

    def read(self, *, today: date) -> Iterator[Reading]:
        """Give the readings of the file."""
        with self._open() as file:
            yield from read_file(file, self.profile, today=today)

    def settle(self, connection: sqlite3.Connection) -> None:
        """Note nothing: a file is always read whole."""

    def _open(self) -> BinaryIO:
        refuse_lock_file(self.path)
        try:
            return self.path.open("rb")
        except OSError:
            raise UnreadableFile(say_unreadable(self.path)) from None
