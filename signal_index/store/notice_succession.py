"""What sources hear of signals that passed from one to another, and who hears then.

- Each of the two is told of every signal that passed, by its reference, in one notice
  for all of them (of more than a thousand: one for each thousand).
- What comes back about a signal goes to whose it is at that moment: an outcome of a
  lookup from before the transfer reaches the successor, and nobody else.
- What the first source had not fetched yet is told to the successor too: the first may
  be there no more, and a question to call back must reach whoever helps now.
- Rows that are written depend on transfers and on how many rows there were, never on
  which of them said something: others are covers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.returning import (
    PASSED_AT_MOST,
    Body,
    NoticeKind,
    Passed,
    Shown,
)
from signal_index.returning.bodies import COVER
from signal_index.store.many_rows import in_parts
from signal_index.store.notice_rows import NoticeRow, Telling
from signal_index.store.notices import find_body
from signal_index.tables.notices import return_notice
from signal_index.tables.signals import tombstone
from signal_index.tables.transfers import signal_transfer

GOES_ALONG: Final = frozenset(
    {
        NoticeKind.LOOKED_UP,
        NoticeKind.OUTCOME,
        NoticeKind.CORRECTION,
        NoticeKind.OBJECTION,
        NoticeKind.MATCH,
    }
)
"""What a successor must still hear; what is due is found for it anew, by day."""

Signals = Mapping[str, Sequence[Shown]]
"""Signals by the source that had them, or has them."""


async def follow(conn: AsyncConnection, municipality: str, told: Signals) -> Signals:
    """Give by source what each hears now, with those who took over from any of them.

    Whoever took over hears, perhaps nothing (a cover), whosever signals these were.
    """
    followed: dict[str, Sequence[Shown]] = dict.fromkeys(told, ())
    followed |= dict.fromkeys(await _find_heirs(conn, municipality, told), ())
    return followed | await find_owners(conn, told)


async def find_owners(conn: AsyncConnection, told: Signals) -> dict[str, list[Shown]]:
    """Give signals by whose they are now; one that passed on twice is the last's."""
    owned: dict[str, list[Shown]] = defaultdict(list)
    for first, signals in told.items():
        waiting = {first: list(signals)}
        while waiting:
            src, shown = waiting.popitem()
            passed = await _find_passed(conn, src, [one.reference for one in shown])
            for one in shown:
                to = passed.get(one.reference)
                if to is None:
                    owned[src].append(one)
                else:
                    waiting.setdefault(to, []).append(one)
    return dict(owned)


async def tell_passed(
    conn: AsyncConnection, municipality: str, one: Passed, telling: Telling
) -> list[NoticeRow]:
    """Tell both sources of each signal, and the successor what was not fetched yet."""
    moved = (
        await conn.execute(
            select(
                signal_transfer.c.source,
                signal_transfer.c.successor,
                signal_transfer.c.carried_out_at,
            ).where(signal_transfer.c.id == one.transfer)
        )
    ).one()
    found = await conn.scalars(
        select(tombstone.c.reference)
        .where(tombstone.c.source == moved.source)
        .where(tombstone.c.transfer == one.transfer)
        .order_by(tombstone.c.reference)
    )
    references = found.all()
    more = {
        "source": moved.source,
        "successor": moved.successor,
        "saidAt": moved.carried_out_at.isoformat(),
        "signals": str(len(references)),
    }
    bodies = [
        Body(NoticeKind.SUCCESSION, tuple(map(Shown, part)), more=more)
        for part in in_parts(references, PASSED_AT_MOST)
    ]
    succession = [
        _row(src, municipality, body)
        for src in (moved.source, moved.successor)
        for body in bodies
    ]
    waiting = await _find_waiting(conn, municipality, moved.source, telling)
    mine = frozenset(references)
    return succession + [
        _row(moved.successor, municipality, _take_along(body, mine)) for body in waiting
    ]


async def _find_waiting(
    conn: AsyncConnection, municipality: str, src: str, telling: Telling
) -> list[Body]:
    """Read what a source was told there and did not fetch yet, covers too."""
    rows = await conn.execute(
        select(return_notice)
        .where(return_notice.c.source == src)
        .where(return_notice.c.municipality == municipality)
        .where(return_notice.c.acknowledged.is_(False))
    )
    return [find_body(row, telling.keys) or COVER for row in rows]


def _take_along(body: Body, mine: Collection[UUID]) -> Body:
    """Give what of a notice is about signals that passed on; a cover if nothing is."""
    about = tuple(one for one in body.signals if one.reference in mine)
    if not about or body.kind not in GOES_ALONG:
        return COVER
    return replace(body, signals=about, known=())


def _row(src: str, municipality: str, body: Body) -> NoticeRow:
    return NoticeRow(src, municipality, body, names_case=True)


async def _find_passed(
    conn: AsyncConnection, src: str, references: Sequence[UUID]
) -> Mapping[UUID, str]:
    """Find who took these signals over from a source."""
    found: dict[UUID, str] = {}
    for part in in_parts(references):
        rows = await conn.execute(
            select(tombstone.c.reference, signal_transfer.c.successor)
            .join(signal_transfer, signal_transfer.c.id == tombstone.c.transfer)
            .where(tombstone.c.source == src)
            .where(tombstone.c.reference.in_(part))
        )
        found |= {row.reference: row.successor for row in rows}
    return found


async def _find_heirs(
    conn: AsyncConnection, municipality: str, sources: Collection[str]
) -> set[str]:
    """Find who took any signals over there from these, and from whoever did."""
    rows = await conn.execute(
        select(signal_transfer.c.source, signal_transfer.c.successor)
        .where(signal_transfer.c.municipality == municipality)
        .where(signal_transfer.c.carried_out_at.is_not(None))
        .distinct()
    )
    pairs = [(row.source, row.successor) for row in rows]
    known = set(sources)
    while new := {to for src, to in pairs if src in known} - known:
        known |= new
    return known - set(sources)
