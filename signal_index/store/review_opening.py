"""Opens what an officer must see to judge a lookup, and what was said about it.

- Never about whom: the group `person` stays closed. Which other lookups were of the
  same person is told by keyed hashes, without a name.
- Whoever calls this records that it was opened, in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import end_id, first_id
from signal_index.ledger import Kind
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import ledger_disclosure, ledger_entry

AROUND: Final = timedelta(days=30)
"""How far before and after a lookup others of the same person are shown."""

AROUND_MAXIMUM: Final = 25


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another lookup of the same person; by the same user or for the same case."""

    entry: UUID
    same_user: bool
    same_case: bool


async def find_around(
    conn: AsyncConnection, entry: UUID, scope: OfficerScope
) -> tuple[Sequence[Neighbour], int]:
    """Give the lookups of the same person from 30 days before to 30 days after.

    Within the officer's scope and one year of the ledger, in which a person has one
    name; at most 25, the newest, and how many more there are.
    """
    own = (
        await conn.execute(
            select(ledger_disclosure, ledger_entry.c.recorded_at)
            .join_from(ledger_disclosure, ledger_entry)
            .where(ledger_disclosure.c.entry_id == entry)
        )
    ).one_or_none()
    if own is None or own.find_person is None:
        return [], 0
    rows = await conn.execute(
        select(
            ledger_disclosure.c.entry_id,
            ledger_disclosure.c.find_user,
            ledger_disclosure.c.find_case,
            func.count().over().label("total"),
        )
        .join_from(ledger_disclosure, ledger_entry)
        .where(ledger_disclosure.c.find_person == own.find_person)
        .where(ledger_disclosure.c.entry_id != entry)
        .where(ledger_disclosure.c.entry_id >= first_id(own.recorded_at - AROUND))
        .where(ledger_disclosure.c.entry_id < end_id(own.recorded_at + AROUND))
        .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        .where(within(scope, ledger_entry.c.municipality, ledger_entry.c.organisation))
        .order_by(ledger_disclosure.c.entry_id.desc())
        .limit(AROUND_MAXIMUM)
    )
    newest = rows.all()
    near = [
        Neighbour(
            row.entry_id,
            row.find_user == own.find_user,
            row.find_case is not None and row.find_case == own.find_case,
        )
        for row in newest
    ]
    return near, sum(row.total for row in newest[:1]) - len(near)
