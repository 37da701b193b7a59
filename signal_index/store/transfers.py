"""Transfers of signals from one source to another: what was asked, and what is there.

The caller records it in the ledger, in the same transaction; what happens when a second
person approves is `store.transfer_run`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import TransferCollides, UnknownApproval
from signal_index.store.approval_records import State
from signal_index.store.restrictions import is_restricting
from signal_index.successions import Succession
from signal_index.tables.approvals import approval
from signal_index.tables.citizen_rights import correction
from signal_index.tables.registry import contact_holder, source
from signal_index.tables.signals import signal
from signal_index.tables.transfers import signal_transfer
from signal_index.wire.sources import SourceState

TRANSFERRED: Final = "transferred"
TRANSFERRED_FOR: Final = timedelta(days=730)
"""How long the first source cannot publish them again: as long as a signal can live."""
PASSING: Final = (SourceState.LIVE, SourceState.ENDED)
"""From which sources signals may pass on: what was shown, or was until it ended."""
SHOWN: Final = 50
MOST_COLLISIONS: Final = 20
"""References that a refusal names: enough to begin with, and a refusal of one size."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a transfer is about, exactly: this is what two persons agree on."""

    municipality: str
    source: str
    successor: str
    categories: tuple[str, ...]
    contacts: tuple[UUID, ...] | None
    contact_holder: UUID | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A transfer as it stands; `agreed`: what its approval is about, as SHA-256."""

    id: UUID
    approval_id: UUID
    agreed: bytes
    asked: Asked
    asked_at: datetime
    state: State
    carried_out_at: datetime | None
    signals: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """How many signals passed on, and SHA-256 over their references, sorted.

    `named`: whom the successor has for each contact holder of before.
    """

    signals: int
    digest: bytes
    named: Mapping[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Passing:
    """How many signals and corrections pass on; of each contact holder how many."""

    signals: int
    contacts: Mapping[UUID, int]
    corrections: int


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
            "reason": asked.reason,
            "asked_at": now,
        },
    )


async def list_transfers(
    conn: AsyncConnection, municipality: str, *, now: datetime
) -> tuple[Sequence[Recorded], int]:
    """Read a municipality's newest transfers, newest first; count the older ones."""
    own = signal_transfer.c.municipality == municipality
    query = _query().where(own).order_by(signal_transfer.c.id.desc())
    found = [_recorded(row, now) for row in await conn.execute(query.limit(SHOWN))]
    count = select(func.count()).select_from(signal_transfer).where(own)
    return found, (await conn.scalar(count) or 0) - len(found)


async def get_transfer(
    conn: AsyncConnection, approval_id: UUID, *, now: datetime
) -> Recorded:
    """Give the transfer that an approval is about, or raise `UnknownApproval`."""
    query = _query().where(signal_transfer.c.approval_id == approval_id)
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        raise UnknownApproval
    return _recorded(row, now)


async def find_successions(
    conn: AsyncConnection, *, since: datetime
) -> Sequence[Succession]:
    """Find what passed on since a moment, of every municipality, the oldest first."""
    columns = signal_transfer.c
    rows = await conn.execute(
        select(signal_transfer)
        .where(columns.carried_out_at >= since)
        .order_by(columns.carried_out_at, columns.id)
    )
    return [
        Succession(
            municipality=row.municipality,
            source=row.source,
            successor=row.successor,
            categories=frozenset(row.categories),
            contacts=None
            if row.contacts is None
            else frozenset(map(UUID, row.contacts)),
            contact=row.contact_holder,
            at=row.carried_out_at,
            named={UUID(old): UUID(new) for old, new in (row.named or {}).items()},
        )
        for row in rows
    ]


async def count_stock(conn: AsyncConnection, municipality: str) -> Sequence[Stock]:
    """Count what may pass on there, by source, category and contact holder."""
    columns = signal.c
    place = (columns.source, columns.category, columns.contact_holder)
    rows = await conn.execute(
        select(*place, func.count())
        .join(source, source.c.oin == columns.source)
        .where(columns.municipality == municipality, source.c.state.in_(PASSING))
        .group_by(*place)
        .order_by(*place)
    )
    return [Stock(*row) for row in rows]


async def count_corrections(
    conn: AsyncConnection, municipality: str
) -> Mapping[str, int]:
    """Count the corrections there that are not done, by whose they are."""
    columns = correction.c
    rows = await conn.execute(
        select(columns.source, func.count().label("undone"))
        .where(columns.municipality == municipality)
        .where(is_undone())
        .group_by(columns.source)
    )
    return {row.source: row.undone for row in rows}


