"""When entries were made, held against their order and against what witnesses saw when.

- An entry never says a minute long before one that stands before it in the tree: who
  puts one in later and dates it back is found by that alone.
- One cosigned checkpoint an hour is kept beside the tiles. What stands in a tree was
  made before it was cosigned, and what does not was made after: so an index whose whole
  clock was set back is found out, by as much as two of them lie apart.
- Of entries that no two such checkpoints hold closely the verdict says how many they
  are: before the first, or where no witness came by for more than two hours.
- The first leaf of a year says when its tree began, which may be after what waited.

Proven by tests/attack/test_operator_dates_an_entry_back.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from signal_index.proof import (
    HOURS_PATH,
    Checkpoint,
    QuorumRefused,
    format_minute,
    parse_hours,
    verify_checkpoint,
)
from signal_index.verify.errors import TimeRefused
from signal_index.verify.sources import LedgerSource
from signal_index.verify.trust import SignedTree, Trust

BACKWARDS = timedelta(minutes=5)
"""What is recorded side by side may stand in the tree in another order."""
CLOCKS_DIFFER = timedelta(minutes=10)
"""What witness and index may differ, and the way of an entry into the tree."""
APART = timedelta(hours=2)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Mark:
    """A tree that enough witnesses cosigned, and when."""

    checkpoint: Checkpoint
    at: datetime


@dataclass(frozen=True)
class JudgedTimes:
    """How many cosigned trees entries were held against, and how many not closely."""

    checkpoints: int
    loose: int


def read_marks(
    source: LedgerSource, trust: Trust, signed: SignedTree
) -> Sequence[Mark]:
    """Give the trees that enough witnesses cosigned, this one too, by size.

    None where no witness is believed. One that too few cosigned counts for nothing:
    witnesses come and go. Raises `TimeRefused` or a `ProofRefused` for one that is
    false.
    """
    if signed.witnessed is None:
        return ()
    data = source.read(HOURS_PATH)
    notes = () if data is None else parse_hours(data)
    found = [_read_mark(note, trust, signed.checkpoint) for note in notes]
    marks = [one for one in found if one is not None]
    marks.append(Mark(signed.checkpoint, signed.witnessed.at))
    marks.sort(key=lambda one: (one.checkpoint.size, one.at))
    latest = marks[0].at
    for one in marks:
        if one.at < latest - CLOCKS_DIFFER:
            raise TimeRefused("a larger tree was cosigned before a smaller one")
        latest = max(latest, one.at)
    return marks


def _read_mark(note: str, trust: Trust, last: Checkpoint) -> Mark | None:
    found = verify_checkpoint(note, trust.list_keys(last.origin), origin=last.origin)
    if found.size > last.size:
        return None  # signed since, while this was read
    try:
        witnessed = trust.verify_witnessed(note)
    except QuorumRefused:
        return None
    return None if witnessed is None else Mark(found, witnessed.at)


class Times:
    """Takes the minutes of entries in the order of the tree; `marks` by their size."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = marks
        self._passed = self._count = self._loose = 0
        self._changes_at: int | None = 0 if marks else None
        self._is_loose = False
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._floor: datetime | None = None

    def add(self, minute: datetime, *, begins: bool) -> None:
        """Take the next entry, or raise `TimeRefused`; `begins`: the first leaf."""
        if self._count == self._changes_at:
            self._move_on()
        if not begins:
            self._hold_to_order(minute)
        if self._until is not None and minute > self._until:
            raise self._refuse(minute, "stood in a tree before that")
        if self._since is not None and minute < self._since and not begins:
            raise self._refuse(minute, "was in no tree until long after that")
        self._loose += self._is_loose
        self._count += 1

    def tell(self) -> JudgedTimes | None:
        """Give what was held; None where no witness is believed."""
        return JudgedTimes(len(self._marks), self._loose) if self._marks else None

    def _hold_to_order(self, minute: datetime) -> None:
        if self._floor is not None and minute < self._floor:
            raise self._refuse(minute, "stands after one of a later time")
        latest = minute - BACKWARDS
        if self._floor is None or latest > self._floor:
            self._floor = latest

    def _move_on(self) -> None:
        """Go to between which two cosigned trees the next entry came in."""
        marks = self._marks
        while self._passed < len(marks) and self._size(self._passed) <= self._count:
            self._passed += 1
        before = marks[self._passed - 1].at if self._passed else None
        after = marks[self._passed].at if self._passed < len(marks) else None
        self._since = before and before - CLOCKS_DIFFER - _MINUTE
        self._until = after and after + CLOCKS_DIFFER
        self._is_loose = before is None or after is None or after - before > APART
        self._changes_at = None if after is None else self._size(self._passed)

    def _size(self, number: int) -> int:
        return self._marks[number].checkpoint.size

    def _refuse(self, minute: datetime, why: str) -> TimeRefused:
        said = f"entry {self._count} says {format_minute(minute)}"
        return TimeRefused(f"{said}, and {why}: it is not of that time")
