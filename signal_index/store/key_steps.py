"""Records what is done with a key, and reads it back.

Whoever changes a key calls `record_key_step` in the transaction that must be durable
before the change takes effect: a key that changed without an entry cannot be explained.
What a step says is shown to auditors too, opened: it tells of keys, never of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.ledger import (
    DisclosureKey,
    Group,
    KeyStep,
    Kind,
    Opened,
    describe_key_step,
    open_disclosures,
)
from signal_index.proof import Json, parse_disclosure, write_key_steps
from signal_index.store.acts import Act, Recorder
from signal_index.store.ledger_order import newest_first
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
    steps = (
        select(*OPENED)
        .join_from(ledger_entry, ledger_disclosure, isouter=True)
        .where(_KEYS)
    )
    rows = await conn.execute(newest_first(steps).limit(most))
    return [open_row(row, keys) for row in rows]


@dataclass(frozen=True, slots=True)
class DisclosedSteps:
    """The steps of a year as auditors read them, and which ceremonies these name."""

    file: bytes
    transcripts: frozenset[bytes]


async def disclose_key_steps(
    conn: AsyncConnection, year: int, keys: Mapping[int, DisclosureKey]
) -> DisclosedSteps:
    """Open what each step of a year says, byte for byte as it was recorded.

    Null where it was erased; one that does not open raises `DisclosureRefused`.
    """
    rows = await conn.execute(
        select(ledger_entry.c.entry_id, ledger_disclosure.c.sealed)
        .join_from(ledger_entry, ledger_disclosure, isouter=True)
        .where(_KEYS)
        .where(ledger_entry.c.year == year)
        .order_by(ledger_entry.c.entry_id)
    )
    texts: dict[str, str | None] = {}
    transcripts = set()
    for row in rows:
        text_ = _open_what(row.entry_id, row.sealed, keys.get(year))
        texts[str(row.entry_id)] = text_
        said = text_ and (parse_disclosure(text_).value or {}).get("transcript")
        if isinstance(said, str):
            transcripts.add(bytes.fromhex(said))
    return DisclosedSteps(write_key_steps(texts), frozenset(transcripts))


def _open_what(
    entry: UUID, sealed: bytes | None, key: DisclosureKey | None
) -> str | None:
    if sealed is None or key is None:
        return None
    return open_disclosures(entry, sealed, key=key)[Group.WHAT]
