"""Where an organisation may ask beside its own municipality: each by that one's word.

- Its own municipality admitted it when it was registered; another one that it asks for
  is controller of its own data and admits it itself. Nothing is by default.
- An admission that ended lets nobody ask; the municipality may admit anew.
- The caller records each `Change` in the ledger, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.errors import RegistrationConflict
from signal_index.store.registry import Change, get_municipality
from signal_index.tables.registry import admission


@dataclass(frozen=True, slots=True)
class AdmissionRecord:
    """That a municipality lets an organisation ask for it, by whom and since when."""

    organisation: str
    municipality: str
    by_role: str
    on: date


async def admit(
    conn: AsyncConnection, given: AdmissionRecord, *, now: datetime
) -> Change:
    """Let an organisation's people ask for a municipality that is not their own.

    Raises `UnknownOrganisation`, or `RegistrationConflict` for its own municipality and
    where it was admitted otherwise and still is.
    """
    if given.municipality == await get_municipality(conn, given.organisation):
        raise RegistrationConflict("its own municipality admitted it already")
    key = {"organisation": given.organisation, "municipality": given.municipality}
    facts = {"by_role": given.by_role, "admitted_on": given.on}
    rows = await conn.execute(select(admission).filter_by(**key))
    found = rows.one_or_none()
    if found is None:
        await conn.execute(insert(admission).values(**key, **facts, recorded_at=now))
        return Change.ADDED
    if found.ended_at is None:
        if (found.by_role, found.admitted_on) != (given.by_role, given.on):
            raise RegistrationConflict("it is admitted there with other facts")
        return Change.UNCHANGED
    again = {**facts, "recorded_at": now, "ended_at": None, "ended_because": None}
    await conn.execute(update(admission).filter_by(**key).values(again))
    return Change.CHANGED


async def find_admitted(
    conn: AsyncConnection, *, now: datetime
) -> Mapping[str, frozenset[str]]:
    """Find where each organisation may ask today beside its own municipality."""
    rows = await conn.execute(
        select(admission.c.organisation, admission.c.municipality)
        .where(admission.c.ended_at.is_(None))
        .where(admission.c.admitted_on <= day_of(now))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row.organisation].add(row.municipality)
    return {oin: frozenset(places) for oin, places in found.items()}
