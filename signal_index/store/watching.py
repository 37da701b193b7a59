"""What the ledger shows of one account in a window: how many persons, refusals, decoys.

- Counted from clear headers and keyed hashes; no seal is opened, and nothing is written
  when somebody asks: whoever asks for a decoy leaves what every lookup leaves.
- An account counts over all municipalities, and each in which it did something of it is
  told. What is found stands among the officer's findings, of one account once a day for
  each rule, with the most that a window had; what grows after it was closed is another.
- A decoy is stored by the keyed hash under which the ledger knows a person in a year:
  it leads to no number, and whose list is replaced leaves nothing of the former.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
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
from signal_index.identifiers import end_id, first_id, new_uuid7
from signal_index.ledger import Kind
from signal_index.proof import encode_json
from signal_index.tables.completeness import (
    alarm_window,
    completeness_finding,
    decoy,
    watched,
)
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.wire.completeness import Weight

_ENTRY, _FOUND, _DECOY = ledger_entry.c, ledger_disclosure.c, decoy.c
_WHAT: Final = "ledger"


@dataclass(frozen=True, slots=True)
class Window:
    """One account in one window of a rule, as one municipality's officers are told."""

    municipality: str
    rule: RuleId
    organisation: str
    account: bytes
    begins: datetime

    @property
    def day(self) -> date:
        """The day of which it is a finding."""
        return day_of(self.begins)

    @property
    def whose(self) -> tuple[str, RuleId, str, bytes, date]:
        """What makes it part of the same finding, while that is open."""
        return self.municipality, self.rule, self.organisation, self.account, self.day


@dataclass(frozen=True, slots=True)
class Crossed:
    """A window in which a rule was crossed.

    `count` is of all municipalities, `entry` the account's last act in this one.
    """

    window: Window
    count: int
    entry: UUID

    @property
    def digest(self) -> bytes:
        """What names a finding that begins with it: no window has a count twice."""
        one = self.window
        whose = (one.rule.value, one.organisation, one.account.hex())
        said = encode_json([*whose, one.begins.isoformat(), self.count])
        return sha256(said).digest()


@dataclass(frozen=True, slots=True)
class Told:
    """How many were told of a window, in which finding, and whether that is open."""

    count: int
    finding: UUID
    is_open: bool


async def has_acts(conn: AsyncConnection, since: datetime, until: datetime) -> bool:
    """Tell whether any entry was recorded then: without one, no rule was crossed."""
    found = select(_ENTRY.entry_id).where(_between(since, until)).limit(1)
    return await conn.scalar(found) is not None


async def find_crossed(
    conn: AsyncConnection, rule: Rule, begins: datetime
) -> Sequence[Crossed]:
    """Give the accounts that crossed a rule in the window that began then.

    An account counts over all municipalities together; each in which it did something
    of it has its own.
    """
    counted = _COUNTS[rule.counts].label("counted")
    whose = (_ENTRY.organisation, _FOUND.find_user)
    acts, of = _acts_of(rule.counts), _of(rule.counts)
    when = and_(of, _between(begins, begins + rule.window))
    many = (
        select(*whose, counted)
        .select_from(acts)
        .where(when, *(column.is_not(None) for column in whose))
        .group_by(*whose)
        .having(counted > rule.most)
        .subquery()
    )
    same = [many.c[column.key] == column for column in whose]
    where = (_ENTRY.municipality, *whose, many.c.counted)
    query = (
        select(*where, func.max(cast(_ENTRY.entry_id, String)))
        .select_from(acts.join(many, and_(*same)))
        .where(when, _ENTRY.municipality.is_not(None))
        .group_by(*where)
        .order_by(*where)
    )
    return [
        Crossed(Window(place, rule.id, oin, bytes(user), begins), count, UUID(entry))
        for place, oin, user, count, entry in await conn.execute(query)
    ]


async def find_told(
    conn: AsyncConnection, crossed: Sequence[Crossed]
) -> dict[Window, Told]:
    """Give what was told of the days of these, by window."""
    finding, told = completeness_finding.c, alarm_window.c
    since = min(one.window.day for one in crossed)
    rows = await conn.execute(
        select(alarm_window, finding.closed_at)
        .join(completeness_finding, finding.id == told.finding)
        .where(finding.day >= since)
    )
    return {_window_of(row): _told_of(row) for row in rows}


def _window_of(row: Row[Any]) -> Window:
    rule, account = RuleId(row.rule), bytes(row.account)
    return Window(row.municipality, rule, row.organisation, account, row.begins)


def _told_of(row: Row[Any]) -> Told:
    return Told(row.counted, row.finding, row.closed_at is None)


async def note_crossed(
    conn: AsyncConnection, one: Crossed, subject: str | None, *, now: datetime
) -> UUID:
    """Add a finding for the officers of the municipality, an alarm."""
    window, finding = one.window, new_uuid7(now)
    row = {
        "id": finding,
        "municipality": window.municipality,
        "day": window.day,
        "digest": one.digest,
        "code": window.rule.value,
        "weight": Weight.ALARM.value,
        "organisation": window.organisation,
        "subject": subject,
        "entry_id": one.entry,
        "counted": one.count,
        "found_at": now,
    }
    await conn.execute(insert(completeness_finding), row)
    return finding


async def raise_count(conn: AsyncConnection, finding: UUID, count: int) -> None:
    """Say of a finding that a window had more than it says."""
    columns = completeness_finding.c
    await conn.execute(
        update(completeness_finding)
        .where(columns.id == finding, columns.counted < count)
        .values(counted=count)
    )


async def keep_told(
    conn: AsyncConnection, one: Crossed, finding: UUID, *, is_fresh: bool
) -> None:
    """Keep how many were told of a window, and in which finding."""
    columns, said = alarm_window.c, {"counted": one.count, "finding": finding}
    key = asdict(one.window)
    if is_fresh:
        await conn.execute(insert(alarm_window), {**key, **said})
        return
    same = [columns[name] == value for name, value in key.items()]
    await conn.execute(update(alarm_window).where(*same).values(said))


async def find_until(conn: AsyncConnection) -> datetime | None:
    """Give until when the ledger was looked at: its first entry, where never."""
    kept = select(watched.c.until).where(watched.c.what == _WHAT)
    first = select(_ENTRY.recorded_at).order_by(_ENTRY.entry_id).limit(1)
    until: datetime | None = await conn.scalar(kept) or await conn.scalar(first)
    return until


async def keep_until(conn: AsyncConnection, until: datetime) -> None:
    """Keep until when the ledger was looked at."""
    changed = await conn.execute(
        update(watched).where(watched.c.what == _WHAT).values(until=until)
    )
    if changed.rowcount == 0:
        await conn.execute(insert(watched), {"what": _WHAT, "until": until})


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


_ACT: Final = func.substr(func.replace(cast(_ENTRY.entry_id, String), "-", ""), 1, 30)
"""An id but for its last byte: that of one act, of however many persons."""

_COUNTS: Final[Mapping[Counted, ColumnElement[int]]] = {
    Counted.PERSONS: func.count(distinct(_FOUND.find_person)),
    Counted.REFUSALS: func.count(distinct(_ACT)),
    Counted.DECOYS: func.count(distinct(_FOUND.find_person)),
}
"""How much of it: of a refused household one refusal, of a repeat no other person."""


def _between(begins: datetime, ends: datetime) -> ColumnElement[bool]:
    entry = _ENTRY.entry_id
    return and_(entry >= first_id(begins), entry < end_id(ends))
