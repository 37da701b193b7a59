"""Outboxes that a source lost: nothing of them is taken any more.

What a lost outbox told is told anew by the one in its place, and then taken back. A
copy of it that turns up would find its signals gone, and give each citizen a second
flag beside the one that the other outbox told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import OutboxReplaced
from signal_index.tables.signals import replaced_outbox

_COLUMNS = replaced_outbox.c


async def find_replaced(
    conn: AsyncConnection, organisation: str
) -> Mapping[UUID, UUID]:
    """Give the outboxes that an organisation lost, each with the one in its place."""
    query = select(_COLUMNS.outbox, _COLUMNS.replaced_by)
    rows = await conn.execute(query.where(_COLUMNS.submitted_by == organisation))
    return {row.outbox: row.replaced_by for row in rows}


async def verify_in_use(
    conn: AsyncConnection, organisation: str, outbox: UUID | None
) -> None:
    """Raise `OutboxReplaced` for an outbox that its organisation called lost."""
    if outbox in await find_replaced(conn, organisation):
        raise OutboxReplaced


async def replace_outboxes(
    conn: AsyncConnection,
    organisation: str,
    by: UUID,
    lost: Collection[UUID],
    *,
    now: datetime,
) -> None:
    """Note which outboxes are gone and which took their place; the last word counts.

    The caller has checked that `by` is in use itself, and not among the lost.
    """
    known = await find_replaced(conn, organisation)
    said = {"replaced_by": by, "replaced_at": now}
    for outbox in set(lost):
        if outbox in known:
            await conn.execute(
                update(replaced_outbox)
                .where(_COLUMNS.submitted_by == organisation, _COLUMNS.outbox == outbox)
                .values(said)
            )
        else:
            row = {"submitted_by": organisation, "outbox": outbox, **said}
            await conn.execute(insert(replaced_outbox).values(row))
