"""Closed deliveries: from them follows when a source was last heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.tables.registry import coverage
from signal_index.tables.signals import delivery
from signal_index.wire.deliveries import Delivery


async def is_delivery_known(conn: AsyncConnection, said: Delivery) -> bool:
    """Tell whether this delivery was closed before: the source asks it once more."""
    found = await conn.execute(
        select(delivery.c.id).where(delivery.c.id == said.delivery).limit(1)
    )
    return found.first() is not None


async def close_delivery(
    conn: AsyncConnection,
    said: Delivery,
    places: Sequence[tuple[str, str]],
    *,
    submitted_by: str,
    now: datetime,
) -> None:
    """Close a delivery: the source was heard for each of these places.

    A place is a municipality and a category that the source covers there.
    """
    told = said.model_dump(mode="json", include={"counts", "rejects"})
    await conn.execute(
        insert(delivery),
        [
            {
                "id": said.delivery,
                "municipality": municipality,
                "category": category,
                "source": said.source,
                "submitted_by": submitted_by,
                "kind": said.kind.value,
                "period_from": said.starts,
                "period_until": said.ends,
                "counts": told,
                "closed_at": now,
            }
            for municipality, category in places
        ],
    )
    await conn.execute(
        update(coverage)
        .where(
            coverage.c.source == said.source,
            coverage.c.municipality.in_(said.municipalities),
            coverage.c.category.in_(said.categories),
        )
        .values(last_heard=now)
    )
