"""What a user was answered before about the same person, in the same case and purpose.

- Only what this very user was shown, in the two weeks in which they see it among their
  own lookups: nothing here is news to them.
- Found by the keyed hashes beside an entry, in one query for all asked at
  once, whatever is found: it depends on nothing but who asks, of whom, in which case.
- A case is asked for: without one nothing ties two lookups together.

Proven by tests/attack/test_a_repeat_is_no_lookup_of_its_own.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import make_uuid7
from signal_index.ledger import DisclosureKey, Entry, Kind, Opened
from signal_index.overview.days import FOLLOW_UP_DAYS
from signal_index.proof import Outcome
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.tables.ledger import ledger_disclosure, ledger_entry

_TELLS_FOR: Final = timedelta(days=FOLLOW_UP_DAYS)
_RANDOM_BYTES: Final = 10
_SAME: Final = (
    ledger_disclosure.c.find_person,
    ledger_disclosure.c.find_user,
    ledger_disclosure.c.find_case,
    ledger_disclosure.c.find_purpose,
)


async def find_answered_before(
    conn: AsyncConnection,
    entries: Sequence[Entry],
    keys: Mapping[int, DisclosureKey],
    *,
    until: datetime,
) -> Sequence[Opened | None]:
    """Find for each of these new entries the last answer before `until` like it.

    None where there was none, it was refused, or it cannot be read any more.
    """
    asked = [_same(entry) for entry in entries]
    if not any(asked):
        return [None] * len(entries)
    since = make_uuid7(until - _TELLS_FOR, bytes(_RANDOM_BYTES))
    before = make_uuid7(until, bytes(_RANDOM_BYTES))
    number = func.row_number().over(
        partition_by=_SAME, order_by=ledger_disclosure.c.entry_id.desc()
    )
    newest = (
        select(*OPENED, *_SAME, number.label("number"))
        .join_from(ledger_disclosure, ledger_entry)
        .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        .where(ledger_disclosure.c.entry_id.between(since, before))
        .where(
            *(
                column.in_({one[place] for one in asked if one})
                for place, column in enumerate(_SAME)
            )
        )
        .subquery()
    )
    answers: dict[tuple[bytes, ...], Opened] = {}
    for row in await conn.execute(select(newest).where(newest.c.number == 1)):
        one = open_row(row, keys)
        if one.flags is not None and one.parsed_leaf.outcome is Outcome.ANSWERED:
            same = (row.find_person, row.find_user, row.find_case, row.find_purpose)
            answers[tuple(bytes(part) for part in same)] = one
    return [None if one is None else answers.get(one) for one in asked]


def _same(entry: Entry) -> tuple[bytes, ...] | None:
    """Give what two lookups of one question share; None without a case."""
    found = entry.find_keys
    same = (found.person, found.user, found.case, found.purpose)
    return None if None in same else tuple(part for part in same if part is not None)
