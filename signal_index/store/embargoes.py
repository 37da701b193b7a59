"""Embargoes: placed under a person's row, found again only with the person at hand.

A list of embargoes names nobody. Where one stands follows from its end, its lifting and
its approval (`citizens.embargo.judge_embargo`); nothing has to be switched off.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
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
from signal_index.labels import Labels
from signal_index.store.approvals import State
from signal_index.store.ledger_reading import Page
from signal_index.store.many_rows import in_parts
from signal_index.tables.approvals import approval
from signal_index.tables.citizen_rights import embargo
from signal_index.wire.embargoes import Embargo


async def insert_embargo(
    conn: AsyncConnection,
    placed: Embargo,
    *,
    municipality: str,
    organisation: str,
    row: SealedRow,
    key_version: KeyVersion,
) -> None:
    """Place an embargo; whether it was approved is looked up when it counts."""
    await conn.execute(
        insert(embargo),
        {
            "id": placed.id,
            "municipality": municipality,
            "organisation": organisation,
            "reference": placed.reference,
            "row_key": row.row_key,
            "seal": row.seal,
            "key_version": key_version,
            "categories": [one.code for one in placed.categories],
            "reason": placed.reason,
            "until": placed.until,
            "placed_at": placed.placedAt,
            "approval_id": placed.approvalId,
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
    held = [row.categories for row in rows if _state(row, now) in HOLDING]
    return frozenset(category for categories in held for category in categories)


async def list_embargoes(
    conn: AsyncConnection,
    municipality: str,
    page: Page,
    labels: Labels,
    *,
    now: datetime,
) -> Sequence[Embargo]:
    """Read a municipality's embargoes, the newest first."""
    query = _SELECT.where(embargo.c.municipality == municipality)
    if page.before is not None:
        query = query.where(embargo.c.id < page.before)
    rows = await conn.execute(query.order_by(embargo.c.id.desc()).limit(page.limit))
    return [_embargo(row, labels, now) for row in rows]


async def lift_embargo(
    conn: AsyncConnection, id_: UUID, municipality: str, lifting: str, now: datetime
) -> None:
    """Lift an embargo before its end, or raise `UnknownEmbargo` or `EmbargoOver`."""
    row = (
        await conn.execute(
            _SELECT.where(embargo.c.id == id_, embargo.c.municipality == municipality)
        )
    ).one_or_none()
    if row is None:
        raise UnknownEmbargo
    if _state(row, now) not in HOLDING:
        raise EmbargoOver
    changed = await conn.execute(
        update(embargo)
        .where(embargo.c.id == id_, embargo.c.lifted_at.is_(None))
        .values(lifting=lifting, lifted_at=now)
    )
    if changed.rowcount == 0:
        raise EmbargoOver


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


def _state(row: Row[*tuple[Any, ...]], now: datetime) -> EmbargoState:
    unheard = row.approval == State.OPEN and row.expires_at <= now
    approval_state = State.EXPIRED if unheard else State(row.approval)
    facts = EmbargoFacts(row.until, row.lifted_at is not None, approval_state)
    return judge_embargo(facts, calendar_day(now))


def _embargo(row: Row[*tuple[Any, ...]], labels: Labels, now: datetime) -> Embargo:
    catalogue = labels.catalogue
    return Embargo(
        id=row.id,
        reference=row.reference,
        categories=labels.name(catalogue.categories, row.categories),
        reason=row.reason,
        reasonLabel=labels.of(catalogue.embargo_reasons, row.reason),
        until=row.until,
        placedAt=row.placed_at,
        approvalId=row.approval_id,
        state=_state(row, now).value,
        lifting=row.lifting,
        liftingLabel=labels.of(catalogue.embargo_liftings, row.lifting),
        liftedAt=row.lifted_at,
    )


async def find_embargoed(
    conn: AsyncConnection, row_keys: Collection[bytes], *, now: datetime
) -> frozenset[tuple[bytes, str]]:
    """Find where an embargo holds now: (row of the person, municipality).

    For who would tell others of a person; which kinds it is about does not matter then.
    """
    found: set[tuple[bytes, str]] = set()
    for part in in_parts(sorted(row_keys)):
        rows = await conn.execute(
            select(
                embargo.c.row_key,
                embargo.c.municipality,
                embargo.c.until,
                embargo.c.lifted_at,
                approval.c.state.label("approval"),
                approval.c.expires_at,
            )
            .join(approval, approval.c.id == embargo.c.approval_id)
            .where(embargo.c.row_key.in_(part))
        )
        found.update(
            (bytes(row.row_key), row.municipality)
            for row in rows
            if _state(row, now) in HOLDING
        )
    return frozenset(found)
