"""Signals as sources publish them: what is known, what is stored, what is erased.

- `lock_source` first: two batches of one source never interleave, so that what was
  decided from `find_known` still holds when it is written.
- A replaced signal is erased and written anew. The seal can be written by the web role
  but not read, which an upsert on PostgreSQL would ask for.
- N is in none of these functions; the row key stands for the person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    bindparam,
    delete,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.endings import Ended, draw_until, seal_ending
from signal_index.keyring import YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.signals import Known, NewSignal, SignalState
from signal_index.store.many_rows import in_parts
from signal_index.store.notices import year_of
from signal_index.store.restrictions import Place, find_held
from signal_index.tables.citizen_rights import correction
from signal_index.tables.signals import evidence, signal, tombstone
from signal_index.wire.signals import Withdrawal, WithdrawalReason
from signal_index.wire.values import Oin


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a source signed, kept as it came; it names nobody."""

    id: UUID
    kind: str
    submitted_by: str
    municipality: str
    entry_id: UUID
    received_at: datetime
    jws: str


@dataclass(frozen=True, slots=True)
class Ending:
    """A withdrawal that is to be carried out on a known signal."""

    withdrawal: Withdrawal
    category: str
    municipality: str

    @classmethod
    def by_us(
        cls,
        named: tuple[str, UUID, int],
        place: tuple[str, str],
        reason: WithdrawalReason,
        now: datetime,
    ) -> Ending:
        """Give one that no source signed: of source, reference and version, there."""
        source, reference, version = named
        withdrawal = Withdrawal(
            reference=reference,
            version=version,
            source=Oin(source),
            reason=reason,
            on=day_of(now),
        )
        return cls(withdrawal, *place)


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """Where a known signal belongs: for its tombstone, and for what may be kept."""

    category: str
    municipality: str


@dataclass(frozen=True, slots=True)
class _Staying:
    """What stood under a reference and outlives what its source tells anew."""

    state: SignalState | None = None
    place: tuple[bytes, str] | None = None
    taken_over_from: str | None = None
    taken_over_on: date | None = None


_UNSEEN: Final = _Staying()
_LOCK: Final = text(
    "SELECT pg_advisory_xact_lock(number) FROM unnest(:numbers) AS g (number)"
).bindparams(bindparam("numbers", type_=ARRAY(BigInteger())))


async def lock_source(conn: AsyncConnection, *sources: str) -> None:
    """Let no other transaction publish for these sources until this one has ended.

    In the order of their names: two that lock several never wait for each other. On
    SQLite there is one writer anyhow.
    """
    if conn.dialect.name == "postgresql":
        digests = [
            hashlib.sha256(f"publish:{source}".encode()).digest()
            for source in sorted(set(sources))
        ]
        numbers = [int.from_bytes(digest[:8], signed=True) for digest in digests]
        await conn.execute(_LOCK, {"numbers": numbers})


async def lock_standing(
    conn: AsyncConnection, rows: Collection[bytes]
) -> frozenset[bytes]:
    """Give in which of these rows a signal or a correction stands, and hold it there.

    Until this transaction ends none of it is moved to another row key: what is written
    beside it is in the same row. Who moves it is waited for, and then it is not found.
    """
    found: set[bytes] = set()
    for part in in_parts(sorted(rows)):
        for table in (signal, correction):
            here = select(table.c.row_key).where(table.c.row_key.in_(part))
            found.update(await conn.scalars(here.with_for_update(read=True)))
    return frozenset(found)


async def hold_signal(conn: AsyncConnection, source: str, reference: UUID) -> None:
    """Let a signal not be moved to another row key until this transaction ends."""
    own = (signal.c.source == source) & (signal.c.reference == reference)
    held = select(signal.c.id).where(own).with_for_update(read=True)
    await conn.execute(held)


async def find_known(
    conn: AsyncConnection, source: str, references: Sequence[UUID]
) -> Mapping[UUID, tuple[Known, KnownPlace | None]]:
    """Give what the index knows under a source's references: signal or tombstone.

    Of a tombstone no place: which kind it was is sealed, for its source to read.
    """
    if not references:
        return {}
    gone = await conn.execute(
        select(tombstone).where(
            tombstone.c.source == source, tombstone.c.reference.in_(references)
        )
    )
    found = {
        row.reference: (
            Known(
                "tombstone" if row.transfer is None else "transferred",
                row.version,
                None,
                None,
            ),
            None,
        )
        for row in gone
    }
    return found | await _find_stored(conn, source, references)


async def _find_stored(
    conn: AsyncConnection, source: str, references: Sequence[UUID]
) -> dict[UUID, tuple[Known, KnownPlace | None]]:
    columns = signal.c
    rows = await conn.execute(
        select(
            columns.reference,
            columns.version,
            columns.notice_digest,
            columns.row_key,
            columns.category,
            columns.municipality,
            columns.state,
            columns.by_hand,
        ).where(columns.source == source, columns.reference.in_(references))
    )
    return {
        row.reference: (
            Known(
                "ended" if row.state == SignalState.ENDED else "signal",
                row.version,
                row.notice_digest,
                row.row_key,
                row.state == SignalState.RESTRICTED,
                row.by_hand,
            ),
            KnownPlace(row.category, row.municipality),
        )
        for row in rows
    }


