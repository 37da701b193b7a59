"""Where messages go, as citizens said it: on disk, sealed, and found by nobody's name.

    row       a keyed hash, under this page's own key, of the name that the index gives
              the citizen of a view: without that key nobody is found by it
    sealed    where to, until when, and the index's token: always of one length

- A row holds no number and no pseudonym, and the token opens for the index alone.
- The index never hears where to. Whoever has this file and its key reads addresses,
  and not of whom; with the page's keys as well, on which days somebody looked.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, Self

from desk.errors import DatabaseRefused
from desk.own_seal import OwnSeal
from keys.base64url import decode_b64u, encode_b64u
from portal.errors import SettingsRefused

By = Literal["mail", "letter"]
SEALED_STEP: Final = 1_024
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS message (row BLOB PRIMARY KEY, sealed BLOB NOT NULL)
WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done (day TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """Where messages to one citizen go, until which day, in which language.

    `lines`: an address for mail, or a name, a street and a place.
    """

    token: bytes
    until: date
    by: By
    lines: Sequence[str]
    language: str

    @property
    def hint(self) -> str:
        """Say enough of where it goes to know it again, and no more."""
        if self.by == "letter":
            return self.lines[-1]
        name, _, host = self.lines[0].rpartition("@")
        return f"{name[:1]}…@{host}"

    def encode(self) -> dict[str, Any]:
        """Give it as it is sealed, as long as any other."""
        said = {
            "token": encode_b64u(self.token),
            "until": self.until.isoformat(),
            "by": self.by,
            "lines": list(self.lines),
            "language": self.language,
            "padding": "",
        }
        length = len(json.dumps(said))
        return {**said, "padding": " " * (-length % SEALED_STEP)}

    @classmethod
    def decode(cls, said: dict[str, Any]) -> Self:
        """Read it again."""
        return cls(
            decode_b64u(said["token"]),
            date.fromisoformat(said["until"]),
            said["by"],
            tuple(said["lines"]),
            said["language"],
        )


class MessageStore:
    """The file in which it stands. Prints as `<MessageStore>`."""

    def __init__(self, path: Path, seal: OwnSeal) -> None:
        self._seal = seal
        try:
            path.touch(mode=0o600)
            self._db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise SettingsRefused(f"{path.name}: {error}") from None

    def __repr__(self) -> str:
        """Show the type, never what is kept."""
        return "<MessageStore>"

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def find(self, names: Sequence[bytes]) -> Kept | None:
        """Find where messages to a citizen go, by the names that the index gives."""
        rows = [self._name(name) for name in names]
        found = [one for row in rows for one in self._read(row)]
        return found[0] if found else None

    def put(self, names: Sequence[bytes], kept: Kept) -> None:
        """Keep where to, in the place of what stood there."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._drop(names)
            self._write(self._name(names[0]), kept)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def drop(self, names: Sequence[bytes]) -> None:
        """Forget where to."""
        self._drop(names)

    def list_all(self) -> Sequence[tuple[bytes, Kept]]:
        """List all, by their rows."""
        rows = self._db.execute("SELECT row, sealed FROM message").fetchall()
        return [(row, self._open(row, sealed)) for row, sealed in rows]

    def settle(self, row: bytes, kept: Kept, name: bytes | None) -> None:
        """Have a row called as the index calls it now; forget it where it is over."""
        new = None if name is None else self._name(name)
        if new == row:
            return
        self._db.execute("DELETE FROM message WHERE row = ?", (row,))
        if new is not None:
            self._write(new, kept)

    def find_done(self) -> date | None:
        """Find the last day about which messages went out."""
        (day,) = self._db.execute("SELECT max(day) FROM done").fetchone()
        return None if day is None else date.fromisoformat(day)

    def keep_done(self, day: date) -> None:
        """Remember that messages about a day went out; of days before it nothing."""
        self._db.execute("DELETE FROM done")
        self._db.execute("INSERT INTO done VALUES (?)", (day.isoformat(),))

    def _drop(self, names: Sequence[bytes]) -> None:
        rows = [(self._name(name),) for name in names]
        self._db.executemany("DELETE FROM message WHERE row = ?", rows)

    def _write(self, row: bytes, kept: Kept) -> None:
        sealed = self._seal.seal(kept.encode(), row)
        self._db.execute("INSERT OR REPLACE INTO message VALUES (?, ?)", (row, sealed))

    def _read(self, row: bytes) -> Sequence[Kept]:
        found = self._db.execute("SELECT sealed FROM message WHERE row = ?", (row,))
        return [self._open(row, sealed) for (sealed,) in found]

    def _open(self, row: bytes, sealed: bytes) -> Kept:
        try:
            return Kept.decode(self._seal.open(sealed, row))
        except (DatabaseRefused, KeyError, ValueError):
            raise SettingsRefused("messages are sealed under another key") from None

    def _name(self, name: bytes) -> bytes:
        return self._seal.name_row("message", encode_b64u(name))
