"""Closed deliveries: from them follows when a source was last heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import DeliveryIdUsed
from signal_index.tables.registry import coverage, rehearsal
from signal_index.tables.signals import delivery
from signal_index.wire.deliveries import Delivery, Hearing


async def is_delivery_known(
    conn: AsyncConnection, said: Delivery, *, submitted_by: str
) -> bool:
    """Tell whether this delivery was closed before: the source asks it once more.

    Raises `DeliveryIdUsed` where the one that was closed said something else.
    """
    query = select(delivery).where(delivery.c.id == said.delivery)
    rows = (await conn.execute(query)).all()
    if not rows:
        return False
    told = (said.source, submitted_by, said.kind.value, said.starts, said.ends)
    for row in rows:
        kept = (row.source, row.submitted_by, row.kind, row.period_from)
        if (*kept, row.period_until) != told or row.counts != _told_counts(said):
            raise DeliveryIdUsed
    # Each category and municipality that was told stands in some place (`_covered`).
    places = ({row.category for row in rows}, {row.municipality for row in rows})
    if places != (set(said.categories), set(said.municipalities)):
        raise DeliveryIdUsed
    return True


async def close_delivery(
    conn: AsyncConnection,
    said: Delivery,
    places: Sequence[tuple[str, str]],
    *,
    submitted_by: str,
    now: datetime,
) -> None:
    """Close a delivery: the source was heard for each of these places, or was not.

    Unheard, it is kept and shown, and the time of the last one that was heard stays:
    the source is late until a delivery makes sense. A place is a municipality and a
    category that the source covers there. A delivery of a rehearsal is kept like any
    other, but nobody was heard: it held test persons.
    """
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
                "counts": _told_counts(said),
                "closed_at": now,
            }
            for municipality, category in places
        ],
    )
    is_tried = select(rehearsal.c.id).where(rehearsal.c.delivery == said.delivery)
    if said.hearing is Hearing.UNHEARD or (await conn.execute(is_tried)).first():
        return
    await conn.execute(
        update(coverage)
        .where(
            coverage.c.source == said.source,
            coverage.c.municipality.in_(said.municipalities),
            coverage.c.category.in_(said.categories),
        )
        .values(last_heard=now)
    )


def _told_counts(said: Delivery) -> dict[str, object]:
    told = {"counts", "hearing", "rejects", "passed"}
    return said.model_dump(mode="json", include=told)
