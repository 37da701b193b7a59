"""Ending what takes part: an organisation, a client, a key, an admission, a label.

- What ended stays in the registry, with its reason, and is never registered again: a
  stolen key does not come back under its name.
- Every request reads the registry at most ten seconds old; key holders hear of ended
  organisations and suspended accounts within a minute (`signal_index.upkeep.telling`).
- The caller records each `Change` in the ledger, in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import NothingToEnd
from signal_index.store.accounts import EVERYONE
from signal_index.store.registry import Change
from signal_index.tables import registry


class Because(StrEnum):
    """Why something ends."""

    STOLEN = "stolen"
    LOST = "lost"
    REPLACED = "replaced"
    STOPPED = "stopped"
    MISTAKE = "mistake"


ENDED: Mapping[str, Table] = {
    "organisation": registry.organisation,
    "admission": registry.admission,
    "client": registry.client,
    "signer": registry.signer,
    "contact-label": registry.contact_label,
}
"""What can end, by what the ledger calls it."""


async def end(
    conn: AsyncConnection,
    what: str,
    key: Mapping[str, str],
    because: Because,
    *,
    now: datetime,
) -> Change:
    """End what stands under this key; what ended before stays as it is.

    Raises `NothingToEnd` where nothing of the kind is registered under it.
    """
    table = ENDED[what]
    rows = await conn.execute(select(table.c.ended_at).filter_by(**key))
    found = rows.one_or_none()
    if found is None:
        raise NothingToEnd(f"no such {what} is registered")
    if found.ended_at is not None:
        return Change.UNCHANGED
    done = {"ended_at": now, "ended_because": because.value}
    await conn.execute(update(table).filter_by(**key).values(done))
    return Change.CHANGED


async def find_refused(conn: AsyncConnection) -> frozenset[tuple[str, str]]:
    """Find the accounts that may do nothing now: (organisation, `sub` or `EVERYONE`).

    Those that are suspended, and everybody of an organisation that ended.
    """
    suspended, organisation = registry.account_suspension.c, registry.organisation
    rows = await conn.execute(select(suspended.organisation, suspended.subject))
    gone = await conn.scalars(
        select(organisation.c.oin).where(organisation.c.ended_at.is_not(None))
    )
    return frozenset(
        {*((row.organisation, row.subject) for row in rows)}
        | {(oin, EVERYONE) for oin in gone}
    )
