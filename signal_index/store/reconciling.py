"""A source's standing signals, read by the thousand; and their confirmation.

Reading a hundred thousand rows takes a moment: they come in parts, and between parts
other work of the process goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.signals import SignalState
from signal_index.tables.signals import signal
from signal_index.wire.reconciling import MarkedSignal, ReconcilingScope

_PART: Final = 2_000


async def read_standing_signals(
    conn: AsyncConnection, scope: ReconcilingScope
) -> AsyncIterator[Sequence[MarkedSignal]]:
    """Give what stands at the index in this scope, in parts; restricted ones too."""
    statement = select(signal.c.reference, signal.c.version).where(*_within(scope))
    async with conn.stream(statement) as rows:
        async for part in rows.partitions(_PART):
            yield [
                MarkedSignal(reference=row.reference, version=row.version)
                for row in part
            ]


async def confirm_signals(
    conn: AsyncConnection, scope: ReconcilingScope, *, today: date
) -> frozenset[MarkedSignal]:
    """Confirm what stands in this scope; a signal confirmed today is left as it is.

    Gives what was confirmed: hold that against what was read in the same transaction.

    The source was not heard by that: both sides compare what was delivered, and a
    registration that nobody could read for a week compares as equal every night.
    """
    rows = await conn.execute(
        update(signal)
        .where(*_within(scope), signal.c.confirmed_on < today)
        .values(confirmed_on=today)
        .returning(signal.c.reference, signal.c.version)
    )
    return frozenset(
        MarkedSignal(reference=row.reference, version=row.version) for row in rows
    )


def _within(scope: ReconcilingScope) -> tuple[ColumnElement[bool], ...]:
    columns = signal.c
    return (
        columns.source == scope.source,
        columns.category.in_(scope.categories),
        columns.municipality.in_(scope.municipalities),
        columns.state != SignalState.ENDED.value,
        columns.valid_until >= scope.on,
        # One outbox knows nothing of what another told: it must not end that.
        or_(columns.outbox == scope.outbox, columns.outbox.is_(None)),
        # What was taken over is in no delivery of this source, until it tells it anew.
        columns.untold.is_(False),
        # What a person gave by hand is in no delivery.
        columns.by_hand.is_(False),
    )
