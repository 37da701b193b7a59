"""What the disk of an index holds at each point where its process could be killed.

A process that dies leaves the files as they are: the database and its write-ahead log.
So a copy of both, made before each statement and each commit, is what a new process
finds after a kill at that point.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True)
class CrashPoint:
    """One copy, and what was about to happen."""

    label: str
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "index.sqlite"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.json"

    def count(self, statement: str) -> int:
        """Ask the copy, as a process that starts on it would see it."""
        with closing(sqlite3.connect(self.database)) as connection:
            return int(connection.execute(statement).fetchone()[0])


@dataclass
class CrashRecorder:
    """Copies the files of one index from now on."""

    engine: AsyncEngine
    checkpoint: Path
    into: Path
    points: list[CrashPoint] = field(default_factory=list)

    def start(self) -> None:
        """Copy now, and before each statement and commit from now on."""
        self.copy("start")
        engine = self.engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._before_statement)
        event.listen(engine, "commit", self._before_commit)

    def stop(self) -> Sequence[CrashPoint]:
        """Copy a last time, when everything has been done."""
        engine = self.engine.sync_engine
        event.remove(engine, "before_cursor_execute", self._before_statement)
        event.remove(engine, "commit", self._before_commit)
        self.copy("end")
        return self.points

    def copy(self, label: str) -> None:
        """Copy the files as they lie there."""
        folder = self.into / f"{len(self.points):03d}"
        folder.mkdir(parents=True)
        database = Path(str(self.engine.url.database))
        for suffix in ("", "-wal"):
            file = database.with_name(database.name + suffix)
            if file.exists():
                shutil.copy(file, folder / f"index.sqlite{suffix}")
        if self.checkpoint.exists():
            shutil.copy(self.checkpoint, folder / "checkpoint.json")
        self.points.append(CrashPoint(label, folder))

    def _before_statement(
        self,
        _connection: object,
        _cursor: object,
        statement: str,
        _parameters: object,
        _context: object,
        _executemany: object,
    ) -> None:
        self.copy(" ".join(statement.split()[:3]))

    def _before_commit(self, _connection: object) -> None:
        self.copy("COMMIT")
