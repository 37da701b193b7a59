"""Rehearsals of sources in trial: what was tried, and what the index saw of it.

- A source declares the references of its test signals before it publishes them; none
  was ever used, nor was the id of its delivery. What still stands under them when a
  rehearsal ends, or when the next one begins, is erased here. When the source goes live
  they are closed too, for a rehearsal may be under way: no test person outlives trial.
- Whether it passed is not the source's word alone: as many of those signals as the
  cases publish must have come and gone, and the delivery must have been closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import RehearsedBefore, UnknownRehearsal
from signal_index.keyring import YearKeys
from signal_index.store.signals import Ending, bury_signals, find_known, lock_source
from signal_index.tables.registry import coverage, key_config, rehearsal, signer
from signal_index.tables.signals import delivery, tombstone
from signal_index.taking_part import Rehearsed
from signal_index.wire.rehearsals import (
    REHEARSED_SIGNALS,
    LastRehearsal,
    NewRehearsal,
    RehearsalResult,
)
from signal_index.wire.signals import WithdrawalReason
from signal_index.wire.values import NUMBER_MAXIMUM


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands of a rehearsal that ended."""

    passed: bool
    ended: int
    erased: int


async def open_rehearsal(
    conn: AsyncConnection,
    said: NewRehearsal,
    keys: YearKeys,
    *,
    municipality: str,
    submitted_by: str,
    now: datetime,
) -> int | None:
    """Begin one; gives how many signals earlier ones had left, None for a repeat.

    Raises `RehearsedBefore` where its references or its delivery were used already.
    """
    await lock_source(conn, said.source)
    known = rehearsal.c.id == said.rehearsal
    if (await conn.execute(select(rehearsal.c.id).where(known))).first() is not None:
        return None
    await _verify_new(conn, said)
    erased = await erase_tried(conn, said.source, keys, now=now)
    await conn.execute(
        update(rehearsal)
        .where(rehearsal.c.source == said.source, rehearsal.c.closed_at.is_(None))
        .values(closed_at=now, passed=False, cases=[], signers=[])
    )
    await conn.execute(
        insert(rehearsal),
        {
            "id": said.rehearsal,
            "source": said.source,
            "municipality": municipality,
            "submitted_by": submitted_by,
            "opened_at": now,
            "tried": [str(one) for one in said.references],
            "delivery": said.delivery,
        },
    )
    return erased


async def _verify_new(conn: AsyncConnection, said: NewRehearsal) -> None:
    """Hold that what is declared is still to come: what was before proves nothing."""
    used = select(rehearsal.c.id).where(rehearsal.c.delivery == said.delivery).exists()
    closed = select(delivery.c.id).where(delivery.c.id == said.delivery).exists()
    if await conn.scalar(select(or_(used, closed))):
        raise RehearsedBefore
    if await find_known(conn, said.source, said.references):
        raise RehearsedBefore


async def get_source_of(conn: AsyncConnection, id_: UUID, submitted_by: str) -> str:
    """Give whose rehearsal is under way, or raise `UnknownRehearsal`."""
    return str((await _get_open(conn, id_, submitted_by))["source"])


async def close_rehearsal(
    conn: AsyncConnection,
    id_: UUID,
    said: RehearsalResult,
    keys: YearKeys,
    *,
    submitted_by: str,
    now: datetime,
) -> Judged:
    """End one: judge it, erase what is left, and keep with which keys it was run.

    Raises `UnknownRehearsal` where none with this id is under way for this caller.
    """
    found = await _get_open(conn, id_, submitted_by)
    source = str(found["source"])
    await lock_source(conn, source)
    known = await find_known(conn, source, [UUID(one) for one in found["tried"]])
    ended = sum(one.kind == "tombstone" for one, _ in known.values())
    erased = await erase_tried(conn, source, keys, now=now)
    own = (delivery.c.id == found["delivery"]) & (delivery.c.source == source)
    was_closed = await conn.scalar(select(exists().where(own)))
    passed = (
        all(one.passed for one in said.cases)
        and ended >= REHEARSED_SIGNALS
        and erased == 0
        and bool(was_closed)
    )
    await conn.execute(
        update(rehearsal)
        .where(rehearsal.c.id == id_)
        .values(
            closed_at=now,
            passed=passed,
            cases=[one.model_dump(mode="json") for one in said.cases],
            signers=sorted(await find_signers(conn, submitted_by)),
            key_version=await find_key_version(conn),
        )
    )
    return Judged(passed, ended, erased)


