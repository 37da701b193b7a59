"""Signals pass from one source to another: asked, and carried out when approved.

- Nothing of a signal changes but whose it is, whom to call, and from whom it was taken
  over: the row key stays, and nobody learns about whom it is.
- What the first source still sends about them is refused (`SignalTransferred`) for two
  years: a tombstone that no version gets past. Otherwise a citizen would have two flags
  for one case, one of an organisation that helps no more.
- Corrections and objections that are not done go along: whose signal it is answers
  them, and a restriction ends where the signal is.
- How a signal is tended follows from its new source: by hand where that has no export,
  by delivery otherwise. Else nobody there could change or end it.
- The caller records it in the ledger, in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.errors import TransferOutdated, UnknownApproval
from signal_index.identifiers import new_uuid7
from signal_index.store.approval_records import State
from signal_index.store.signals import lock_source
from signal_index.tables.approvals import approval
from signal_index.tables.citizen_rights import correction
from signal_index.tables.registry import contact_holder, source
from signal_index.tables.signals import shown_signals, signal, tombstone
from signal_index.tables.transfers import signal_transfer
from signal_index.wire.sources import SourceState

TRANSFERRED: Final = "transferred"
TRANSFERRED_FOR: Final = timedelta(days=730)
"""How long the first source cannot publish them again: as long as a signal can live."""
SHOWN: Final = 50
_PART: Final = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """What a transfer is about, exactly: this is what two persons agree on."""

    municipality: str
    source: str
    successor: str
    categories: tuple[str, ...]
    contacts: tuple[UUID, ...] | None
    contact_holder: UUID | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A transfer as it stands."""

    id: UUID
    approval_id: UUID
    asked: Asked
    asked_at: datetime
    state: State
    carried_out_at: datetime | None
    signals: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """How many signals passed on, and SHA-256 over their references, sorted."""

    signals: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Stock:
    """How many signals a source has of one category, under one contact holder."""

    source: str
    category: str
    contact: UUID
    signals: int


async def insert_transfer(
    conn: AsyncConnection, id_: UUID, asked: Asked, approval_id: UUID, *, now: datetime
) -> None:
    """Keep what was asked, until a second person decides."""
    contacts = asked.contacts
    await conn.execute(
        insert(signal_transfer),
        {
            "id": id_,
            "municipality": asked.municipality,
            "approval_id": approval_id,
            "source": asked.source,
            "successor": asked.successor,
            "categories": list(asked.categories),
            "contacts": None if contacts is None else [str(one) for one in contacts],
            "contact_holder": asked.contact_holder,
            "asked_at": now,
        },
    )


async def list_transfers(
    conn: AsyncConnection, municipality: str, *, now: datetime
) -> Sequence[Recorded]:
    """Read a municipality's newest transfers, newest first."""
    query = _query().where(signal_transfer.c.municipality == municipality)
    rows = await conn.execute(query.order_by(signal_transfer.c.id.desc()).limit(SHOWN))
    return [_recorded(row, now) for row in rows]


async def get_transfer(
    conn: AsyncConnection, approval_id: UUID, *, now: datetime
) -> Recorded:
    """Give the transfer that an approval is about, or raise `UnknownApproval`."""
    query = _query().where(signal_transfer.c.approval_id == approval_id)
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        raise UnknownApproval
    return _recorded(row, now)


async def count_stock(conn: AsyncConnection, municipality: str) -> Sequence[Stock]:
    """Count what live sources have there, by category and contact holder."""
    shown = shown_signals("source", "category", "municipality", "contact_holder").c
    place = (shown.source, shown.category, shown.contact_holder)
    rows = await conn.execute(
        select(*place, func.count())
        .where(shown.municipality == municipality)
        .group_by(*place)
        .order_by(*place)
    )
    return [Stock(*row) for row in rows]


async def find_contacts(
    conn: AsyncConnection, organisations: Sequence[str]
) -> Mapping[UUID, tuple[str, Mapping[str, Any]]]:
    """Read the contact holders of these organisations: whose, and what they say."""
    rows = await conn.execute(
        select(
            contact_holder.c.id, contact_holder.c.organisation, contact_holder.c.details
        )
        .where(contact_holder.c.organisation.in_(organisations))
        .order_by(contact_holder.c.id)
    )
    return {row.id: (row.organisation, row.details) for row in rows}


async def carry_out(
    conn: AsyncConnection, transfer: Recorded, *, now: datetime
) -> Moved:
    """Let the successor take over what was asked for, as far as it stands now.

    Raises `TransferOutdated` where one of the two is not live any more: what a source
    in trial has is shown to nobody, and must not be shown by another name. Also where
    nothing of it stands any more: two persons agreed on signals, not on none.
    """
    asked = transfer.asked
    for oin in sorted((asked.source, asked.successor)):
        await lock_source(conn, oin)
    await _verify_live(conn, asked)
    taken = await _find(conn, asked)
    if not taken:
        raise TransferOutdated
    by_hand = select(source.c.by_hand).where(source.c.oin == asked.successor)
    named = await _name_contacts(conn, asked, taken, now)
    for before, after in named.items():
        await conn.execute(
            update(signal)
            .where(_of(asked), signal.c.contact_holder == before)
            .values(
                source=asked.successor,
                submitted_by=asked.successor,
                contact_holder=after,
                by_hand=by_hand.scalar_subquery(),
                outbox=None,
                taken_over_from=asked.source,
                taken_over_on=day_of(now),
                untold=True,
            )
        )
    await _guard(conn, asked, taken, now)
    moved = Moved(len(taken), _digest(taken))
    await conn.execute(
        update(signal_transfer)
        .where(signal_transfer.c.id == transfer.id)
        .values(
            carried_out_at=now, signals=moved.signals, references_digest=moved.digest
        )
    )
    return moved


