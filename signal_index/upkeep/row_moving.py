"""Moving all rows to another row key: bounded transactions, again until none is left.

- A part is one transaction. After it a rest twice as long as the part took: those who
  ask have the database for themselves two thirds of the time.
- Stopped or killed between two parts it goes on where it is begun anew: what has moved
  is met under its new name and passed over. Two at once are refused.
- It is over when a whole pass moved nothing and passed nothing over: that pass counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.errors import RowKeyBusy
from signal_index.store.connect import is_sqlite, transaction
from signal_index.store.row_moves import JOBS, Job, Move, MovePart, Passed
from signal_index.upkeep.leadership import (
    ROW_KEY_LOCK,
    DatabaseLeadership,
    FileLeadership,
    Leadership,
)

REST: Final = 2.0
"""How long is rested after a part, of the time that it took."""

_AGAIN_SECONDS: Final = 1.0
_TRIES: Final = 10
"""So often in a row a part may fail before the command gives up."""

Say = Callable[[str, int], None]
"""Told of each part: the table, and how many rows of it were gone over."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the last pass counted: rows under the new key, and those that do not open.

    `moved`: how many were moved in all passes; `unreadable` by table.
    """

    rows: int
    moved: int
    unreadable: dict[str, int]


@asynccontextmanager
async def moving_alone(engine: AsyncEngine) -> AsyncIterator[None]:
    """Have no other process move rows, or raise `RowKeyBusy`."""
    seat: Leadership
    if is_sqlite(engine):
        database = make_url(str(engine.url)).database
        seat = FileLeadership(Path(f"{database}.row-key"))
    else:
        seat = DatabaseLeadership(engine, ROW_KEY_LOCK)
    if not await seat.take():
        raise RowKeyBusy("another process moves rows now")
    try:
        yield
    finally:
        await seat.leave()


@dataclass(frozen=True, slots=True)
class Mover:
    """What moving takes: the database, the keys, how long to rest, whom to tell."""

    engine: AsyncEngine
    move: Move
    rest: float = REST
    say: Say = lambda _table, _rows: None

    async def move_all(self) -> Counted:
        """Move until a whole pass meets nothing under the former key."""
        moved = 0
        while True:
            total, rows, unreadable = Passed(), 0, dict[str, int]()
            for job in JOBS:
                passed = await self._pass_over(job)
                total += passed
                if job.is_found:
                    rows += passed.stood
                    unreadable[job.table] = passed.unreadable
            moved += total.moved
            if total.is_done:
                lost = {name: count for name, count in unreadable.items() if count}
                return Counted(rows, moved, lost)
            if total.moved == 0:
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _pass_over(self, job: Job) -> Passed:
        """Go over one table; sealed values are changed only where any has to be."""
        if job.look is None:
            return await self._all_parts(job.table, job.part)
        found = await self._all_parts(job.table, job.look)
        if found.moved:
            await self._all_parts(job.table, job.part)
        return found

    async def _all_parts(self, table: str, part: MovePart) -> Passed:
        total, after, failed = Passed(), None, 0
        while True:
            began = perf_counter()
            try:
                async with transaction(self.engine) as conn:
                    passed = await part(conn, self.move, after)
            except OperationalError:  # the file was busy, or the database away
                failed += 1
                if failed == _TRIES:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            total, after, failed = total + passed, passed.last, 0
            rows = passed.stood + passed.moved + passed.waiting + passed.unreadable
            self.say(table, rows)
            if after is None:
                return total
            await asyncio.sleep(self.rest * (perf_counter() - began))
