"""Sources that handed over all that they told: another source tells it now.

An answer that named them would say of a merged agency that it knows nobody.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.tables.signals import signal
from signal_index.tables.transfers import signal_transfer


async def find_emptied(conn: AsyncConnection) -> frozenset[tuple[str, str, str]]:
    """Find source, municipality and category of which a transfer left not one signal.

    A source that gives signals anew is not among them.
    """
    rows = await conn.execute(
        select(
            signal_transfer.c.source,
            signal_transfer.c.municipality,
            signal_transfer.c.categories,
        ).where(signal_transfer.c.carried_out_at.is_not(None))
    )
    gave = {
        (row.source, row.municipality, category)
        for row in rows
        for category in row.categories
    }
    if not gave:
        return frozenset()
    left = await conn.execute(
        select(signal.c.source, signal.c.municipality, signal.c.category)
        .where(signal.c.source.in_({source for source, *_ in gave}))
        .distinct()
    )
    return frozenset(gave - {tuple(row) for row in left})
