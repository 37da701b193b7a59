"""What the ledger shows of one account in a window: how many persons, refusals, decoys.

- Counted from clear headers and keyed hashes; no seal is opened, and nothing is written
  when somebody asks: whoever asks for a decoy leaves what every lookup leaves.
- What is found stands among the officer's findings, of one account once a day for each
  rule, with the most that a window had.
- A decoy is stored by the keyed hash under which the ledger knows a person in a year:
  it leads to no number, and whose list is replaced leaves nothing of the former.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    and_,
    cast,
    delete,
    distinct,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.security.rules import Counted, Rule, RuleId
from signal_index.days import day_of
from signal_index.identifiers import make_uuid7, new_uuid7
from signal_index.ledger import Kind
from signal_index.proof import encode_json
from signal_index.tables.completeness import completeness_finding, decoy
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.wire.completeness import Weight

_ENTRY, _FOUND, _DECOY = ledger_entry.c, ledger_disclosure.c, decoy.c


@dataclass(frozen=True, slots=True)
class Crossed:
    """A rule that one account crossed in a window; `entry` is its last act there."""

    rule: RuleId
    municipality: str
    organisation: str
    account: bytes
    begins: datetime
    count: int
    entry: UUID

    @property
    def day(self) -> date:
        """The day of which it is a finding."""
        return day_of(self.begins)

    @property
    def digest(self) -> bytes:
        """What names the finding: rule, account and day."""
        said = [self.rule, self.organisation, self.account.hex(), self.day.isoformat()]
        return sha256(encode_json([*said])).digest()


async def find_crossed(
    conn: AsyncConnection, rule: Rule, begins: datetime
) -> Sequence[Crossed]:
    """Give the accounts that crossed a rule in the window that began then."""
    counted = _COUNTS[rule.counts]
    whose = (_ENTRY.municipality, _ENTRY.organisation, _FOUND.find_user)
    query = (
        select(*whose, counted, func.max(cast(_ENTRY.entry_id, String)))
        .select_from(_acts_of(rule.counts))
        .where(_between(begins, begins + rule.window))
        .where(*(column.is_not(None) for column in whose))
        .where(_of(rule.counts))
        .group_by(*whose)
        .having(counted > rule.most)
    )
    return [
        Crossed(rule.id, place, oin, bytes(user), begins, count, UUID(entry))
        for place, oin, user, count, entry in await conn.execute(query)
    ]


async def find_known(
    conn: AsyncConnection, crossed: Sequence[Crossed]
) -> Mapping[bytes, int]:
    """Give what of this was found before: its digest, and how many it was then."""
    columns = completeness_finding.c
    wanted = {one.digest for one in crossed}
    rows = await conn.execute(
        select(columns.digest, columns.counted).where(columns.digest.in_(wanted))
    )
    return {bytes(digest): count or 0 for digest, count in rows}


async def note_crossed(
    conn: AsyncConnection, one: Crossed, subject: str | None, *, now: datetime
) -> None:
    """Add a finding for the officers of the municipality, an alarm."""
    row = {
        "id": new_uuid7(now),
        "municipality": one.municipality,
        "day": one.day,
        "digest": one.digest,
        "code": one.rule.value,
        "weight": Weight.ALARM.value,
        "organisation": one.organisation,
        "subject": subject,
        "entry_id": one.entry,
        "counted": one.count,
        "found_at": now,
    }
    await conn.execute(insert(completeness_finding), row)


async def raise_count(conn: AsyncConnection, one: Crossed) -> None:
    """Say of a finding that a window had more than it says."""
    columns = completeness_finding.c
    await conn.execute(
        update(completeness_finding)
        .where(columns.municipality == one.municipality, columns.digest == one.digest)
        .values(counted=one.count)
    )


async def find_acts(
    conn: AsyncConnection, kinds: Sequence[Kind], since: datetime, until: datetime
) -> Sequence[tuple[UUID, str | None, bytes | None]]:
    """Give the acts of these kinds: the entry, its municipality and who did it."""
    rows = await conn.execute(
        select(_ENTRY.entry_id, _ENTRY.municipality, _FOUND.find_user)
        .join_from(ledger_entry, ledger_disclosure)
        .where(_ENTRY.kind.in_([kind.value for kind in kinds]))
        .where(_between(since, until))
        .order_by(_ENTRY.entry_id)
    )
    return [(row.entry_id, row.municipality, row.find_user) for row in rows]


async def replace_decoys(
    conn: AsyncConnection, names: Mapping[int, Sequence[bytes]]
) -> None:
    """Watch these and no others: keyed hashes, by the year whose key made them."""
    await conn.execute(delete(decoy))
    rows = [
        {"year": year, "find_person": name}
        for year, found in names.items()
        for name in sorted(found)
    ]
    if rows:
        await conn.execute(insert(decoy), rows)


async def count_decoys(conn: AsyncConnection) -> Mapping[int, int]:
    """Count the decoys that are watched, by year."""
    rows = await conn.execute(select(_DECOY.year, func.count()).group_by(_DECOY.year))
    return {row.year: row[1] for row in rows}


def _acts_of(what: Counted) -> FromClause:
    joined = ledger_entry.join(ledger_disclosure)
    if what is Counted.DECOYS:
        return joined.join(decoy, _DECOY.find_person == _FOUND.find_person)
    return joined


def _of(what: Counted) -> ColumnElement[bool]:
    if what is Counted.PERSONS:
        return _ENTRY.kind == Kind.LOOKUP.value
    if what is Counted.REFUSALS:
        return _FOUND.find_outcome.is_not(None)
    return _FOUND.find_person.is_not(None)


_COUNTS: Final[Mapping[Counted, ColumnElement[int]]] = {
    Counted.PERSONS: func.count(distinct(_FOUND.find_person)),
    Counted.REFUSALS: func.count(distinct(_ENTRY.recorded_at)),
    Counted.DECOYS: func.count(distinct(_FOUND.find_person)),
}
"""How much of it: of a refused household one refusal, of a repeat no other person."""


def _between(begins: datetime, ends: datetime) -> ColumnElement[bool]:
    first, last = (make_uuid7(at, bytes(10)) for at in (begins, ends))
    return and_(_ENTRY.entry_id >= first, _ENTRY.entry_id < last)
