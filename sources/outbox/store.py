"""Open the outbox file, and run its transactions one at a time.

Every write goes through `Outbox.transaction(step)`. The name of the step is told to an
observer just before and just after the commit: the crash test kills the process there,
and the progress bar counts there.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Literal, Self
from uuid import UUID, uuid4

from filelock import lock_descriptor

from sources.errors import (
    OutboxBusy,
    OutboxDamaged,
    OutboxEmpty,
    OutboxKeyChanged,
    OutboxMissing,
    OutboxRefused,
    OutboxUnwritable,
)
from sources.outbox.schema import PRAGMAS, STEPS
from sources.outbox_key import OutboxKey

Step = Literal[
    "open-delivery",
    "stage",
    "drop-delivery",
    "abandon",
    "plan",
    "park",
    "send-contact",
    "keep-evaluated",
    "forget",
    "evaluate",
    "assign-batch",
    "settle-batch",
    "close-delivery",
    "keep-config",
    "mend",
    "keep-proof",
    "receive",
    "identify",
    "answer",
    "hear",
]
Moment = Literal["before", "after"]
Observer = Callable[[Step, Moment], None]

OWNER_ONLY: Final = 0o600
_CHECK: Final = "signal-source/outbox/1"
_ID: Final = "outbox"
_DISK: Final = (
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_PERM",
)


def _nobody(step: Step, moment: Moment) -> None:
    """Observe nothing."""


class Outbox:
    """One agency's outbox. A context: two runs never share one file.

    `id` tells it from other outboxes of the same source, also at the index.
    `alone=False` is for what delivers nothing: it looks, or does one transaction of
    its own, also while the agent runs. `makes=False` raises `OutboxMissing` where there
    is no file: an empty one would say that all is well.
    """

    def __init__(
        self,
        path: Path,
        key: OutboxKey,
        *,
        observer: Observer = _nobody,
        alone: bool = True,
        makes: bool = True,
    ) -> None:
        self.key = key
        self._observer = observer
        if not (makes or path.exists()):
            raise OutboxMissing(path.name)
        self._lock = _lock(path) if alone else None
        try:
            self.connection = _connect(path)
        except OutboxRefused:
            self._unlock()
            raise
        try:
            self._prepare()
            self._verify_whole()
        except sqlite3.DatabaseError as error:
            self._close()
            raise judge_fault(error) from None
        except UnicodeDecodeError:
            # SQLite names what is broken of the schema, and that is no text.
            self._close()
            raise OutboxDamaged from None
        except OutboxRefused:
            self._close()
            raise
        self.id = UUID(bytes=get_meta(self.connection, _ID))

    def __enter__(self) -> Self:
        """Give the opened outbox."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file and let the next run in.

        What SQLite could not read or write leaves as a sentence, never as itself.
        """
        self._close()
        if isinstance(error, sqlite3.DatabaseError):
            raise judge_fault(error) from None

    def _close(self) -> None:
        self.connection.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)

    @contextmanager
    def transaction(self, step: Step) -> Iterator[sqlite3.Connection]:
        """Run one step: all of it is durable when the block ends, or none of it."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self._observer(step, "before")
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                # A full disk, or one that was taken away: nothing of the step is kept.
                raise judge_fault(error) from None
            raise
        self._observer(step, "after")

    def _prepare(self) -> None:
        tables = self.connection.execute("SELECT name FROM sqlite_master").fetchall()
        if tables and not any(row["name"] == "work" for row in tables):
            raise OutboxRefused(
                "Dit bestand is geen postvak. Kijk `outbox` na in agency.toml."
            )
        for pragma in PRAGMAS:
            self.connection.execute(pragma)
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        check = self.key.mark(_CHECK)
        if version > len(STEPS):
            raise OutboxRefused("Het postvak is van een nieuwere versie.")
        if version < len(STEPS):
            mine = (
                f"INSERT OR IGNORE INTO meta VALUES ('key', x'{check.hex()}'),"  # noqa: S608 - hex digits
                f" ('{_ID}', x'{uuid4().hex}');"
            )
            known = None if version == 0 else get_meta(self.connection, "key")
            if known not in {None, check}:
                raise OutboxKeyChanged
            self.connection.executescript(
                f"BEGIN IMMEDIATE; {' '.join(STEPS[version:])} {mine}"
                f"PRAGMA user_version = {len(STEPS)}; COMMIT;"
            )
        known = get_meta(self.connection, "key")
        if known != check:
            raise OutboxKeyChanged

    def _verify_whole(self) -> None:
        """Raise `OutboxDamaged` where the pages of the file do not belong together.

        Every index is held against its table: a page that a disk lost, or put in the
        place of another, is well formed. It takes about three seconds of CPU for a
        million signals. Without it a run could read half of what was told, and tell the
        rest twice. Not seen: other bits within one value. `reconcile` finds those.
        """
        found = self.connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise OutboxDamaged


@contextmanager
def look_into(path: Path, key: OutboxKey) -> Iterator[Outbox]:
    """Give an outbox to look into; where there is none, an empty one that is not kept.

    For what asks the index: an agency that delivers nothing has no outbox.
    """
    if path.exists():
        with Outbox(path, key, alone=False) as outbox:
            yield outbox
        return
    with TemporaryDirectory() as folder, Outbox(Path(folder) / "outbox", key) as made:
        yield made


def is_in_use(path: Path) -> bool:
    """Tell whether an agent, or another run, has this outbox for itself now."""
    try:
        os.close(_lock(path))
    except OutboxBusy:
        return True
    return False


def copy_into(outbox: Outbox, path: Path) -> None:
    """Write all that an outbox holds into a new file, as it stands at one moment."""
    copy = _connect(path)
    try:
        outbox.connection.backup(copy)
    finally:
        copy.close()


def judge_fault(error: sqlite3.DatabaseError) -> OutboxRefused:
    """Tell a disk that is full, locked or gone from a file that is damaged."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_DISK) and name != "SQLITE_IOERR_SHORT_READ":
        return OutboxUnwritable()
    return OutboxDamaged()


def get_meta(connection: sqlite3.Connection, name: str) -> bytes | None:
    """Give a kept value, or None."""
    row = connection.execute(
        "SELECT value FROM meta WHERE name = ?", (name,)
    ).fetchone()
    return None if row is None else bytes(row[0])


def put_meta(connection: sqlite3.Connection, name: str, value: bytes) -> None:
    """Keep a value under a name."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def _lock(path: Path) -> int:
    """Hold the outbox for this process; the system lets go when it dies."""
    try:
        lock = os.open(
            path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, OWNER_ONLY
        )
    except OSError:
        raise OutboxRefused("De map van het postvak is niet te schrijven.") from None
    try:
        is_ours = lock_descriptor(lock, blocking=False)
    except OSError:
        os.close(lock)
        raise OutboxRefused("De schijf van het postvak kent geen sloten.") from None
    if not is_ours:
        os.close(lock)
        raise OutboxBusy
    return lock


def _connect(path: Path) -> sqlite3.Connection:
    if path.exists() and not path.stat().st_size:
        raise OutboxEmpty
    path.touch(mode=OWNER_ONLY)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection
