"""Records what is done with a key, and reads it back.

Whoever changes a key calls `record_key_step` in the transaction that must be durable
before the change takes effect: a key that changed without an entry cannot be explained.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.ledger import DisclosureKey, KeyStep, Kind, Opened, describe_key_step
from signal_index.proof import Json
from signal_index.store.acts import Act, Recorder
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.tables.ledger import KEY_STEPS_ONLY, ledger_disclosure, ledger_entry

_KEYS: Final = text(KEY_STEPS_ONLY)


async def record_key_step(
    conn: AsyncConnection, recorder: Recorder, step: KeyStep, **members: Json
) -> UUID:
    """Write the entry of one step, with exactly the members that `KEY_STEPS` names.

    Raises ValueError for others. The caller's transaction makes it durable: commit it
    before the step takes effect.
    """
    return await recorder.record(conn, Act(describe_key_step(step, members), Kind.KEY))


async def find_key_steps(
    conn: AsyncConnection, keys: Mapping[int, DisclosureKey], *, most: int
) -> Sequence[Opened]:
    """Give the newest steps, opened, the newest first; one that was erased too."""
    rows = await conn.execute(
        select(*OPENED)
        .join_from(ledger_entry, ledger_disclosure, isouter=True)
        .where(_KEYS)
        .order_by(ledger_entry.c.entry_id.desc())
        .limit(most)
    )
    return [open_row(row, keys) for row in rows]
