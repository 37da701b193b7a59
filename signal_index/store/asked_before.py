"""Recording lookups; finding what their users were answered before to the same.

- Only what this very user was shown, in the two weeks in which they see it among their
  own lookups: nothing here is news to them.
- Found by the keyed hashes beside an entry: it depends on nothing but who asks, of
  whom, in which case. Without a case nothing ties two lookups together.
- On PostgreSQL entries, boxes for their sources and this are one statement, whatever is
  found.
  It reads what was recorded of that case (`OFFSET 0`: whatever the planner thinks).
  Of the user it would be all of two weeks, for each lookup; of the person, its time
  would tell how often others looked them up.

Proven by tests/attack/test_a_repeat_is_no_lookup_of_its_own.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Integer,
    LargeBinary,
    String,
    Uuid,
    bindparam,
    insert,
    select,
)
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import end_id, first_id
from signal_index.ledger import DisclosureKey, Entry, Kind, Opened
from signal_index.overview.days import FOLLOW_UP_DAYS
from signal_index.proof import Outcome
from signal_index.returning import SealedBox, box_row
from signal_index.store.ledger import (
    INSERT_PENDING,
    entry_columns,
    insert_entries,
    make_insertion,
)
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.store.row_keys import ROWS_WRITTEN
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.tables.notices import notice_box

_TELLS_FOR: Final = timedelta(days=FOLLOW_UP_DAYS)
MOST_BEFORE: Final = 10
"""Lookups of the same person in the same case that are read: the newest."""

_INSERT_AND_FIND: Final = (
    make_insertion(
        f"""
    , boxes AS (
      INSERT INTO notice_box (id, year, municipality, sealed)
      SELECT g.* FROM pg_advisory_xact_lock_shared(:lock),
        unnest(:box_id, :box_year, :box_municipality, :box_sealed) AS g
    ), pending AS ({INSERT_PENDING})
    SELECT given.entry_id AS asked, before.* FROM given CROSS JOIN LATERAL (
      SELECT e.entry_id, e.year, e.kind, e.recorded_at, e.organisation, e.leaf, d.sealed
      FROM (
        SELECT * FROM ledger_disclosure WHERE find_case = given.find_case
          AND entry_id BETWEEN :since AND :before OFFSET 0
      ) d JOIN ledger_entry e USING (entry_id)
      WHERE d.find_person = given.find_person AND d.find_user = given.find_user
        AND e.kind = given.kind
      ORDER BY d.entry_id DESC LIMIT {MOST_BEFORE}
    ) before
    """,  # noqa: S608  a text of our own
        box_id=Uuid(),
        box_year=Integer(),
        box_municipality=String(),
        box_sealed=LargeBinary(),
    )
    .bindparams(bindparam("since", type_=Uuid()), bindparam("before", type_=Uuid()))
    .bindparams(bindparam("lock", type_=BigInteger()))
    .columns(asked=Uuid(), **{one.name: one.type for one in OPENED})
)


async def insert_lookups(
    conn: AsyncConnection,
    entries: Sequence[Entry],
    boxes: Sequence[SealedBox],
    keys: Mapping[int, DisclosureKey],
    *,
    until: datetime,
) -> Sequence[Sequence[Opened]]:
    """Write entries of lookups and their boxes; give what was answered before to each.

    To the same user about the same person in the same case, before `until`, for
    whatever purpose; the newest first. What was refused, or cannot be read any more, is
    not among it. Where there are boxes no row key is closed from here on until COMMIT.
    Commits nothing.
    """
    since, before = first_id(until - _TELLS_FOR), end_id(until)
    boxed = [box_row(box) for box in boxes]
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    if conn.dialect.name == "postgresql":
        columns = entry_columns(entries) | {
            f"box_{name}": [row[name] for row in boxed] for name in _BOX
        }
        args = {**columns, "since": since, "before": before, "lock": ROWS_WRITTEN}
        for row in await conn.execute(_INSERT_AND_FIND, args):
            found[row.asked].append(row)
    else:
        for entry in entries:
            found[entry.id] += await _find_before(conn, entry, since, before)
        await insert_entries(conn, entries)
        if boxed:
            await conn.execute(insert(notice_box), boxed)
    return [_answered(found[entry.id], keys) for entry in entries]


_BOX: Final = ("id", "year", "municipality", "sealed")


async def _find_before(
    conn: AsyncConnection, entry: Entry, since: UUID, before: UUID
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Find on SQLite what the one statement finds on PostgreSQL."""
    same = entry.find_keys
    if same.case is None:
        return []
    newest = (
        select(*OPENED)
        .join_from(ledger_disclosure, ledger_entry)
        .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        .where(ledger_disclosure.c.entry_id.between(since, before))
        .where(
            ledger_disclosure.c.find_case == same.case,
            ledger_disclosure.c.find_person == same.person,
            ledger_disclosure.c.find_user == same.user,
        )
        .order_by(ledger_disclosure.c.entry_id.desc())
        .limit(MOST_BEFORE)
    )
    return (await conn.execute(newest)).all()


def _answered(
    rows: Iterable[Row[Any]], keys: Mapping[int, DisclosureKey]
) -> Sequence[Opened]:
    """Open the answers among these, the newest first."""
    opened = [open_row(row, keys) for row in rows]
    return sorted(
        (
            one
            for one in opened
            if one.flags is not None and one.parsed_leaf.outcome is Outcome.ANSWERED
        ),
        key=lambda one: one.entry,
        reverse=True,
    )
