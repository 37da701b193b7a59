"""What sources answered to "the citizen says that it ended", for who said so.

- It is read where the source reads it: in the notice that asked, once that was handed
  out, and in its signal. Nothing is stored for it, so publishing, ending and confirming
  write and take what they did.
- Told are an act of the source alone: that help goes on, that its registration named
  the signal again on a later day, or that it ended; never why.
- A signal that is restricted, a source that is not live and a notice that became a
  cover (an embargo) say nothing. What passed on says nothing of what became of it.

Proven by tests/attack/test_an_answer_comes_back_to_who_asked.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.keyring import YearKeys
from signal_index.returning import derive_answer
from signal_index.signals import SignalState
from signal_index.store.notice_settled import (
    Settled,
    asks_whether_ended,
    find_settled,
)
from signal_index.store.notices import StoredNotice, entry_key, find_handed_out
from signal_index.store.outcomes import find_told
from signal_index.store.own_flags import Place
from signal_index.tables.registry import source
from signal_index.tables.signals import shown_signals
from signal_index.wire.lookups import HowAnswered
from signal_index.wire.sources import SourceState

_Standing = Mapping[tuple[str, UUID], date]
"""When active signals were last confirmed, by source and reference."""


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What a source did since; `on`: that day, which is not known of what ended."""

    how: HowAnswered
    on: date | None = None


async def find_answers(
    conn: AsyncConnection, places: Collection[Place], keys: YearKeys
) -> Mapping[Place, SourceAnswer]:
    """Find what was answered to what was said last at these places of own lookups.

    `places`: where the caller said that help ended, and may know what came of it. What
    was not answered is not among it.
    """
    told = await find_told(conn, places, keys.disclosures)
    is_live = source.c.state == SourceState.LIVE.value
    live = (await conn.scalars(select(source.c.oin).where(is_live))).all()
    names = {
        derive_answer(key, name, src): place
        for place, name in told.items()
        if (key := entry_key(keys.disclosures, place[0])) is not None
        for src in live
    }
    notices = await find_handed_out(conn, names, keys)
    asking = [one for one in notices if one.body and asks_whether_ended(one.body)]
    settled = await find_settled(conn, asking)
    standing = await _find_standing(conn, asking)
    answers = {
        names[one.id]: _find_answer(one, settled.get(one.id), standing)
        for one in asking
    }
    return {place: answer for place, answer in answers.items() if answer is not None}


async def _find_standing(
    conn: AsyncConnection, notices: Sequence[StoredNotice]
) -> _Standing:
    """Find which of these signals a lookup may show, and when each was confirmed."""
    about = sorted({reference for one in notices for reference in _about(one)})
    shown = shown_signals("source", "reference", "state", "confirmed_on")
    rows = await conn.execute(
        select(shown)
        .where(shown.c.reference.in_(about))
        .where(shown.c.state == SignalState.ACTIVE.value)
    )
    return {(row.source, row.reference): row.confirmed_on for row in rows}


def _find_answer(
    one: StoredNotice, came: Settled | None, standing: _Standing
) -> SourceAnswer | None:
    if came is not None and came.how == "ended":
        return SourceAnswer("ended")
    days = [standing.get((one.source, reference)) for reference in _about(one)]
    confirmed = [day for day in days if day is not None]
    if not confirmed or len(confirmed) < len(days):
        return None
    if came is not None:
        return SourceAnswer("goes-on", came.on) if came.how == "goes-on" else None
    said_at = one.body.more.get("saidAt") if one.body else None
    asked_on = day_of(datetime.fromisoformat(said_at)) if said_at else date.max
    last = min(confirmed)
    return SourceAnswer("told-again", last) if last > asked_on else None


def _about(one: StoredNotice) -> Sequence[UUID]:
    return [each.reference for each in one.body.signals] if one.body else []
