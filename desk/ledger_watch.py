"""Whether the ledger that this desk is shown is the one that the witnesses see.

Once a minute, beside the lookups and never in them, the desk asks for the newest signed
tree. What counts: signed by the ledger, cosigned by enough of the witnesses in the
settings, and an extension of the last one that counted here, which is kept on disk.

- Two signed trees of which neither extends the other are a fork. It is kept with both
  notes, is an alarm, and from then on this desk passes on emergencies alone; a restart
  changes nothing. A ledger that is succeeded has another name, and begins anew.
- A tree without enough cosignatures, or one of which the index cannot show that it
  extends what we saw, proves nothing: what it holds is "nog niet bewezen".
- A receipt is proven by a tree that counts, and by no other.

Proven by tests/attack/test_a_fork_is_shown_to_a_desk.py.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import insert, select, update

from desk.database import Database
from desk.errors import DeskError, LedgerForked
from desk.index import SignalIndex
from desk.receipts import ReceiptRules
from desk.tables import ledger_seen
from keys.security.events import SecurityLog
from signal_index.proof import (
    Checkpoint,
    ConsistencyRefused,
    OriginRefused,
    ProofError,
    TileRef,
    fetch_growth,
    origin_of,
    parse_checkpoint,
    split_note,
    verify_checkpoint,
    verify_consistency,
    year_of_origin,
)

FRESH: Final = timedelta(minutes=10)
"""For how long a cosignature says that somebody watches now; as at the index."""


class LedgerState(StrEnum):
    """How the ledger stands, as far as this desk was shown it."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    TRIAL = "trial"
    FORKED = "forked"


@dataclass(frozen=True, slots=True)
class Seen:
    """The last tree of an origin that counted, and what contradicts it, if anything."""

    note: str
    at: datetime
    other: str | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """Its size and root."""
        return parse_checkpoint(split_note(self.note)[0])


class LedgerWatch:
    """What this desk saw of the ledger, and holds whatever it is shown against."""

    def __init__(
        self,
        database: Database,
        rules: ReceiptRules,
        index: SignalIndex,
        log: SecurityLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._rules = rules
        self._index = index
        self._log = log
        self._clock = clock
        self._seen: dict[str, Seen] = {}

    async def load(self) -> None:
        """Read what was kept: before anything is passed on, and before each look."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(select(ledger_seen))).all()
        was_forked = self.is_forked
        self._seen = {
            row.origin: Seen(
                row.note, datetime.fromtimestamp(row.seen_at, UTC), row.other
            )
            for row in rows
        }
        if self.is_forked and not was_forked:
            self._log.tell_ledger_fork()

    @property
    def is_forked(self) -> bool:
        """Whether two trees of this ledger were shown that contradict each other."""
        own = f"{self._rules.origin_base}/"
        return any(
            one.other is not None and origin.startswith(own)
            for origin, one in self._seen.items()
        )

    @property
    def newest(self) -> Seen | None:
        """The tree of the newest year that counted last."""
        own = f"{self._rules.origin_base}/"
        known = [origin for origin in self._seen if origin.startswith(own)]
        return self._seen[max(known)] if known else None

    @property
    def state(self) -> LedgerState:
        """How the ledger stands now."""
        newest = self.newest
        if self.is_forked:
            return LedgerState.FORKED
        if self._rules.quorum is None:
            return LedgerState.TRIAL
        if newest is None or abs(self._clock() - newest.at) > FRESH:
            return LedgerState.UNPROVEN
        return LedgerState.PROVEN

    async def look(self) -> None:
        """Ask what is shown now; where it proves nothing, what we know grows old."""
        await self.load()
        newest, years = self.newest, {self._clock().year}
        if newest is not None:
            years.add(year_of_origin(newest.checkpoint.origin))
        for year in sorted(years):
            with suppress(DeskError, ProofError):
                note = await self._index.find_checkpoint(year)
                if note is not None:
                    await self.take(note, since=self._clock())

    async def take(self, note: str, *, since: datetime) -> None:
        """Hold a tree against what counted before, and keep it where it counts now.

        `since`: from when on it may have been signed. Raises `LedgerForked`; a
        `ProofError` where it is not signed, or by too few witnesses; a `DeskError`
        where the index does not show that one tree extends the other.
        """
        origin, now = note.partition("\n")[0], self._clock()
        if origin != origin_of(self._rules.origin_base, year_of_origin(origin)):
            raise OriginRefused("the checkpoint is of another ledger")
        keys = self._rules.ledger_key.list_named(origin, since, now)
        offered = verify_checkpoint(note, keys, origin=origin)
        seen = self._seen.get(origin)
        if seen is not None:
            if seen.other is not None:
                raise LedgerForked  # whichever it is: nothing counts any more
            await self._verify_extends(seen.checkpoint, offered, note)
        quorum = self._rules.quorum
        at = now if quorum is None else quorum.verify(note).at
        if seen is None or (seen.checkpoint.size, seen.at) < (offered.size, at):
            await self._keep(origin, Seen(note, at))

    async def _verify_extends(
        self, before: Checkpoint, offered: Checkpoint, note: str
    ) -> None:
        small, large = sorted((before, offered), key=lambda one: one.size)
        year = year_of_origin(offered.origin)

        async def fetch(ref: TileRef) -> bytes:
            return await self._index.fetch_tile(year, ref)

        path = await fetch_growth(small.size, large.size, fetch)
        try:
            verify_consistency(small.size, large.size, path, small.root, large.root)
        except ConsistencyRefused:
            await self._note_fork(offered.origin, note)
            raise LedgerForked from None

    async def _keep(self, origin: str, found: Seen) -> None:
        row = {
            "origin": origin,
            "size": found.checkpoint.size,
            "note": found.note,
            "seen_at": int(found.at.timestamp()),
        }
        table = ledger_seen.c
        async with self._database.transaction() as connection:
            known = await connection.execute(
                select(table.size, table.seen_at).where(table.origin == origin)
            )
            before = known.one_or_none()
            if before is None:
                await connection.execute(insert(ledger_seen), row)
            elif (before.size, before.seen_at) <= (row["size"], row["seen_at"]):
                # another process of this desk may have seen a larger one meanwhile
                await connection.execute(
                    update(ledger_seen).where(table.origin == origin).values(row)
                )
        self._seen[origin] = found

    async def _note_fork(self, origin: str, note: str) -> None:
        """Keep the first tree that contradicts what counted, for whoever looks into it.

        The desk goes by it from then on, also where the database does not take it.
        """
        self._seen[origin] = replace(self._seen[origin], other=note)
        table = ledger_seen.c
        first = (table.origin == origin) & table.other.is_(None)
        async with self._database.transaction() as connection:
            kept = await connection.execute(
                update(ledger_seen).where(first).values(other=note)
            )
        if kept.rowcount:
            self._log.tell_ledger_fork()
