"""Deletes what is over of citizens' requests, corrections and embargoes, and counts it.

A request goes when it was closed that long ago, a correction when it was answered (and
its signal is no longer restricted because of it), an embargo when it ended. What the
ledger says of them stays as long as its year.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, delete, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.tables.citizen_rights import access_request, correction, embargo


async def erase_over(
    conn: AsyncConnection, before: datetime, before_day: date
) -> Mapping[str, Mapping[str, int]]:
    """Delete what ended before; give counts by municipality and kind of row."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    over: Mapping[Table, ColumnElement[bool]] = {
        access_request: access_request.c.closed_at < before,
        correction: (correction.c.answered_at < before)
        & or_(
            correction.c.restricted_at.is_(None), correction.c.released_at.is_not(None)
        ),
        embargo: (embargo.c.until < before_day) | (embargo.c.lifted_at < before),
    }
    for table, condition in over.items():
        gone = await conn.scalars(
            delete(table).where(condition).returning(table.c.municipality)
        )
        for municipality, count in Counter(gone).items():
            counts[municipality][table.name] = count
    return counts
