"""Embargoes: placed under a person's row, found again only with the person at hand.

A list of embargoes names nobody. Where one stands follows from its end, its lifting and
its approval (`citizens.embargo.judge_embargo`); nothing has to be switched off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.pseudonym import KeyVersion, SealedRow
from policy.key import calendar_day
from signal_index.citizens.embargo import (
    HOLDING,
    EmbargoFacts,
    EmbargoState,
    judge_embargo,
)
from signal_index.errors import EmbargoOver, UnknownEmbargo
from signal_index.store.approvals import State
from signal_index.store.ledger_reading import Page
from signal_index.tables.approvals import approval
from signal_index.tables.citizen_rights import embargo


@dataclass(frozen=True, slots=True, repr=False)
class NewEmbargo:
    """An embargo as it is placed."""

    id: UUID
    municipality: str
    organisation: str
    reference: str
    row: SealedRow
    key_version: KeyVersion
    categories: tuple[str, ...]
    reason: str
    until: date
    placed_at: datetime
    approval_id: UUID


@dataclass(frozen=True, slots=True)
class PlacedEmbargo:
    """An embargo as officers see it: about whom is not in it."""

    id: UUID
    reference: str
    categories: tuple[str, ...]
    reason: str
    until: date
    placed_at: datetime
    approval_id: UUID
    lifting: str | None
    lifted_at: datetime | None
    state: EmbargoState


async def insert_embargo(conn: AsyncConnection, made: NewEmbargo) -> None:
    """Place an embargo; whether it was approved is looked up when it counts."""
    await conn.execute(
        insert(embargo),
        {
            "id": made.id,
            "municipality": made.municipality,
            "organisation": made.organisation,
            "reference": made.reference,
            "row_key": made.row.row_key,
            "seal": made.row.seal,
            "key_version": made.key_version,
            "categories": list(made.categories),
            "reason": made.reason,
            "until": made.until,
            "placed_at": made.placed_at,
            "approval_id": made.approval_id,
            "lifting": None,
            "lifted_at": None,
        },
    )


async def find_held_categories(
    conn: AsyncConnection, row_key: bytes, municipality: str, now: datetime
) -> frozenset[str]:
    """Give the categories that must stay out of this person's report now."""
    rows = await conn.execute(
        _SELECT.where(
            embargo.c.row_key == row_key, embargo.c.municipality == municipality
        )
    )
    placed = [_embargo(row, now) for row in rows]
    held = [one.categories for one in placed if one.state in HOLDING]
    return frozenset(category for categories in held for category in categories)


async def list_embargoes(
    conn: AsyncConnection, municipality: str, page: Page, *, now: datetime
) -> Sequence[PlacedEmbargo]:
    """Give a municipality's embargoes, the newest first."""
    query = _SELECT.where(embargo.c.municipality == municipality)
    if page.before is not None:
        query = query.where(embargo.c.id < page.before)
    rows = await conn.execute(query.order_by(embargo.c.id.desc()).limit(page.limit))
    return [_embargo(row, now) for row in rows]


async def lift_embargo(
    conn: AsyncConnection, id_: UUID, municipality: str, lifting: str, now: datetime
) -> PlacedEmbargo:
    """Lift an embargo before its end, or raise `UnknownEmbargo` or `EmbargoOver`."""
    row = (
        await conn.execute(
            _SELECT.where(embargo.c.id == id_, embargo.c.municipality == municipality)
        )
    ).one_or_none()
    if row is None:
        raise UnknownEmbargo
    found = _embargo(row, now)
    if found.state not in HOLDING:
        raise EmbargoOver
    changed = await conn.execute(
        update(embargo)
        .where(embargo.c.id == id_, embargo.c.lifted_at.is_(None))
        .values(lifting=lifting, lifted_at=now)
    )
    if changed.rowcount == 0:
        raise EmbargoOver
    return found


_SELECT: Select[*tuple[Any, ...]] = select(
    embargo.c.id,
    embargo.c.reference,
    embargo.c.categories,
    embargo.c.reason,
    embargo.c.until,
    embargo.c.placed_at,
    embargo.c.approval_id,
    embargo.c.lifting,
    embargo.c.lifted_at,
    approval.c.state.label("approval"),
    approval.c.expires_at,
).join(approval, approval.c.id == embargo.c.approval_id)


def _embargo(row: Row[*tuple[Any, ...]], now: datetime) -> PlacedEmbargo:
    unheard = row.approval == State.OPEN and row.expires_at <= now
    approval_state = State.EXPIRED if unheard else State(row.approval)
    facts = EmbargoFacts(row.until, row.lifted_at is not None, approval_state)
    return PlacedEmbargo(
        id=row.id,
        reference=row.reference,
        categories=tuple(row.categories),
        reason=row.reason,
        until=row.until,
        placed_at=row.placed_at,
        approval_id=row.approval_id,
        lifting=row.lifting,
        lifted_at=row.lifted_at,
        state=judge_embargo(facts, calendar_day(now)),
    )
