"""Finds what a source should hear in time: about its own, and in the clear here.

A part at a time, in an order of its own, so that all of it is gone through: what was
told before never stands before what was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.returning import Body, NoticeKind, Shown
from signal_index.tables.registry import contact_holder
from signal_index.tables.signals import shown_signals

AT_ONCE: Final = 1_000
DueNotice = tuple[str, str, Body, str]
"""Source, municipality, what it says, and by what it is known as told."""


@dataclass(frozen=True, slots=True)
class Due:
    """A part of what is due, and after which the next part begins; None: it is all."""

    notices: Sequence[DueNotice]
    next: tuple[Any, ...] | None


async def find_stale_soon(
    conn: AsyncConnection,
    verified_until: date,
    stale_after: timedelta,
    after: tuple[Any, ...] | None = None,
    *,
    at_once: int = AT_ONCE,
) -> Due:
    """Find contact holders, named by a signal, not confirmed since a day."""
    shown = shown_signals("contact_holder", "source", "municipality")
    query = (
        select(
            contact_holder.c.id,
            contact_holder.c.last_verified,
            shown.c.source,
            func.min(shown.c.municipality).label("municipality"),
        )
        .join(shown, shown.c.contact_holder == contact_holder.c.id)
        .where(contact_holder.c.last_verified <= verified_until)
        .group_by(contact_holder.c.id, contact_holder.c.last_verified, shown.c.source)
        .order_by(contact_holder.c.id, shown.c.source)
        .limit(at_once)
    )
    if after is not None:
        query = query.where(
            tuple_(contact_holder.c.id, shown.c.source) > tuple_(*after)
        )
    rows = list(await conn.execute(query))
    notices = [
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
    last = (rows[-1].id, rows[-1].source) if len(rows) == at_once else None
    return Due(notices, last)


async def find_expiring(
    conn: AsyncConnection,
    today: date,
    until: date,
    after: tuple[Any, ...] | None = None,
    *,
    at_once: int = AT_ONCE,
) -> Due:
    """Find active signals whose last day is near; the nearest first."""
    shown = shown_signals(
        "id", "source", "reference", "municipality", "state", "valid_until"
    )
    query = (
        select(shown)
        .where(shown.c.state == "active")
        .where(shown.c.valid_until.between(today, until))
        .order_by(shown.c.valid_until, shown.c.id)
        .limit(at_once)
    )
    if after is not None:
        query = query.where(tuple_(shown.c.valid_until, shown.c.id) > tuple_(*after))
    rows = list(await conn.execute(query))
    notices = [
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
    last = (rows[-1].valid_until, rows[-1].id) if len(rows) == at_once else None
    return Due(notices, last)
