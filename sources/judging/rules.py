"""The one table: how much of each difference goes unasked, for a source of any size.

A finding is made of what goes beyond all that is `few`, and beyond a `share` of what
there is; but never is more than `most` let through, since a small share of a large
source is many people. So of the cases of a source may go unasked:

                         of 4    of 20    of 400    of 400,000
    cases-gone              2        2        40         5,000
    cases-ended             3        5       100        10,000
    open-though-over        2        2        40         5,000
    cases-reopened          2        2        40         5,000
    other-kind              2        2        40         5,000
    other-starts            2        2        40         5,000
    other-ends              3        5       100        10,000
    flags-at-stake          3        5       100        10,000
    records-rejected        5        5       100        10,000
    contacts-changed       10       18       360        50,000
    other-numbers           5       10       200         2,000
    nothing-read, first-empty, rows-swallowed, total-differs, old-starts,
    other-person: none
    older-file, by bytes or date: none
    old-signals, old-persons: none
    older-file, by content: of what the last delivery changed, one or half

- Of four cases one or two may be gone: a small agency ends half its work in a good
  week. That three of four are gone at once is no week.
- A record that is open by its status and over by its last day gets no flag. Many at
  once are a column that means something else (a day of review), or a status that nobody
  keeps: a first delivery would leave all of them out. A share of each file that was let
  through before is expected again, as of rejects.
- Cases that ended or went this month and are open again may have been renewed late; so
  many that it is no slip are an older file, or one that takes a filter away.
- One number that is another's and valid gives somebody a flag that is not theirs, and
  takes it from whom it is of. A correction of one number looks the same, and only the
  agency can tell which it is: each known case that gets another person is asked about.
- Another category or municipality for a known case is another flag: the old one goes.
  Many at once are a column or a code of the profile that means something else now, and
  a kind of help that somebody never had.
- Another first day for many is a column that was read by another form of dates. Another
  last day may be a year's renewal, but it also decides when a flag goes.
- What ends, is gone, is another's or another kind's, or goes sooner than was told is
  one question as well, `flags-at-stake`: two of each are no small change for four
  clients. Where one part alone is all of it, that part is asked about.
- Everybody's contact holder changes when a small agency has one telephone and gets
  another number: in a source of ten or fewer that is ordinary, and each of them would
  be called wrong for a day at worst. In a larger one it is asked about.
- A colleague calls a team or its worker, who has more than one case. Where more than
  half of the open cases bring a telephone number of their own, they are of citizens.
  That holds for a first delivery too, which is compared with nothing; what was let
  through once is told, and not asked about again.
- Nobody knows which case a signal of a lost outbox is of. All are taken back when every
  open case was told anew; one of a record that is rejected now would just be gone.
  So they count as known cases, by their number and first days: what a file lacks of
  them is gone, like any case. Whose they are no count can say: that is always asked.
- A first full file with nothing but its header says that the agency has nobody. That
  is so for some, and for most it is an export of nothing: asked once, as then every
  later one is known to be meant.
- A total row that counts other than the rows that were read: the file is not whole, or
  rows came in beside it. A total of amounts counts nothing (`connectors.totals`).
- A contact that began more than fifty years ago: 1926 is a slip for 2026, and 1900 and
  1970 are the day zero of spreadsheets and computers. A life may well hold so long a
  contact; then somebody says so once, since what was told before is not asked again.
- A row that a stray quote swallowed is never ordinary, nor is a file without a record
  of a source that had some. Whoever lets that through has said that all of it goes:
  that it undoes the last delivery, or is older, is no question beside that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sources.judging.difference import Difference


class Doubt(StrEnum):
    """What must be asked about: the codes of findings, also on the wire."""

    NOTHING_READ = "nothing-read"
    FIRST_EMPTY = "first-empty"
    CASES_GONE = "cases-gone"
    CASES_ENDED = "cases-ended"
    OPEN_THOUGH_OVER = "open-though-over"
    CASES_REOPENED = "cases-reopened"
    OTHER_PERSON = "other-person"
    OTHER_KIND = "other-kind"
    OTHER_STARTS = "other-starts"
    OTHER_ENDS = "other-ends"
    FLAGS_AT_STAKE = "flags-at-stake"
    RECORDS_REJECTED = "records-rejected"
    ROWS_SWALLOWED = "rows-swallowed"
    TOTAL_DIFFERS = "total-differs"
    OLD_STARTS = "old-starts"
    OLDER_FILE = "older-file"
    CONTACTS_CHANGED = "contacts-changed"
    OTHER_NUMBERS = "other-numbers"
    OLD_SIGNALS = "old-signals"
    OLD_PERSONS = "old-persons"


@dataclass(frozen=True, slots=True)
class Bound:
    """How many go unasked: `few`, or a `share` in percent, and never above `most`."""

    few: int
    share: int
    most: int

    def find_allowed(self, of: int) -> int:
        """Give how many of so many go unasked."""
        return min(self.most, max(self.few, of * self.share // 100))


@dataclass(frozen=True, slots=True)
class Rule:
    """One question about a difference: how many, of how many, and the bound.

    Where one of its `parts` is asked already and is all of it, it is no question.
    """

    doubt: Doubt
    count: Callable[[Difference], int]
    of: Callable[[Difference], int]
    bound: Bound
    parts: frozenset[Doubt] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """What must be asked: so many, of so many."""

    doubt: Doubt
    count: int
    of: int


_NEVER: Final = Bound(few=0, share=0, most=0)
_PARTS: Final = frozenset(
    (
        Doubt.NOTHING_READ,
        Doubt.CASES_GONE,
        Doubt.CASES_ENDED,
        Doubt.OTHER_PERSON,
        Doubt.OTHER_KIND,
        Doubt.OTHER_ENDS,
    )
)
_EMPTY: Final = frozenset((Doubt.NOTHING_READ,))

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        Doubt.NOTHING_READ,
        lambda d: 0 if d.read else _count_gone(d),
        lambda d: d.known,
        _NEVER,
    ),
    Rule(
        Doubt.FIRST_EMPTY,
        lambda d: int(d.is_first_and_empty),
        lambda d: int(d.is_first_and_empty),
        _NEVER,
    ),
    Rule(
        Doubt.CASES_GONE,
        lambda d: _count_gone(d) if d.read else 0,
        lambda d: d.known,
        Bound(few=2, share=10, most=5_000),
    ),
    Rule(
        Doubt.CASES_ENDED,
        lambda d: d.ended,
        lambda d: d.known,
        Bound(few=3, share=25, most=10_000),
    ),
    Rule(
        Doubt.OTHER_PERSON,
        lambda d: d.persons,
        lambda d: d.known,
        _NEVER,
    ),
    Rule(
        Doubt.OTHER_KIND,
        lambda d: d.kinds,
        lambda d: d.known,
        Bound(few=2, share=10, most=5_000),
    ),
    Rule(
        Doubt.OTHER_STARTS,
        lambda d: d.starts,
        lambda d: d.known,
        Bound(few=2, share=10, most=5_000),
    ),
    Rule(
        Doubt.OTHER_ENDS,
        lambda d: d.ends,
        lambda d: d.known,
        Bound(few=3, share=25, most=10_000),
    ),
    Rule(
        Doubt.FLAGS_AT_STAKE,
        lambda d: _count_gone(d) + d.ended + d.persons + d.kinds + d.sooner,
        lambda d: d.known,
        Bound(few=3, share=25, most=10_000),
        parts=_PARTS,
    ),
    Rule(
        Doubt.RECORDS_REJECTED,
        lambda d: d.rejected - _expect(d, d.rejected, d.rejected_before),
        lambda d: d.read,
        Bound(few=5, share=25, most=10_000),
    ),
    Rule(
        Doubt.OPEN_THOUGH_OVER,
        lambda d: d.though_open - _expect(d, d.though_open, d.though_open_before),
        lambda d: d.read,
        Bound(few=2, share=10, most=5_000),
    ),
    Rule(Doubt.ROWS_SWALLOWED, lambda d: d.swallowed, lambda d: d.read, _NEVER),
    Rule(Doubt.TOTAL_DIFFERS, lambda d: d.total, lambda d: d.counted, _NEVER),
    Rule(Doubt.OLD_STARTS, lambda d: d.old_starts, lambda d: d.opened, _NEVER),
    Rule(
        Doubt.OLDER_FILE,
        lambda d: int(d.replayed or d.predates) * _count_changes(d),
        lambda d: d.known,
        _NEVER,
        parts=_EMPTY,
    ),
    Rule(
        Doubt.OLDER_FILE,
        lambda d: 0 if d.replayed or d.predates else d.reverted,
        lambda d: d.turned,
        Bound(few=1, share=50, most=1_000_000),
        parts=_EMPTY,
    ),
    Rule(
        Doubt.CASES_REOPENED,
        lambda d: d.reopened,
        lambda d: d.known,
        Bound(few=2, share=10, most=5_000),
        parts=frozenset((Doubt.OLDER_FILE,)),
    ),
    Rule(
        Doubt.CONTACTS_CHANGED,
        lambda d: d.contacts,
        lambda d: d.known,
        Bound(few=10, share=90, most=50_000),
    ),
    Rule(
        Doubt.OLD_SIGNALS,
        lambda d: min(d.unsure, d.strays),
        lambda d: d.strays,
        _NEVER,
    ),
    Rule(Doubt.OLD_PERSONS, lambda d: d.strays, lambda d: d.strays, _NEVER),
    Rule(
        Doubt.OTHER_NUMBERS,
        lambda d: d.numbers,
        lambda d: d.opened,
        Bound(few=5, share=50, most=2_000),
    ),
)


def judge(difference: Difference) -> tuple[Finding, ...]:
    """Say what of a delivery must be asked about before it is sent; nothing: send it.

    Proven by tests/unit/sources/test_judging.py, for four sizes of source.
    """
    found: list[Finding] = []
    for rule in RULES:
        count, of = rule.count(difference), rule.of(difference)
        is_asked = any(one.doubt in rule.parts and one.count >= count for one in found)
        if count > rule.bound.find_allowed(of) and not is_asked:
            found.append(Finding(rule.doubt, count, of))
    return tuple(found)


def _count_gone(difference: Difference) -> int:
    """Give how many known cases have no record, or no new case in their place."""
    return difference.gone + difference.spared + difference.lost


def _expect(difference: Difference, now: int, before: int) -> int:
    """Give how many of these are as before: what somebody has let through is known."""
    if not difference.read_before:
        return 0
    return min(now, round(before / difference.read_before * difference.read))


def _count_changes(difference: Difference) -> int:
    """Give how many signals would come, go or change by this file."""
    came_or_went = difference.new + difference.gone + difference.ended
    whose = difference.persons + difference.kinds
    return came_or_went + whose + difference.starts + difference.ends