async def count_passing(conn: AsyncConnection, asked: Asked) -> Passing:
    """Count what would pass on now: signals, contact holders, open corrections."""
    columns = signal.c
    rows = await conn.execute(
        select(columns.contact_holder, func.count().label("signals"))
        .where(belongs_to(asked))
        .group_by(columns.contact_holder)
        .order_by(columns.contact_holder)
    )
    found = {row.contact_holder: row.signals for row in rows}
    references = select(columns.reference).where(belongs_to(asked))
    rows_of = select(columns.row_key).where(belongs_to(asked))
    corrections = await conn.scalar(
        select(func.count())
        .select_from(correction)
        .where(
            goes_along(
                asked,
                correction.c.signal_reference.in_(references),
                correction.c.row_key.in_(rows_of),
            )
        )
    )
    return Passing(sum(found.values()), found, corrections or 0)


def is_undone() -> ColumnElement[bool]:
    """Give the condition of what waits for an answer, or restricts a signal still."""
    return correction.c.answer.is_(None) | is_restricting()


def goes_along(
    asked: Asked, is_about: ColumnElement[bool], is_beside: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Give the condition of a correction that is not done and passes on with signals.

    `is_about`: of one of them; `is_beside`: of one in whose place one of them came, and
    which keeps it from lookups.
    """
    return (
        (correction.c.source == asked.source)
        & (correction.c.municipality == asked.municipality)
        & is_undone()
        & (is_about | (is_beside & is_restricting()))
    )


async def find_contacts(
    conn: AsyncConnection,
    organisations: Collection[str],
    passing: Iterable[Passing] = (),
) -> Mapping[UUID, tuple[str, Mapping[str, Any]]]:
    """Read contact holders: whose, and what they say.

    Those of these organisations, and those under which signals pass on, whosever they
    are: who signals on behalf of a source may name a contact holder of its own.
    """
    ids = {id_ for one in passing for id_ in one.contacts}
    columns = contact_holder.c
    rows = await conn.execute(
        select(columns.id, columns.organisation, columns.details)
        .where(columns.organisation.in_(sorted(organisations)) | columns.id.in_(ids))
        .order_by(contact_holder.c.id)
    )
    return {row.id: (row.organisation, row.details) for row in rows}


async def verify_new_to_successor(conn: AsyncConnection, asked: Asked) -> None:
    """Raise `TransferCollides` where the successor uses one of the references itself.

    A source names its signals itself: two of its signals cannot have one reference, nor
    two corrections that wait.
    """
    own, waiting = signal.alias("own"), correction.alias("waiting")
    is_known = (
        select(own.c.reference)
        .where(own.c.source == asked.successor)
        .where(own.c.reference == signal.c.reference)
        .exists()
    )
    is_disputed = (
        select(waiting.c.id)
        .where(waiting.c.source == asked.successor)
        .where(waiting.c.signal_reference == signal.c.reference)
        .where(waiting.c.answer.is_(None))
        .exists()
    )
    rows = await conn.scalars(
        select(signal.c.reference)
        .where(belongs_to(asked))
        .where(is_known | is_disputed)
        .order_by(signal.c.reference)
        .limit(MOST_COLLISIONS)
    )
    if found := tuple(rows):
        raise TransferCollides(found)


def belongs_to(asked: Asked) -> ColumnElement[bool]:
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


def _query() -> Select[*tuple[Any, ...]]:
    columns = approval.c
    return select(
        signal_transfer,
        columns.state.label("state"),
        columns.expires_at,
        columns.digest.label("agreed"),
    ).join(approval, columns.id == signal_transfer.c.approval_id)


def _recorded(row: Row[*tuple[Any, ...]], now: datetime) -> Recorded:
    contacts = row.contacts
    state = State(row.state)
    if state is State.OPEN and row.expires_at <= now:
        state = State.EXPIRED
    return Recorded(
        id=row.id,
        approval_id=row.approval_id,
        agreed=bytes(row.agreed),
        asked=Asked(
            municipality=row.municipality,
            source=row.source,
            successor=row.successor,
            categories=tuple(row.categories),
            contacts=None if contacts is None else tuple(map(UUID, contacts)),
            contact_holder=row.contact_holder,
            reason=row.reason,
        ),
        asked_at=row.asked_at,
        state=state,
        carried_out_at=row.carried_out_at,
        signals=row.signals,
    )