async def store_signals(conn: AsyncConnection, signals: Sequence[NewSignal]) -> int:
    """Store notices that were accepted, in place of what they replace.

    What replaces a restricted signal is restricted too, and so is what comes anew where
    a restriction holds: nothing from the source ends what the citizen asked for (GDPR
    art. 18). Tells of how many that kept what would have shown. Nor does it erase from
    whom the signal was taken over, which the citizen reads (GDPR art. 15(1)(g)).
    """
    if not signals:
        return 0
    staying = await _find_staying(conn, signals)
    held = await find_held(conn, (one.row_key for one in signals))
    for source in {one.notice.source for one in signals}:
        replaced = [
            one.notice.reference for one in signals if one.notice.source == source
        ]
        await erase_signals(conn, source, replaced)
        await conn.execute(
            delete(tombstone).where(
                tombstone.c.source == source, tombstone.c.reference.in_(replaced)
            )
        )
    rows, restricted = [], 0
    for one in sorted(signals, key=_key_of):
        before = staying.get((one.notice.source, one.notice.reference), _UNSEEN)
        state = _state_of(one, before, held)
        restricted += state != before.state and state is SignalState.RESTRICTED
        rows.append(_row_of(one, before, state))
    await conn.execute(insert(signal), rows)
    return restricted


def _key_of(one: NewSignal) -> bytes:
    """Order rows by what names nobody: a batch may hold several of one person."""
    return one.row_key


async def _find_staying(
    conn: AsyncConnection, signals: Sequence[NewSignal]
) -> Mapping[tuple[str, UUID], _Staying]:
    """Give what stays of a signal whatever its source tells anew, by its place."""
    columns = signal.c
    rows = await conn.execute(
        select(
            columns.source,
            columns.reference,
            columns.state,
            columns.row_key,
            columns.municipality,
            columns.taken_over_from,
            columns.taken_over_on,
        ).where(
            columns.source.in_({one.notice.source for one in signals}),
            columns.reference.in_([one.notice.reference for one in signals]),
        )
    )
    return {
        (row.source, row.reference): _Staying(
            SignalState(row.state),
            (row.row_key, row.municipality),
            row.taken_over_from,
            row.taken_over_on,
        )
        for row in rows
    }


def _state_of(new: NewSignal, before: _Staying, held: Collection[Place]) -> SignalState:
    """Give what it is from now on: what showed here already goes on to show."""
    if before.state is SignalState.RESTRICTED:
        return SignalState.RESTRICTED
    place = (new.row_key, new.notice.municipality)
    if before.state is SignalState.ACTIVE and before.place == place:
        return SignalState.ACTIVE
    is_held = (new.notice.source, *place) in held
    return SignalState.RESTRICTED if is_held else SignalState.ACTIVE


async def erase_signals(
    conn: AsyncConnection, source: str, references: Sequence[UUID]
) -> None:
    """Erase signals of a source for good."""
    await conn.execute(
        delete(signal).where(
            signal.c.source == source, signal.c.reference.in_(references)
        )
    )


async def keep_ended(conn: AsyncConnection, endings: Sequence[Ending]) -> None:
    """Mark signals as ended where a statute allows keeping them."""
    if not endings:
        return
    columns = signal.c
    own = (columns.source == bindparam("of"), columns.reference == bindparam("named"))
    await conn.execute(
        update(signal)
        .where(*own)
        .values(
            state=SignalState.ENDED.value,
            ended_on=bindparam("day"),
            version=bindparam("number"),
        ),
        [
            {
                "of": one.withdrawal.source,
                "named": one.withdrawal.reference,
                "day": one.withdrawal.on,
                "number": one.withdrawal.version,
            }
            for one in endings
        ],
    )


async def bury_signals(
    conn: AsyncConnection, endings: Sequence[Ending], keys: YearKeys, *, now: datetime
) -> None:
    """Erase withdrawn signals; a tombstone of 90 days keeps late copies away."""
    if not endings:
        return
    today, key = day_of(now), keys.get_disclosure_key(year_of(now))
    said = [(one.withdrawal.source, one.withdrawal.reference) for one in endings]
    for table in (signal, tombstone):  # of an earlier end: what is said now holds
        own = tuple_(table.c.source, table.c.reference)
        await conn.execute(delete(table).where(own.in_(said)))
    await conn.execute(
        insert(tombstone),
        [
            {
                "source": one.withdrawal.source,
                "reference": one.withdrawal.reference,
                "municipality": one.municipality,
                "version": one.withdrawal.version,
                "year": key.year,
                "sealed": _seal(one, today, key),
                "until": draw_until(today),
            }
            for one in sorted(endings, key=lambda one: one.withdrawal.reference)
        ],
    )


def _seal(one: Ending, today: date, key: DisclosureKey) -> bytes:
    said = one.withdrawal
    ended = Ended(one.category, said.reason.value, today)
    return seal_ending(said.source, said.reference, ended, key)


async def insert_evidence(conn: AsyncConnection, item: Evidence) -> None:
    """Keep what a source signed, as it came."""
    await conn.execute(
        insert(evidence),
        {
            "id": item.id,
            "kind": item.kind,
            "submitted_by": item.submitted_by,
            "municipality": item.municipality,
            "entry_id": item.entry_id,
            "received_at": item.received_at,
            "jws": item.jws,
        },
    )


def _row_of(new: NewSignal, before: _Staying, state: SignalState) -> dict[str, object]:
    notice = new.notice
    return {
        "state": state.value,
        "taken_over_from": before.taken_over_from,
        "taken_over_on": before.taken_over_on,
        "row_key": new.row_key,
        "id": new.id,
        "seal": new.seal,
        "key_version": new.key_version,
        "source": notice.source,
        "submitted_by": new.submitted_by,
        "reference": notice.reference,
        "version": notice.version,
        "notice_digest": new.digest,
        "category": notice.category,
        "municipality": notice.municipality,
        "contact_holder": notice.contactHolder,
        "valid_from": notice.validFrom,
        "valid_until": notice.validUntil,
        "informed_code": notice.informed.code,
        "informed_on": notice.informed.on,
        "confirmed_on": new.confirmed_on,
        "ended_on": None,
        "outbox": new.outbox,
        "by_hand": new.by_hand,
    }
