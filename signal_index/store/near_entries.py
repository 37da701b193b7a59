"""What one user did about one person within so long of something else they did.

Before and after: the clocks of two workers may differ.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import MINUTE, end_id, first_id, read_uuid7_minute
from signal_index.tables.ledger import ledger_disclosure


async def find_near(
    conn: AsyncConnection,
    entries: Collection[UUID],
    within: timedelta,
    *,
    in_same_case: bool = False,
) -> Sequence[tuple[UUID, UUID]]:
    """Pair each of these entries with every other of its user and person, if near.

    `in_same_case`: and of its case; what has none is then paired with nothing.
    """
    own, other = ledger_disclosure.alias("own"), ledger_disclosure.alias("other")
    times = [read_uuid7_minute(one) for one in entries]
    since = first_id(min(times) - within)
    until = end_id(max(times) + within + MINUTE)
    is_alike = and_(
        other.c.find_user == own.c.find_user,
        other.c.find_person == own.c.find_person,
        other.c.entry_id != own.c.entry_id,
        other.c.entry_id.between(since, until),
    )
    if in_same_case:
        is_alike = and_(is_alike, other.c.find_case == own.c.find_case)
    rows = await conn.execute(
        select(own.c.entry_id, other.c.entry_id)
        .join(other, is_alike)
        .where(own.c.entry_id.in_(entries))
    )
    return [
        (one, each)
        for one, each in rows
        if abs(read_uuid7_minute(one) - read_uuid7_minute(each)) <= within
    ]
