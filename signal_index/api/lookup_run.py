"""The one transaction of gathered lookups: spend, read, record, commit; then answer.

- Entries are written in the transaction that spends the tickets and reads the rows. An
  answer is built from what has been committed, after it was committed.
- What it leaves in boxes stands under a row key that is in use when it commits.
- A lookup whose tickets were spent before gives None here and is judged apart: it is a
  repeat after a lost connection, or it is refused (`lookup_refusals`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from policy.vocabulary import Permit
from signal_index.api.follow_permits import Beside
from signal_index.api.gather import Run
from signal_index.api.recording import Asked, Decided, record_lookup
from signal_index.api.telling import Telling, close_boxes
from signal_index.api.transactions import committing
from signal_index.errors import QueueFull
from signal_index.keyring import IndexKeys
from signal_index.ledger import Entry, Opened, Outcome
from signal_index.returning import SealedBox
from signal_index.signals import StoredSignal
from signal_index.store.asked_before import insert_lookups
from signal_index.store.lookups import (
    FollowRow,
    Found,
    PermittedLookup,
    find_signals,
    spend_and_find,
)
from signal_index.store.processing_log import insert_traces
from signal_index.store.reviews import Pick, insert_picks
from signal_index.store.row_keys import find_states
from signal_index.store.tickets import REPEAT_FOR
from signal_index.taking_part import InTrial


@dataclass(frozen=True, slots=True, repr=False)
class Granted:
    """A lookup with its permit: everything that could fail before has not."""

    permit: Permit
    asked: Asked
    lookup: PermittedLookup
    telling: Telling | None = None
    beside: tuple[Beside, ...] = ()

    @property
    def weight(self) -> int:
        """Count the persons asked about."""
        return len(self.permit.subjects)

    @property
    def claims(self) -> frozenset[Hashable]:
        """Give the tickets, which no two lookups of one run may share."""
        return frozenset(self.lookup.pair.jtis)


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """What was read and recorded for one lookup: an answer, once committed."""

    granted: Granted
    entries: tuple[Entry, ...]
    signals: tuple[tuple[StoredSignal, ...], ...]
    in_trial: InTrial
    boxes: tuple[SealedBox, ...] = ()
    follows: tuple[tuple[FollowRow, ...], ...] = ()
    before: tuple[Sequence[Opened], ...] = ()


def make_run(
    engine: AsyncEngine, keys: IndexKeys, clock: Callable[[], datetime]
) -> Run[Granted, Draft | None]:
    """Give the function that carries out a group of lookups in one transaction.

    A permit that ran out while it waited (60 seconds) is not used: `QueueFull`.
    """

    async def run(group: Sequence[Granted]) -> Sequence[Draft | None]:
        now = clock()
        if any(now >= granted.permit.valid_until for granted in group):
            raise QueueFull
        async with committing(engine) as conn:
            lookups = [granted.lookup for granted in group]
            found = await spend_and_find(conn, lookups, now=now)
            drafts = [
                None if one is None else _draft(granted, one, keys)
                for granted, one in zip(group, found, strict=True)
            ]
            answered = [draft for draft in drafts if draft is not None]
            told = iter(await _write(conn, answered, keys, until=now))
            await _verify_boxed(conn, answered)
        return [None if draft is None else next(told) for draft in drafts]

    return run


async def answer_again(
    conn: AsyncConnection, granted: Granted, keys: IndexKeys, now: datetime
) -> Draft:
    """Read and record once more what was answered within five minutes."""
    (found,) = await find_signals(conn, [granted.lookup], now=now)
    draft = _draft(granted, found, keys, repeat=True)
    (told,) = await _write(conn, [draft], keys, until=now - REPEAT_FOR)
    return told


async def _verify_boxed(conn: AsyncConnection, drafts: Sequence[Draft]) -> None:
    """Hold that no box names its person under a closed key, or raise `RowKeyLeft`.

    Boxes are written while it is held that no key is closed (`insert_lookups`).
    """
    boxed = [one.granted.lookup.rows for one in drafts if one.boxes]
    if boxed:
        states = await find_states(conn)
        for rows in boxed:
            rows.verify_written(states)


def _draft(
    granted: Granted, found: Found, keys: IndexKeys, *, repeat: bool = False
) -> Draft:
    decided = Decided(
        Outcome.ANSWERED,
        repeat=repeat,
        categories=tuple(one.id for one in granted.permit.categories),
    )
    entries = record_lookup(granted.asked, decided, found.numbers, found.signals, keys)
    boxes: tuple[SealedBox, ...] = ()
    if granted.telling is not None and not repeat:
        boxes = close_boxes(granted.telling, entries, found.signals, keys)
    return Draft(
        granted=granted,
        entries=entries,
        signals=found.signals,
        in_trial=found.in_trial,
        boxes=boxes,
        follows=found.follows,
        before=((),) * len(entries),
    )


async def _write(
    conn: AsyncConnection, drafts: Sequence[Draft], keys: IndexKeys, *, until: datetime
) -> Sequence[Draft]:
    """Record these lookups; add what each user was answered before to the same."""
    entries = [entry for draft in drafts for entry in draft.entries]
    boxes = [box for one in drafts for box in one.boxes]
    before = iter(
        await insert_lookups(conn, entries, boxes, keys.disclosures, until=until)
    )
    for draft in drafts:
        await insert_traces(conn, draft.entries, draft.granted.asked.trace)
    picks = [pick for draft in drafts for pick in _picks(draft)]
    await insert_picks(conn, picks)
    return [_with_before(draft, before) for draft in drafts]


def _with_before(draft: Draft, found: Iterator[Sequence[Opened]]) -> Draft:
    before = tuple(islice(found, len(draft.entries)))
    return replace(draft, before=before) if any(before) else draft


def _picks(draft: Draft) -> Sequence[Pick]:
    """Give what must be looked at afterwards: every lookup that broke the glass."""
    if not draft.granted.permit.review:
        return ()
    asked = draft.granted.asked
    question = asked.question
    return [
        Pick(
            entry_id=entry.id,
            municipality=question.municipality,
            organisation=question.caller.organisation,
            rules=frozenset({"break-glass"}),
            at=asked.at,
        )
        for entry in draft.entries
    ]
