"""Writing that a municipality established a purpose, or an act of the loop.

- The software gives nobody a legal basis: without this row it stays closed.
- What was established is never overwritten: other facts for the same one,
  municipality and day are a `RegistrationConflict`. A later one stands beside it.
- The caller records it in the ledger, in the same transaction.
"""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import Establishment
from signal_index.errors import RegistrationConflict
from signal_index.store.registry import Change
from signal_index.tables.registry import establishment


async def establish(
    conn: AsyncConnection, given: Establishment, *, now: datetime
) -> Change:
    """Record who opened a purpose or act in a municipality, and from which day."""
    key = {
        "municipality": given.municipality,
        "opens": given.opens.value,
        "established_on": given.on,
    }
    facts = {"by_role": given.by_role, "staatsblad": given.staatsblad}
    rows = await conn.execute(select(establishment).filter_by(**key))
    found = rows.one_or_none()
    if found is None:
        values = {**key, **facts, "recorded_at": now}
        await conn.execute(insert(establishment).values(**values))
        return Change.ADDED
    if (found.by_role, found.staatsblad) != (given.by_role, given.staatsblad):
        raise RegistrationConflict("this is established with other facts")
    return Change.UNCHANGED
