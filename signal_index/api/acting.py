"""One act of a caller: its effects and its record, in one transaction.

    async with acting(index, caller.caller, Kind.EMBARGO) as act:
        await lift_embargo(act.conn, ..., act.now)
        await act.record({"act": "embargo-lifted", ...})

- An act that recorded nothing is rolled back and is a fault of ours: it cannot forget.
  What was sent twice and recorded the first time, or finds nothing to do, says so
  (`act.leave()`).
- One that reads or writes rows of persons says under which keys (`rows`): it missed
  none, and what it wrote is under a key in use when it commits (`hold_rows`).
- One moment (`act.now`) for what is stored and what is recorded of it.
- What the block raises undoes everything; what COMMIT raises is `CommitUnknown`.

Proven by tests/contract/test_acting.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import Caller
from signal_index.api.context import Index
from signal_index.api.errors import NothingRecorded
from signal_index.api.recording import SpecialAct, record_act, record_special
from signal_index.api.transactions import committing
from signal_index.errors import DatabaseUnavailable, RowKeyLeft, StandingChanged
from signal_index.ledger import Entry, Kind
from signal_index.proof import JsonObject
from signal_index.row_keys import RowKeys
from signal_index.store.ledger import insert_entries
from signal_index.store.row_keys import hold_rows


@dataclass(slots=True, repr=False)
class Acting:
    """What an act works with: the connection, its moment, and how it is recorded."""

    conn: AsyncConnection
    index: Index
    caller: Caller
    kind: Kind
    now: datetime
    recorded: list[Entry] = field(default_factory=list)
    is_left: bool = False

    def leave(self) -> None:
        """Say that there is nothing to do, or that it was done and recorded before.

        Whatever it wrote is rolled back.
        """
        self.is_left = True

    async def record(self, what: JsonObject, *, kind: Kind | None = None) -> Entry:
        """Record what was done; `kind` where it is another than the act's own."""
        entry = record_act(
            kind or self.kind, self.caller, what, self.index.keys, self.now
        )
        return await self.add(entry)

    async def record_special(self, act: SpecialAct) -> Entry:
        """Record an act that says more than its kind and what."""
        return await self.add(
            record_special(act, self.caller, self.index.keys, self.now)
        )

    async def add(self, entry: Entry) -> Entry:
        """Write an entry that was built elsewhere, as part of this act."""
        await insert_entries(self.conn, [entry])
        self.recorded.append(entry)
        return entry


@asynccontextmanager
async def acting(
    index: Index,
    caller: Caller,
    kind: Kind,
    *,
    now: datetime | None = None,
    rows: RowKeys | None = None,
) -> AsyncIterator[Acting]:
    """Begin an act: it commits with its record, or nothing of it happened.

    `now`: its moment, where that was taken before (a person asked about by tickets).
    `rows`: the keys with which rows of persons are derived, where any are.

    Raises `NothingRecorded` at the end of a block that recorded nothing,
    `CommitUnknown` and `DatabaseUnavailable` as `committing` does.
    """
    try:
        with judged_anew(index):
            async with committing(index.engine) as conn:
                act = Acting(conn, index, caller, kind, now or index.clock())
                yield act
                _verify_said(act)
                if rows is not None:
                    await hold_rows(conn, rows)
    except _Left:
        return


@contextmanager
def judged_anew(index: Index) -> Iterator[None]:
    """Have what was overtaken be sent again: it is judged then by what holds by then.

    Raises `DatabaseUnavailable` where what stands changed while this was on its way.
    """
    try:
        yield
    except (RowKeyLeft, StandingChanged) as changed:
        index.standing.forget()
        raise DatabaseUnavailable from changed


def _verify_said(act: Acting) -> None:
    if act.is_left:
        raise _Left
    if not act.recorded:
        raise NothingRecorded


class _Left(Exception):
    """Rolls back what an act may have written before it found nothing to do."""
