"""What officers did with the ledger, for whoever watches them.

Entries of the kinds that only officers' work makes, opened but for the person asked
about. Whoever calls this records that it was read.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import first_id
from signal_index.ledger import DisclosureKey, Opened
from signal_index.proof import Group
from signal_index.store.opened_entries import open_entries
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import OFFICERS_KINDS, ledger_entry

_BATCH: Final = 200
_OFFICERS_WORK: Final = text(OFFICERS_KINDS)
_OFFICERS: Final = frozenset(
    {"privacy-officer", "data-protection-officer", "municipality-administrator"}
)


async def find_officers_acts(
    conn: AsyncConnection,
    scope: OfficerScope,
    keys: Mapping[int, DisclosureKey],
    *,
    before: UUID | None = None,
    since: datetime | None = None,
) -> AsyncIterator[Opened]:
    """Give what officers did, newest first, as long as the caller goes on reading.

    An entry that was erased, and what users and upkeep did with a review, are left out:
    who it was stands in the sealed groups.
    """
    while True:
        ids = await _find_ids(conn, scope, before, since)
        opened = await open_entries(conn, ids, keys)
        for entry in ids:
            if entry in opened and _is_officers(opened[entry]):
                yield opened[entry]
        if len(ids) < _BATCH:
            return
        before = ids[-1]


async def _find_ids(
    conn: AsyncConnection,
    scope: OfficerScope,
    before: UUID | None,
    since: datetime | None,
) -> Sequence[UUID]:
    columns = ledger_entry.c
    wanted = (
        select(columns.entry_id)
        .where(_OFFICERS_WORK)
        .where(within(scope, columns.municipality, columns.organisation))
        .order_by(columns.entry_id.desc())
        .limit(_BATCH)
    )
    if before is not None:
        wanted = wanted.where(columns.entry_id < before)
    if since is not None:
        wanted = wanted.where(columns.entry_id >= first_id(since))
    return (await conn.scalars(wanted)).all()


def _is_officers(one: Opened) -> bool:
    return not _OFFICERS.isdisjoint(one.texts(Group.ROLE, "roles"))
