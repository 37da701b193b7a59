"""Sheets of one day and municipality: one for each source that takes part, and notices.

All of them have one length and one number, found or not; which row was made for whom
stands in no order.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import LoopActId
from signal_index.citizens.embargo import ROW
from signal_index.days import day_of
from signal_index.matching import (
    MatchSide,
    SheetAt,
    SignalOf,
    seal_sheets,
    take_bracket,
)
from signal_index.returning import Body, NoticeKind, Shown
from signal_index.returning.bodies import COVER
from signal_index.store.match_finding import FoundMatch, Run
from signal_index.store.notice_rows import NoticeRow, write_notices
from signal_index.store.row_keys import hold_written
from signal_index.tables.matches import match_sheet
from signal_index.tables.registry import coverage, source
from signal_index.wire.sources import SourceState


async def write_sheets(
    conn: AsyncConnection, found: Sequence[tuple[FoundMatch, UUID]], run: Run
) -> None:
    """Write a sheet and as many notices for each source that takes part there.

    `found`: with the ledger entry of each.
    """
    today = day_of(run.telling.now)
    sides: dict[str, list[MatchSide]] = {
        src: [] for src in await _find_taking_part(conn, run)
    }
    for one, entry in found:
        for src, side in _sides(one, entry, today):
            sides.setdefault(src, []).append(side)
    await _insert_sheets(conn, sides, run)
    most = take_bracket(max((len(mine) for mine in sides.values()), default=0))
    notices = [
        NoticeRow(src, run.municipality, body, names_case=True)
        for src, mine in sides.items()
        for body in (
            *(_notice(side) for side in mine),
            *[COVER] * (most - len(mine)),
        )
    ]
    await write_notices(conn, notices, run.telling)


async def _find_taking_part(conn: AsyncConnection, run: Run) -> Sequence[str]:
    """Find the live sources of kinds that may be matched there: it names nobody."""
    act = run.policy.catalogue.loop_acts[LoopActId.MATCH]
    rows = await conn.scalars(
        select(coverage.c.source)
        .join(source, source.c.oin == coverage.c.source)
        .where(coverage.c.municipality == run.municipality)
        .where(coverage.c.category.in_(sorted(act.categories)))
        .where(source.c.state == SourceState.LIVE.value)
        .distinct()
        .order_by(coverage.c.source)
    )
    return rows.all()


def _sides(
    found: FoundMatch, entry: UUID, today: date
) -> Iterable[tuple[str, MatchSide]]:
    """Give both sides; which is 0 and which is 1 is chance's."""
    match = uuid4()
    both = [found.one, found.other]
    secrets.SystemRandom().shuffle(both)
    for number, (own, other) in enumerate((both, both[::-1])):
        side = MatchSide(
            id=uuid4(),
            match=match,
            side=number,
            own=SignalOf(own.category, own.at.reference),
            other=SignalOf(other.category, other.at.reference),
            person=found.person,
            found=today,
            entry=entry,
        )
        yield own.source, side


def _notice(side: MatchSide) -> Body:
    about = (Shown(side.own.reference),)
    return Body(NoticeKind.MATCH, about, person=side.person)


async def _insert_sheets(
    conn: AsyncConnection, sides: Mapping[str, Sequence[MatchSide]], run: Run
) -> None:
    telling = run.telling
    act = run.policy.catalogue.loop_acts[LoopActId.MATCH]
    until = day_of(telling.now) + timedelta(days=act.most_days)
    sheets = {
        SheetAt(uuid4(), run.municipality, src, until): mine
        for src, mine in sides.items()
    }
    rows = [
        {**at._asdict(), "year": telling.key.year, "sealed": sealed}
        for at, sealed in seal_sheets(sheets, telling.key).items()
    ]
    secrets.SystemRandom().shuffle(rows)
    if rows:
        await conn.execute(insert(match_sheet), rows)
    persons = (side.person for mine in sides.values() for side in mine)
    row_keys = telling.keys.row_keys
    await hold_written(conn, row_keys, row_keys.name_keys(persons, ROW))