def _of(asked: Asked) -> ColumnElement[bool]:
    """Give the condition of the signals that a transfer is about."""
    columns = signal.c
    found = (
        (columns.source == asked.source)
        & (columns.municipality == asked.municipality)
        & columns.category.in_(asked.categories)
    )
    if asked.contacts is None:
        return found
    return found & columns.contact_holder.in_(asked.contacts)


async def _verify_live(conn: AsyncConnection, asked: Asked) -> None:
    both = (asked.source, asked.successor)
    rows = await conn.execute(
        select(source.c.oin)
        .where(source.c.oin.in_(both), source.c.state == SourceState.LIVE.value)
        .where(source.c.active)
    )
    if {row.oin for row in rows} != set(both):
        raise TransferOutdated


async def _find(
    conn: AsyncConnection, asked: Asked
) -> Sequence[Row[UUID, int, str, UUID]]:
    columns = signal.c
    rows = await conn.execute(
        select(
            columns.reference, columns.version, columns.category, columns.contact_holder
        )
        .where(_of(asked))
        .order_by(columns.reference)
    )
    return rows.all()


async def _name_contacts(
    conn: AsyncConnection,
    asked: Asked,
    taken: Sequence[Row[UUID, int, str, UUID]],
    now: datetime,
) -> Mapping[UUID, UUID]:
    """Give whom the successor names for each contact holder; who comes along is copied.

    Copied, not moved: the first source may keep signals under the same one.
    """
    before = sorted({row.contact_holder for row in taken})
    if asked.contact_holder is not None:
        return dict.fromkeys(before, asked.contact_holder)
    named = {one: new_uuid7(now) for one in before}
    if not named:
        return named
    rows = await conn.execute(
        select(contact_holder).where(contact_holder.c.id.in_(before))
    )
    copies = [
        {
            **row,
            "id": named[row["id"]],
            "organisation": asked.successor,
            "updated_at": now,
        }
        for row in rows.mappings()
    ]
    await conn.execute(insert(contact_holder), copies)
    return named


async def _guard(
    conn: AsyncConnection,
    asked: Asked,
    taken: Sequence[Row[UUID, int, str, UUID]],
    now: datetime,
) -> None:
    """Keep the first source from telling them anew, and let corrections go along."""
    references = [row.reference for row in taken]
    for start in range(0, len(references), _PART):
        part = references[start : start + _PART]
        # Whoever has them again may tell them again, and what is said now holds.
        for oin in (asked.source, asked.successor):
            await conn.execute(
                delete(tombstone).where(
                    tombstone.c.source == oin, tombstone.c.reference.in_(part)
                )
            )
        await _move_corrections(conn, asked, part)
    await conn.execute(
        insert(tombstone),
        [
            {
                "source": asked.source,
                "reference": row.reference,
                "municipality": asked.municipality,
                "category": row.category,
                "version": row.version,
                "reason": TRANSFERRED,
                "until": now + TRANSFERRED_FOR,
                "successor": asked.successor,
            }
            for row in taken
        ],
    )


async def _move_corrections(
    conn: AsyncConnection, asked: Asked, references: Sequence[UUID]
) -> None:
    """Let what is not done yet go along: without an answer, or still restricting.

    What was answered and released stays with who answered it.
    """
    columns = correction.c
    is_restricting = columns.restricted_at.is_not(None) & columns.released_at.is_(None)
    await conn.execute(
        update(correction)
        .where(columns.source == asked.source)
        .where(columns.signal_reference.in_(references))
        .where(columns.answer.is_(None) | is_restricting)
        .values(source=asked.successor, submitted_by=asked.successor)
    )


def _digest(taken: Sequence[Row[UUID, int, str, UUID]]) -> bytes:
    lines = "\n".join(sorted(str(row.reference) for row in taken))
    return hashlib.sha256(lines.encode()).digest()


def _query() -> Select[*tuple[Any, ...]]:
    columns = approval.c
    return select(
        signal_transfer, columns.state.label("state"), columns.expires_at
    ).join(approval, columns.id == signal_transfer.c.approval_id)


def _recorded(row: Row[*tuple[Any, ...]], now: datetime) -> Recorded:
    contacts = row.contacts
    state = State(row.state)
    if state is State.OPEN and row.expires_at <= now:
        state = State.EXPIRED
    return Recorded(
        id=row.id,
        approval_id=row.approval_id,
        asked=Asked(
            municipality=row.municipality,
            source=row.source,
            successor=row.successor,
            categories=tuple(row.categories),
            contacts=None if contacts is None else tuple(map(UUID, contacts)),
            contact_holder=row.contact_holder,
        ),
        asked_at=row.asked_at,
        state=state,
        carried_out_at=row.carried_out_at,
        signals=row.signals,
    )
