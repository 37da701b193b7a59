"""Finds entries again, and erases what they say.

- By a user: the caller's own history, by keyed hash; what is opened never holds the
  person asked about.
- By an organisation: the clear headers of its own entries.
- Erasing deletes the sealed groups and the keyed hashes beside them, in one row; leaf
  and tree stay as they are (proven by
  tests/attack/test_erasing_disclosures_keeps_the_tree_verifying.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import first_id
from signal_index.ledger import DisclosureKey, Kind, Opened, user_find_key
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.tables.ledger import ledger_disclosure, ledger_entry


@dataclass(frozen=True)
class Page:
    """At most `limit` entries before `before`, none before `since`; newest first."""

    limit: int
    before: UUID | None = None
    since: UUID | None = None


@dataclass(frozen=True)
class Owner:
    """A user of an organisation, and the keys of the years that can still be opened."""

    organisation: str
    sub: str
    keys: Mapping[int, DisclosureKey]

    def __repr__(self) -> str:
        return "<Owner>"


@dataclass(frozen=True)
class EntryHeader:
    """What stands in the clear about an entry, and its leaf."""

    entry: UUID
    kind: Kind
    recorded_at: datetime
    leaf: bytes


async def find_own_entries(
    conn: AsyncConnection, owner: Owner, kind: Kind, page: Page
) -> Sequence[Opened]:
    """Give the user's own entries of a kind, newest first; erased ones are gone."""
    hashes = [
        user_find_key(key, owner.organisation, owner.sub) for key in owner.keys.values()
    ]
    statement = (
        select(*OPENED)
        .join_from(ledger_disclosure, ledger_entry)
        .where(ledger_disclosure.c.find_user.in_(hashes))
        .where(ledger_entry.c.kind == kind.value)
        .order_by(ledger_disclosure.c.entry_id.desc())
        .limit(page.limit)
    )
    if page.before is not None:
        statement = statement.where(ledger_disclosure.c.entry_id < page.before)
    if page.since is not None:
        statement = statement.where(ledger_disclosure.c.entry_id >= page.since)
    return [open_row(row, owner.keys) for row in await conn.execute(statement)]


async def find_organisation_entries(
    conn: AsyncConnection, organisation: str, page: Page
) -> Sequence[EntryHeader]:
    """Give the headers of an organisation's own entries, newest first."""
    statement = (
        select(ledger_entry)
        .where(ledger_entry.c.organisation == organisation)
        .order_by(ledger_entry.c.entry_id.desc())
        .limit(page.limit)
    )
    if page.before is not None:
        statement = statement.where(ledger_entry.c.entry_id < page.before)
    return [
        EntryHeader(row.entry_id, Kind(row.kind), row.recorded_at, row.leaf)
        for row in await conn.execute(statement)
    ]


async def erase_disclosures(
    conn: AsyncConnection, *, before: datetime, limit: int
) -> int:
    """Erase what at most `limit` entries from before an instant say; give how many.

    Whoever erases records an entry of kind `erasure` in the same transaction.
    """
    oldest = (
        select(ledger_disclosure.c.entry_id)
        .where(ledger_disclosure.c.entry_id < first_id(before))
        .order_by(ledger_disclosure.c.entry_id)
        .limit(limit)
    )
    erased = await conn.execute(
        delete(ledger_disclosure).where(ledger_disclosure.c.entry_id.in_(oldest))
    )
    return erased.rowcount
