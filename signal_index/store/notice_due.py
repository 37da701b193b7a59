"""Finds what a source should hear in time: about its own, and in the clear here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.returning import Body, NoticeKind, Shown
from signal_index.tables.registry import contact_holder
from signal_index.tables.signals import shown_signals

MOST_AT_ONCE: Final = 2_000
DueNotice = tuple[str, str, Body, str]
"""Source, municipality, what it says, and by what it is known as told."""


async def find_stale_soon(
    conn: AsyncConnection, verified_until: date, stale_after: timedelta
) -> Sequence[DueNotice]:
    """Find contact holders, named by a signal, not confirmed since a day."""
    shown = shown_signals("contact_holder", "source", "municipality")
    rows = await conn.execute(
        select(
            contact_holder.c.id,
            contact_holder.c.last_verified,
            shown.c.source,
            func.min(shown.c.municipality).label("municipality"),
        )
        .join(shown, shown.c.contact_holder == contact_holder.c.id)
        .where(contact_holder.c.last_verified <= verified_until)
        .group_by(contact_holder.c.id, contact_holder.c.last_verified, shown.c.source)
        .limit(MOST_AT_ONCE)
    )
    return [
        (
            row.source,
            row.municipality,
            Body(
                NoticeKind.CONTACT_STALE_SOON,
                more={
                    "contactHolder": str(row.id),
                    "on": (row.last_verified + stale_after).isoformat(),
                },
            ),
            f"{row.id}:{row.last_verified}",
        )
        for row in rows
    ]


async def find_expiring(
    conn: AsyncConnection, today: date, until: date
) -> Sequence[DueNotice]:
    """Find active signals whose last day is near; the nearest first."""
    shown = shown_signals(
        "id", "source", "reference", "municipality", "state", "valid_until"
    )
    rows = await conn.execute(
        select(shown)
        .where(shown.c.state == "active")
        .where(shown.c.valid_until.between(today, until))
        .order_by(shown.c.valid_until)
        .limit(MOST_AT_ONCE)
    )
    return [
        (
            row.source,
            row.municipality,
            Body(
                NoticeKind.SIGNAL_EXPIRES_SOON,
                (Shown(UUID(str(row.reference))),),
                more={"on": row.valid_until.isoformat()},
            ),
            f"{row.reference}:{row.valid_until}",
        )
        for row in rows
    ]
