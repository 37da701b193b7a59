"""What stood before a municipality opened the act `match`, put in boxes once.

- The seal of a row gives S back to who holds h; the serving role may not read it. This
  is for the administrator's command alone, and what it gives stays in memory.
- Only signals of live sources, active ones, of kinds that the policy names together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.errors import InvalidRow
from keys.pseudonym import SealedRow
from signal_index.keyring import IndexKeys
from signal_index.matching import (
    MatchBox,
    Signalled,
    derive_match_rows,
    pick_names,
)
from signal_index.signals import SignalState, say_about
from signal_index.store.matches import Boxed, put_in_match_boxes
from signal_index.tables.signals import shown_signals

AT_ONCE: Final = 1_000
_READ: Final = ("row_key", "id", "seal", "category", "state", "informed_code")

FindPartners = Callable[[Signalled], Sequence[str] | None]
Place = tuple[bytes, UUID]
"""Where a signal stands, to go on after it."""


@dataclass(frozen=True, slots=True)
class BoxedPart:
    """How many were put in boxes, how many seals did not open, where to go on."""

    boxed: int
    unreadable: int
    last: Place | None


async def box_existing(
    conn: AsyncConnection,
    municipality: str,
    after: Place | None,
    find_partners: FindPartners,
    keys: IndexKeys,
    *,
    now: datetime,
) -> BoxedPart:
    """Put a part of the signals of a municipality in boxes, as publishing them does."""
    shown = shown_signals(*_READ, "municipality")
    query = (
        select(shown)
        .where(shown.c.municipality == municipality)
        .where(shown.c.state == SignalState.ACTIVE.value)
    )
    if after is not None:
        query = query.where(tuple_(shown.c.row_key, shown.c.id) > tuple_(*after))
    query = query.order_by(shown.c.row_key, shown.c.id).limit(AT_ONCE)
    rows = list(await conn.execute(query))
    boxed: list[Boxed] = []
    unreadable = 0
    for row in rows:
        try:
            box = _box(row, find_partners, keys, now)
        except InvalidRow:
            unreadable += 1
            continue
        if box is not None:
            boxed.append((municipality, box))
    await put_in_match_boxes(conn, boxed, keys, now=now)
    last = (rows[-1].row_key, rows[-1].id) if len(rows) == AT_ONCE else None
    return BoxedPart(len(boxed), unreadable, last)


def _box(
    row: Row[*tuple[Any, ...]],
    find_partners: FindPartners,
    keys: IndexKeys,
    now: datetime,
) -> MatchBox | None:
    partners = find_partners(Signalled(row.category, row.informed_code))
    if partners is None:
        return None
    sealed = SealedRow(bytes(row.row_key), bytes(row.seal))
    point = keys.row_keys.open(sealed, row.category)
    names = pick_names(keys.ledger_names, now)
    version, pseudonym = keys.restore_pseudonym(point)
    about = say_about(pseudonym, version)
    rows = derive_match_rows(keys.row_keys, point, partners, names, about)
    return MatchBox(row.category, row.id, rows, stood=True)
