"""Opens what an officer must see to judge a lookup, and what was said about it.

- Never about whom: the group `person` stays closed. Which other lookups were of the
  same person is told by keyed hashes, without a name.
- Whoever calls this records that it was opened, in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import make_uuid7
from signal_index.ledger import DisclosureKey, Kind, open_disclosures
from signal_index.proof import Group, JsonObject, parse_disclosure
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import ledger_disclosure, ledger_entry

AROUND: Final = timedelta(days=30)
"""How far before and after a lookup others of the same person are shown."""

AROUND_MAXIMUM: Final = 25


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """An entry with its groups open, but for the person asked about."""

    entry: UUID
    kind: Kind
    recorded_at: datetime
    organisation: str | None
    groups: Mapping[Group, JsonObject | None]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another lookup of the same person; by the same user or for the same case."""

    entry: UUID
    same_user: bool
    same_case: bool


async def open_entries(
    conn: AsyncConnection,
    entries: Collection[UUID],
    keys: Mapping[int, DisclosureKey],
) -> Mapping[UUID, Opened]:
    """Give these entries opened; one that was erased is not among them."""
    rows = await conn.execute(
        select(
            ledger_entry.c.entry_id,
            ledger_entry.c.year,
            ledger_entry.c.kind,
            ledger_entry.c.recorded_at,
            ledger_entry.c.organisation,
            ledger_disclosure.c.sealed,
        )
        .join_from(ledger_entry, ledger_disclosure)
        .where(ledger_entry.c.entry_id.in_(entries))
    )
    return {
        row.entry_id: Opened(
            row.entry_id,
            Kind(row.kind),
            row.recorded_at,
            row.organisation,
            _open(row.entry_id, row.sealed, keys[row.year]),
        )
        for row in rows
        if row.year in keys
    }


async def find_around(
    conn: AsyncConnection, entry: UUID, scope: OfficerScope
) -> Sequence[Neighbour]:
    """Give the lookups of the same person from 30 days before to 30 days after.

    Within the officer's scope and one year of the ledger, in which a person has one
    name; at most 25, the newest.
    """
    own = (
        await conn.execute(
            select(ledger_disclosure, ledger_entry.c.recorded_at)
            .join_from(ledger_disclosure, ledger_entry)
            .where(ledger_disclosure.c.entry_id == entry)
        )
    ).one_or_none()
    if own is None or own.find_person is None:
        return []
    rows = await conn.execute(
        select(
            ledger_disclosure.c.entry_id,
            ledger_disclosure.c.find_user,
            ledger_disclosure.c.find_case,
        )
        .join_from(ledger_disclosure, ledger_entry)
        .where(ledger_disclosure.c.find_person == own.find_person)
        .where(ledger_disclosure.c.entry_id != entry)
        .where(ledger_disclosure.c.entry_id >= _first_id(own.recorded_at - AROUND))
        .where(ledger_disclosure.c.entry_id < _first_id(own.recorded_at + AROUND))
        .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        .where(within(scope, ledger_entry.c.municipality, ledger_entry.c.organisation))
        .order_by(ledger_disclosure.c.entry_id.desc())
        .limit(AROUND_MAXIMUM)
    )
    return [
        Neighbour(
            row.entry_id,
            row.find_user == own.find_user,
            row.find_case is not None and row.find_case == own.find_case,
        )
        for row in rows
    ]


def _open(
    entry: UUID, sealed: bytes, key: DisclosureKey
) -> Mapping[Group, JsonObject | None]:
    texts = open_disclosures(entry, sealed, key=key)
    return {
        group: parse_disclosure(text).value
        for group, text in texts.items()
        if group is not Group.PERSON
    }


def _first_id(at: datetime) -> UUID:
    return make_uuid7(at, bytes(10))
