"""Reading what one ledger entry says into the cells that are counted.

The person asked about is not among what is read: only whether somebody was shown the
same person shortly before, which the reader of the ledger finds by keyed hash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from signal_index.overview.counts import Cell, Counts, FlagCell, UserCell
from signal_index.overview.hours import is_off_hours
from signal_index.proof import Group, JsonObject, Outcome


@dataclass(frozen=True, repr=False)
class LookupSeen:
    """One entry of kind `lookup`, opened, with what only other rows can tell.

    `said` is what the user said came of its flags, by their place; None: of all of it.
    """

    recorded_at: datetime
    groups: Mapping[Group, JsonObject | None]
    repeated: bool
    said: Mapping[int | None, str | None]


def count_lookups(seen: Iterable[LookupSeen]) -> Counts:
    """Count the lookups of one day of one organisation.

    What was erased is not given; it cannot be counted any more.
    """
    cells: Counter[Cell] = Counter()
    users: Counter[UserCell] = Counter()
    flags: Counter[FlagCell] = Counter()
    retries = 0
    for one in seen:
        if _of(one, Group.DECISION).get("repeat") is True:
            retries += 1
            continue
        cell = _cell(one)
        cells[cell] += 1
        users[_user(one, cell)] += 1
        flags.update(_flags(one, cell))
    return Counts(cells, users, retries, flags)


def _cell(one: LookupSeen) -> Cell:
    why, what = _of(one, Group.WHY), _of(one, Group.WHAT)
    outcome = _text(_of(one, Group.DECISION).get("outcome")) or Outcome.FAILED.value
    is_answered = outcome == Outcome.ANSWERED.value
    return Cell(
        team=_text(_of(one, Group.ROLE).get("team")),
        purpose=_text(why.get("purpose")),
        outcome=outcome,
        is_hit=is_answered and bool(what.get("flags")),
        off_hours=is_off_hours(one.recorded_at),
        break_glass=why.get("breakGlass") is not None,
        repeated=is_answered and one.repeated,
        follow_up=tuple(sorted({code for code in one.said.values() if code}))
        if is_answered
        else (),
    )


def _flags(one: LookupSeen, cell: Cell) -> list[FlagCell]:
    return [
        FlagCell(cell.team, cell.purpose, one.said.get(place))
        for place in range(_count_flags(one.groups) if cell.is_hit else 0)
    ]


def _count_flags(groups: Mapping[Group, JsonObject | None]) -> int:
    """Count the flags that an opened lookup showed: none for a miss or a refusal."""
    found = (groups.get(Group.WHAT) or {}).get("flags")
    return len(found) if isinstance(found, list) else 0


def _user(one: LookupSeen, cell: Cell) -> UserCell:
    return UserCell(
        sub=_text(_of(one, Group.WHO).get("sub")) or "",
        team=cell.team,
        purpose=cell.purpose,
        off_hours=cell.off_hours,
        refused=cell.outcome == Outcome.REFUSED.value,
        break_glass=cell.break_glass,
        repeated=cell.repeated,
    )


def _of(one: LookupSeen, group: Group) -> JsonObject:
    return one.groups.get(group) or {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