async def erase_tried(
    conn: AsyncConnection, source: str, keys: YearKeys, *, now: datetime
) -> int:
    """Erase what stands under the references of any rehearsal; gives how many."""
    known = await find_known(conn, source, await _list_tried(conn, source))
    endings = [
        Ending.by_us(
            (source, reference, one.version),
            (place.category, place.municipality),
            WithdrawalReason.ENTERED_IN_ERROR,
            now,
        )
        for reference, (one, place) in known.items()
        if place is not None
    ]
    await bury_signals(conn, endings, keys, now=now)
    return len(endings)


async def close_tried(
    conn: AsyncConnection, source: str, keys: YearKeys, *, now: datetime
) -> int:
    """Erase the same, and let nothing come under these references, in any version.

    Of a rehearsal that is under way, or of a late copy, what comes is superseded.
    """
    erased = await erase_tried(conn, source, keys, now=now)
    tried = await _list_tried(conn, source)
    covered = select(coverage.c.category, coverage.c.municipality)
    place = (await conn.execute(covered.where(coverage.c.source == source))).first()
    if place is None or not tried:
        return erased
    old = (tombstone.c.source == source) & tombstone.c.reference.in_(tried)
    await conn.execute(delete(tombstone).where(old))
    at = (place.category, place.municipality)
    closed = [
        Ending.by_us(
            (source, one, NUMBER_MAXIMUM), at, WithdrawalReason.ENTERED_IN_ERROR, now
        )
        for one in tried
    ]
    await bury_signals(conn, closed, keys, now=now)
    return erased


async def _list_tried(conn: AsyncConnection, source: str) -> list[UUID]:
    """List the references of every rehearsal of a source."""
    own = rehearsal.c.source == source
    rows = await conn.scalars(select(rehearsal.c.tried).where(own))
    return sorted({UUID(one) for row in rows for one in row})


async def find_last(
    conn: AsyncConnection, source: str
) -> tuple[Rehearsed, LastRehearsal, str] | None:
    """Give a source's newest rehearsal that ended, and who sent it; None for none."""
    rows = await conn.execute(
        select(rehearsal)
        .where(rehearsal.c.source == source, rehearsal.c.closed_at.is_not(None))
        .order_by(rehearsal.c.opened_at.desc())
        .limit(1)
    )
    found = rows.mappings().first()
    return None if found is None else _last(found)


def _last(found: RowMapping) -> tuple[Rehearsed, LastRehearsal, str]:
    cases: Sequence[Mapping[str, Any]] = found["cases"]
    judged = Rehearsed(
        found["closed_at"],
        found["passed"],
        frozenset(found["signers"]),
        found["key_version"],
    )
    told = LastRehearsal(
        closedAt=found["closed_at"],
        passed=found["passed"],
        failed=[str(one["case"]) for one in cases if not one["passed"]],
    )
    return judged, told, found["submitted_by"]


async def find_signers(conn: AsyncConnection, organisation: str) -> frozenset[str]:
    """Give the names of the keys with which an organisation may sign now."""
    own = select(signer.c.kid).where(signer.c.organisation == organisation)
    return frozenset(await conn.scalars(own.where(signer.c.ended_at.is_(None))))


async def find_key_version(conn: AsyncConnection) -> int | None:
    """Give the version of the newest key config that was accepted."""
    newest = select(key_config.c.key_version).order_by(key_config.c.serial.desc())
    found = await conn.scalar(newest.limit(1))
    return None if found is None else int(found)


async def _get_open(
    conn: AsyncConnection, id_: UUID, submitted_by: str
) -> Mapping[str, Any]:
    rows = await conn.execute(
        select(rehearsal).where(
            rehearsal.c.id == id_,
            rehearsal.c.submitted_by == submitted_by,
            rehearsal.c.closed_at.is_(None),
        )
    )
    found = rows.mappings().one_or_none()
    if found is None:
        raise UnknownRehearsal
    return dict(found)
