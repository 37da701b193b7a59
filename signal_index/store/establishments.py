"""Writing that a municipality established a purpose.

- The software gives nobody a legal basis: without this row a purpose stays closed.
- What was established is never overwritten: other facts for the same purpose and
  municipality are a `RegistrationConflict`.
- The caller records it in the ledger, in the same transaction.
"""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import Establishment
from signal_index.errors import RegistrationConflict
from signal_index.store.registry import Change
from signal_index.tables.registry import establishment


async def establish_purpose(
    conn: AsyncConnection, given: Establishment, *, now: datetime
) -> Change:
    """Record who established a purpose in a municipality, and from which day."""
    facts = (given.by_role, given.on, given.staatsblad)
    rows = await conn.execute(
        select(establishment).filter_by(
            municipality=given.municipality, purpose=given.purpose.value
        )
    )
    found = rows.one_or_none()
    if found is None:
        await conn.execute(
            insert(establishment).values(
                municipality=given.municipality,
                purpose=given.purpose.value,
                by_role=given.by_role,
                established_on=given.on,
                staatsblad=given.staatsblad,
                recorded_at=now,
            )
        )
        return Change.ADDED
    if (found.by_role, found.established_on, found.staatsblad) != facts:
        raise RegistrationConflict("the purpose is established with other facts")
    return Change.UNCHANGED
