"""One leader at a time does the upkeep, elected by a lock that dies with its holder.

- PostgreSQL: a session's advisory lock. When the session is gone, so is the lock; the
  leader asks that very session whether it still lives before each round.
- SQLite: a lock on a file beside the database, for it has one machine only.
- Leading wrongly for a moment does no harm: the sequencer compares and sets, an erasure
  deletes what another has not deleted yet.
"""

import fcntl
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_LEADER_LOCK = 0x5349474E_00000003  # 1 is the migration, 2 the sequencer
ROW_KEY_LOCK = 0x5349474E_00000004


class Leadership(Protocol):
    """The seat of the leader."""

    async def take(self) -> bool:
        """Take the seat if it is free, and tell whether it is now ours."""

    async def is_held(self) -> bool:
        """Tell whether the seat is still ours."""

    async def leave(self) -> None:
        """Leave the seat; harmless where it was not ours."""


class FileLeadership:
    """The seat as a locked file; the kernel frees it however the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    async def take(self) -> bool:
        """Lock the file, without waiting."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    async def is_held(self) -> bool:
        """Tell whether we have the file; nobody can take it from us."""
        return self._file is not None

    async def leave(self) -> None:
        """Close the file, and with it the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class DatabaseLeadership:
    """The seat as an advisory lock of one PostgreSQL session."""

    def __init__(self, engine: AsyncEngine, lock: int = _LEADER_LOCK) -> None:
        self._engine = engine
        self._lock = lock
        self._session: AsyncConnection | None = None

    async def take(self) -> bool:
        """Lock, without waiting; False too when the database cannot be reached."""
        try:
            session = await self._engine.connect()
            await session.execution_options(isolation_level="AUTOCOMMIT")
            taken = await session.scalar(
                text("SELECT pg_try_advisory_lock(:lock)"), {"lock": self._lock}
            )
        except (SQLAlchemyError, OSError):
            return False
        if taken:
            self._session = session
        else:
            await session.close()
        return bool(taken)

    async def is_held(self) -> bool:
        """Ask the session that holds the lock whether it still lives."""
        if self._session is None:
            return False
        try:
            await self._session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True

    async def leave(self) -> None:
        """End the session, so that the lock is free at once."""
        session, self._session = self._session, None
        if session is not None:
            try:
                await session.invalidate()
            except (SQLAlchemyError, OSError):
                return
            finally:
                await session.close()
