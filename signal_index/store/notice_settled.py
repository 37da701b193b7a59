"""What was done with what a notice asks: read as it stands when the notice is read.

A notice asks its source to answer, to confirm, to deliver anew or to close. Once that
was done it asks nothing any more. Nearly all of it stands in tables that this source
reads by other roads (its corrections, contact holders, signals). That help goes on
though the citizen says that it ended stands in the notice alone, sealed: a signal
carries no moment, and the day would not tell which of the two came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.answers import CONTACT_STALE_AFTER
from signal_index.keyring import YearKeys
from signal_index.returning import Body, NoticeKind, seal_body
from signal_index.signals import SignalState
from signal_index.store.many_rows import in_parts
from signal_index.store.notices import StoredNotice, find_body
from signal_index.tables.citizen_rights import correction
from signal_index.tables.notices import return_notice
from signal_index.tables.registry import contact_holder
from signal_index.tables.signals import signal, tombstone
from signal_index.tables.transfers import signal_transfer

SAYS_ENDED: Final = "citizen-says-ended"
_GOES_ON: Final = "goesOn"
_DISPUTES: Final = frozenset({NoticeKind.CORRECTION, NoticeKind.OBJECTION})
_About = tuple[str, UUID]
"""A source, and its own reference."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done. `on`: when; of `prolonged` until when. `by`: which organisation.

    `answer`: the code that was answered.
    """

    how: str
    on: date | None = None
    by: str | None = None
    answer: str | None = None


async def find_settled(
    conn: AsyncConnection, notices: Sequence[StoredNotice]
) -> Mapping[UUID, Settled]:
    """Give, by its id, what was done with what each of these asks; of a match nothing.

    Not in it is what still waits, and what asks for nothing.
    """
    told = [(one, one.body) for one in notices if one.body is not None]
    return {
        **await _find_answered(conn, told),
        **await _find_confirmed(conn, told),
        **await _find_signals(conn, told),
    }


async def note_goes_on(
    conn: AsyncConnection,
    source: str,
    reference: UUID,
    keys: YearKeys,
    *,
    today: date,
) -> None:
    """Settle what asks whether one signal ended: its source says that it still holds.

    Every notice that this source was handed is sealed anew, covers too, so that none
    stands out; what is said of the signal afterwards asks again.
    """
    query = (
        select(return_notice)
        .where(return_notice.c.source == source, return_notice.c.told.is_(True))
        .order_by(return_notice.c.id)
        .with_for_update()
    )
    rows = []
    for row in await conn.execute(query):
        body = find_body(row, keys)
        if body is None:
            continue
        if asks_whether_ended(body) and reference in _about(body):
            body = replace(body, more={**body.more, _GOES_ON: today.isoformat()})
        key = keys.get_disclosure_key(row.year)
        rows.append({"noted": row.id, "anew": seal_body(row.id, body, key)})
    if rows:
        await conn.execute(
            update(return_notice)
            .where(return_notice.c.id == bindparam("noted"))
            .values(sealed=bindparam("anew")),
            rows,
        )


_Told = Sequence[tuple[StoredNotice, Body]]


async def _find_answered(conn: AsyncConnection, told: _Told) -> dict[UUID, Settled]:
    """Corrections and objections that were answered, or that another answers now."""
    asked = [(one, body) for one, body in told if body.kind in _DISPUTES]
    columns = correction.c
    rows: dict[tuple[UUID, str | None], Row[*tuple[Any, ...]]] = {}
    for part in in_parts(_references(asked)):
        found = await conn.execute(
            select(
                columns.reference,
                columns.signal_reference,
                columns.source,
                columns.answer,
                columns.answered_on,
            ).where(columns.signal_reference.in_(part))
        )
        rows |= {(row.signal_reference, row.reference): row for row in found}
    settled = {}
    for one, body in asked:
        about = [(each.reference, body.more.get("reference")) for each in body.signals]
        row = next((rows[each] for each in about if each in rows), None)
        if row is not None and row.answer is not None:
            settled[one.id] = Settled(
                "answered", row.answered_on, row.source, row.answer
            )
        elif row is not None and row.source != one.source:
            settled[one.id] = Settled("passed-on", by=row.source)
    return settled


async def _find_confirmed(conn: AsyncConnection, told: _Told) -> dict[UUID, Settled]:
    """Contact holders that were confirmed since, or that no signal names any more."""
    asked = [
        (one, UUID(body.more["contactHolder"] or ""), _day(body))
        for one, body in told
        if body.kind is NoticeKind.CONTACT_STALE_SOON
    ]
    holders = sorted({holder for _, holder, _ in asked})
    verified: dict[UUID, date] = {}
    used: set[tuple[str, UUID]] = set()
    for part in in_parts(holders):
        columns = contact_holder.c
        rows = await conn.execute(
            select(columns.id, columns.last_verified).where(columns.id.in_(part))
        )
        verified |= {row.id: row.last_verified for row in rows}
        named = await conn.execute(
            select(signal.c.source, signal.c.contact_holder)
            .where(signal.c.contact_holder.in_(part))
            .distinct()
        )
        used |= {(row.source, row.contact_holder) for row in named}
    settled = {}
    for one, holder, due in asked:
        on = verified.get(holder)
        if on is not None and due is not None and on + CONTACT_STALE_AFTER > due:
            settled[one.id] = Settled("confirmed", on)
        elif (one.source, holder) not in used:
            settled[one.id] = Settled("unused")
    return settled


async def _find_signals(conn: AsyncConnection, told: _Told) -> dict[UUID, Settled]:
    """Signals that were told anew for longer, that ended, or that another has now."""
    asked = [
        (one, body)
        for one, body in told
        if body.kind is NoticeKind.SIGNAL_EXPIRES_SOON or asks_whether_ended(body)
    ]
    until: dict[_About, date] = {}
    passed: dict[_About, str] = {}
    for part in in_parts(_references(asked)):
        standing = await conn.execute(
            select(signal.c.source, signal.c.reference, signal.c.valid_until)
            .where(signal.c.reference.in_(part))
            .where(signal.c.state != SignalState.ENDED.value)
        )
        until |= {(row.source, row.reference): row.valid_until for row in standing}
        moved = await conn.execute(
            select(
                tombstone.c.source, tombstone.c.reference, signal_transfer.c.successor
            )
            .join(signal_transfer, signal_transfer.c.id == tombstone.c.transfer)
            .where(tombstone.c.reference.in_(part))
        )
        passed |= {(row.source, row.reference): row.successor for row in moved}
    settled = {}
    for one, body in asked:
        came = [
            _judge((one.source, each.reference), _day(body), until, passed)
            for each in body.signals
        ]
        goes_on = body.more.get(_GOES_ON)
        if came and (first := came[0]) is not None and None not in came:
            settled[one.id] = first
        elif goes_on is not None:
            settled[one.id] = Settled("goes-on", date.fromisoformat(goes_on))
    return settled


def _judge(
    about: _About,
    due: date | None,
    until: Mapping[_About, date],
    passed: Mapping[_About, str],
) -> Settled | None:
    """Say what came of a signal; `due`: the last day that it had, if it expires."""
    last = until.get(about)
    if last is not None:
        return Settled("prolonged", last) if due is not None and last > due else None
    if about in passed:
        return Settled("passed-on", by=passed[about])
    return Settled("ended")


def asks_whether_ended(body: Body) -> bool:
    """Tell whether a notice asks if help ended, as the citizen says."""
    return body.kind is NoticeKind.OUTCOME and body.more.get("outcome") == SAYS_ENDED


def _about(body: Body) -> set[UUID]:
    return {each.reference for each in body.signals}


def _day(body: Body) -> date | None:
    said = body.more.get("on")
    return date.fromisoformat(said) if said else None


def _references(asked: Iterable[tuple[StoredNotice, Body]]) -> list[UUID]:
    return sorted({each.reference for _, body in asked for each in body.signals})
