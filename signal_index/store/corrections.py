"""Corrections and objections: entered by an officer, answered by the source.

- About one signal of one source at most one waits for its answer.
- With restriction (GDPR art. 18) the signal is kept and shown in no lookup; it stays so
  until the officer has told the citizen and releases it, whatever the source answers.
- A source finds what concerns the signals that it published or submitted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import (
    CorrectionAnswered,
    CorrectionOpen,
    NothingToRelease,
    UnknownCorrection,
    UnknownSignal,
)
from signal_index.signals import SignalState
from signal_index.store.ledger_reading import Page
from signal_index.store.signals import lock_source
from signal_index.tables.citizen_rights import correction
from signal_index.tables.signals import signal


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """A correction or objection as the officer enters it."""

    id: UUID
    municipality: str
    organisation: str
    reference: str
    source: str
    signal_reference: UUID
    reason: str
    received_on: date
    due_on: date
    entered_at: datetime
    restrict: bool


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """One as it stands. `row_key` is the row of the signal that it is about."""

    id: UUID
    municipality: str
    organisation: str
    reference: str
    source: str
    submitted_by: str
    signal_reference: UUID
    row_key: bytes
    category: str
    reason: str
    received_on: date
    due_on: date
    entered_at: datetime
    restricted_at: datetime | None
    released_at: datetime | None
    answer: str | None
    answered_at: datetime | None

    @property
    def is_restricted(self) -> bool:
        """Tell whether the signal is kept from lookups because of it."""
        return self.restricted_at is not None and self.released_at is None


async def enter_correction(conn: AsyncConnection, new: NewCorrection) -> str:
    """Enter one, restrict the signal where asked, and give its category.

    Raises `UnknownSignal` where this municipality has no such signal of that source,
    `CorrectionOpen` where one waits for its answer already.
    """
    await lock_source(conn, new.source)
    columns = signal.c
    found = (
        await conn.execute(
            select(columns.row_key, columns.category, columns.submitted_by).where(
                columns.source == new.source,
                columns.reference == new.signal_reference,
                columns.municipality == new.municipality,
            )
        )
    ).one_or_none()
    if found is None:
        raise UnknownSignal
    await _verify_none_open(conn, new)
    await conn.execute(insert(correction), _row_of(new, found))
    if new.restrict:
        await _set_state(conn, new.source, new.signal_reference, restricted=True)
    return str(found.category)


async def find_person_corrections(
    conn: AsyncConnection, row_keys: Collection[bytes], municipality: str
) -> Sequence[Correction]:
    """Give what was entered about the signals of one person, the newest first."""
    return await _find(
        conn,
        correction.c.row_key.in_(sorted(row_keys))
        & (correction.c.municipality == municipality),
        Page(limit=1_000),
    )


async def list_corrections(
    conn: AsyncConnection, municipality: str, page: Page
) -> Sequence[Correction]:
    """Give a municipality's, the newest first."""
    return await _find(conn, correction.c.municipality == municipality, page)


async def list_source_corrections(
    conn: AsyncConnection, source: str, page: Page, *, is_open: bool
) -> Sequence[Correction]:
    """Give what concerns a source's signals; `is_open`: only what waits for it."""
    own = _concerns(source)
    if is_open:
        own = own & correction.c.answer.is_(None)
    return await _find(conn, own, page)


async def answer_correction(
    conn: AsyncConnection, id_: UUID, source: str, answer: str, now: datetime
) -> Correction:
    """Write down what the source answers, once.

    Raises `UnknownCorrection` or `CorrectionAnswered`.
    """
    found = await _get(conn, (correction.c.id == id_) & _concerns(source))
    changed = await conn.execute(
        update(correction)
        .where(correction.c.id == id_, correction.c.answer.is_(None))
        .values(answer=answer, answered_at=now)
    )
    if changed.rowcount == 0:
        raise CorrectionAnswered
    return found


async def release_signal(
    conn: AsyncConnection, id_: UUID, municipality: str, now: datetime
) -> Correction:
    """End the restriction after the answer, when the citizen was told (art. 18(3)).

    Raises `UnknownCorrection`, or `NothingToRelease` before the answer or the second
    time. A signal that the source has withdrawn meanwhile stays gone.
    """
    found = await _get(
        conn,
        (correction.c.id == id_) & (correction.c.municipality == municipality),
    )
    await lock_source(conn, found.source)
    changed = await conn.execute(
        update(correction)
        .where(correction.c.id == id_)
        .where(correction.c.restricted_at.is_not(None))
        .where(correction.c.released_at.is_(None))
        .where(correction.c.answer.is_not(None))
        .values(released_at=now)
    )
    if changed.rowcount == 0:
        raise NothingToRelease
    if not await _is_restricted_otherwise(conn, found):
        await _set_state(conn, found.source, found.signal_reference, restricted=False)
    return found


async def _verify_none_open(conn: AsyncConnection, new: NewCorrection) -> None:
    waiting = await conn.scalar(
        select(correction.c.id).where(
            correction.c.source == new.source,
            correction.c.signal_reference == new.signal_reference,
            correction.c.answer.is_(None),
        )
    )
    if waiting is not None:
        raise CorrectionOpen


async def _is_restricted_otherwise(conn: AsyncConnection, found: Correction) -> bool:
    """Tell whether a later correction of the same signal still restricts it."""
    other = await conn.scalar(
        select(correction.c.id).where(
            correction.c.source == found.source,
            correction.c.signal_reference == found.signal_reference,
            correction.c.restricted_at.is_not(None),
            correction.c.released_at.is_(None),
        )
    )
    return other is not None


async def _set_state(
    conn: AsyncConnection, source: str, reference: UUID, *, restricted: bool
) -> None:
    """Move a signal between active and restricted; an ended one stays ended."""
    before, after = SignalState.ACTIVE, SignalState.RESTRICTED
    if not restricted:
        before, after = after, before
    await conn.execute(
        update(signal)
        .where(signal.c.source == source, signal.c.reference == reference)
        .where(signal.c.state == before.value)
        .values(state=after.value)
    )


def _concerns(source: str) -> ColumnElement[bool]:
    return or_(correction.c.source == source, correction.c.submitted_by == source)


async def _get(conn: AsyncConnection, own: ColumnElement[bool]) -> Correction:
    rows = await conn.execute(select(correction).where(own))
    row = rows.mappings().one_or_none()
    if row is None:
        raise UnknownCorrection
    return Correction(**row)


async def _find(
    conn: AsyncConnection, own: ColumnElement[bool], page: Page
) -> Sequence[Correction]:
    query = select(correction).where(own).order_by(correction.c.id.desc())
    if page.before is not None:
        query = query.where(correction.c.id < page.before)
    rows = await conn.execute(query.limit(page.limit))
    return [Correction(**row) for row in rows.mappings()]


def _row_of(new: NewCorrection, found: Row[*tuple[Any, ...]]) -> dict[str, object]:
    return {
        "id": new.id,
        "municipality": new.municipality,
        "organisation": new.organisation,
        "reference": new.reference,
        "source": new.source,
        "submitted_by": found.submitted_by,
        "signal_reference": new.signal_reference,
        "row_key": found.row_key,
        "category": found.category,
        "reason": new.reason,
        "received_on": new.received_on,
        "due_on": new.due_on,
        "entered_at": new.entered_at,
        "restricted_at": new.entered_at if new.restrict else None,
        "released_at": None,
        "answer": None,
        "answered_at": None,
    }
