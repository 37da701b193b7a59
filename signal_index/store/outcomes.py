"""What came of a lookup, once asked: kept apart from the ledger's sealed groups.

And whose lookup it is: only who asked may say what came of it, or print its answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownEntry
from signal_index.ledger import Kind, Outcome, user_find_key
from signal_index.proof import Leaf, parse_leaf
from signal_index.store.ledger_reading import Owner
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.tables.lookups import lookup_outcome


@dataclass(frozen=True, slots=True)
class LookupOutcome:
    """What a caller says came of one of its lookups."""

    entry_id: UUID
    municipality: str
    organisation: str
    outcome: str


async def verify_own_lookup(conn: AsyncConnection, owner: Owner, entry: UUID) -> None:
    """Raise `UnknownEntry` unless this is a lookup of this very user."""
    row = (
        await conn.execute(
            select(ledger_disclosure.c.find_user, ledger_entry.c.year)
            .join_from(ledger_disclosure, ledger_entry)
            .where(ledger_disclosure.c.entry_id == entry)
            .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        )
    ).first()
    if row is None or row.year not in owner.keys:
        raise UnknownEntry
    own = user_find_key(owner.keys[row.year], owner.organisation, owner.sub)
    if row.find_user != own:
        raise UnknownEntry


async def verify_own_answer(conn: AsyncConnection, owner: Owner, entry: UUID) -> None:
    """Raise `UnknownEntry` unless this user was given an answer to this lookup.

    A refusal showed nothing, so that nothing of it can be printed.
    """
    await verify_own_lookup(conn, owner, entry)
    leaf = await conn.scalar(
        select(ledger_entry.c.leaf).where(ledger_entry.c.entry_id == entry)
    )
    found = parse_leaf(bytes(leaf or b""))
    if not isinstance(found, Leaf) or found.outcome is not Outcome.ANSWERED:
        raise UnknownEntry


async def store_outcome(
    conn: AsyncConnection, said: LookupOutcome, *, now: datetime
) -> None:
    """Keep what came of a lookup; saying it again replaces it."""
    changed = await conn.execute(
        update(lookup_outcome)
        .where(lookup_outcome.c.entry_id == said.entry_id)
        .values(outcome=said.outcome, recorded_at=now)
    )
    if changed.rowcount == 0:
        await conn.execute(
            insert(lookup_outcome),
            {
                "entry_id": said.entry_id,
                "municipality": said.municipality,
                "organisation": said.organisation,
                "outcome": said.outcome,
                "recorded_at": now,
            },
        )


async def find_outcomes(
    conn: AsyncConnection, entries: Sequence[UUID]
) -> Mapping[UUID, str]:
    """Give what was said of these lookups."""
    rows = await conn.execute(
        select(lookup_outcome.c.entry_id, lookup_outcome.c.outcome).where(
            lookup_outcome.c.entry_id.in_(entries)
        )
    )
    return {row.entry_id: row.outcome for row in rows}
