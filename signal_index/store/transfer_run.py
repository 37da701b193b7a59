"""Signals pass from one source to another, at the moment a second person approves.

- Nothing of a signal changes but whose it is, whom to call, and from whom it was taken
  over: the row key stays, and nobody learns about whom it is.
- What the first source still sends about them is refused (`SignalTransferred`) for two
  years: a tombstone that no version gets past. Otherwise a citizen would have two flags
  for one case, one of an organisation that helps no more.
- Corrections and objections that are not done go along: whose signal it is answers
  them, and a restriction ends where the signal is.
- How a signal is tended follows from its new source: by hand where that has no export,
  by delivery otherwise. Else nobody there could change or end it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.endings import Ended, seal_ending
from signal_index.errors import TransferOutdated
from signal_index.identifiers import new_uuid7
from signal_index.keyring import YearKeys
from signal_index.ledger import DisclosureKey
from signal_index.store.many_rows import in_parts
from signal_index.store.notices import year_of
from signal_index.store.signals import lock_source
from signal_index.store.transfers import (
    PASSING,
    TRANSFERRED,
    TRANSFERRED_FOR,
    Asked,
    Moved,
    Recorded,
    belongs_to,
    goes_along,
    verify_new_to_successor,
)
from signal_index.tables.citizen_rights import correction
from signal_index.tables.registry import contact_holder, source
from signal_index.tables.signals import signal, tombstone
from signal_index.tables.transfers import signal_transfer
from signal_index.wire.sources import SourceState

_Taken = Row[UUID, int, str, UUID, bytes]


async def carry_out(
    conn: AsyncConnection, transfer: Recorded, keys: YearKeys, *, now: datetime
) -> Moved:
    """Let the successor take over what was asked for, as far as it stands now.

    Raises `TransferOutdated` where the successor is not live any more, or the first was
    taken back to trial: what such a source has is shown to nobody, and must not be
    shown by another name. One that ended may have left its signals behind. Also where
    nothing of it stands any more: two persons agreed on signals, not on none. And
    `TransferCollides`: see `verify_new_to_successor`.
    """
    asked = transfer.asked
    await lock_source(conn, asked.source, asked.successor)
    await _verify_live(conn, asked)
    taken = await _find(conn, asked)
    if not taken:
        raise TransferOutdated
    await verify_new_to_successor(conn, asked)
    by_hand = select(source.c.by_hand).where(source.c.oin == asked.successor)
    named = await _name_contacts(conn, asked, taken, now)
    for before, after in named.items():
        await conn.execute(
            update(signal)
            .where(belongs_to(asked), signal.c.contact_holder == before)
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
    await _guard(conn, transfer, taken, keys.get_disclosure_key(year_of(now)), now)
    moved = Moved(len(taken), _digest(taken), named)
    await conn.execute(
        update(signal_transfer)
        .where(signal_transfer.c.id == transfer.id)
        .values(
            carried_out_at=now,
            signals=moved.signals,
            references_digest=moved.digest,
            named={str(before): str(after) for before, after in named.items()},
        )
    )
    return moved


async def _verify_live(conn: AsyncConnection, asked: Asked) -> None:
    both = (asked.source, asked.successor)
    rows = await conn.execute(
        select(source.c.oin, source.c.state).where(source.c.oin.in_(both))
    )
    states = {row.oin: SourceState(row.state) for row in rows}
    if states.get(asked.source) not in PASSING:
        raise TransferOutdated
    if states.get(asked.successor) is not SourceState.LIVE:
        raise TransferOutdated


async def _find(conn: AsyncConnection, asked: Asked) -> Sequence[_Taken]:
    columns = signal.c
    rows = await conn.execute(
        select(
            columns.reference,
            columns.version,
            columns.category,
            columns.contact_holder,
            columns.row_key,
        )
        .where(belongs_to(asked))
        .order_by(columns.reference)
        .with_for_update()  # none of it moves to another row key meanwhile
    )
    return rows.all()


async def _name_contacts(
    conn: AsyncConnection,
    asked: Asked,
    taken: Sequence[_Taken],
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
    transfer: Recorded,
    taken: Sequence[_Taken],
    key: DisclosureKey,
    now: datetime,
) -> None:
    """Keep the first source from telling them anew, and let corrections go along."""
    asked = transfer.asked
    for rows in in_parts(taken):
        part = [row.reference for row in rows]
        # Whoever has them again may tell them again, and what is said now holds.
        for oin in (asked.source, asked.successor):
            await conn.execute(
                delete(tombstone).where(
                    tombstone.c.source == oin, tombstone.c.reference.in_(part)
                )
            )
        await _move_corrections(conn, asked, rows)
    await conn.execute(
        insert(tombstone),
        [
            {
                "source": asked.source,
                "reference": row.reference,
                "municipality": asked.municipality,
                "version": row.version,
                "year": key.year,
                "sealed": seal_ending(
                    asked.source,
                    row.reference,
                    Ended(row.category, TRANSFERRED, day_of(now)),
                    key,
                ),
                "until": day_of(now) + TRANSFERRED_FOR,
                "transfer": transfer.id,
            }
            for row in taken
        ],
    )


async def _move_corrections(
    conn: AsyncConnection, asked: Asked, taken: Sequence[_Taken]
) -> None:
    """Let what is not done yet go along: without an answer, or still restricting.

    What was answered and released stays with who answered it.
    """
    columns = correction.c
    await conn.execute(
        update(correction)
        .where(
            goes_along(
                asked,
                columns.signal_reference.in_([row.reference for row in taken]),
                columns.row_key.in_([row.row_key for row in taken]),
            )
        )
        .values(source=asked.successor, submitted_by=asked.successor)
    )


def _digest(taken: Sequence[_Taken]) -> bytes:
    lines = "\n".join(sorted(str(row.reference) for row in taken))
    return hashlib.sha256(lines.encode()).digest()
