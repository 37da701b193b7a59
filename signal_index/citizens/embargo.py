"""Embargoes: what about safety stays out of a citizen's report for a while.

Whoever harms somebody in the house may read the report too, or force the other to ask
for it. So the law lets a report leave out what would put somebody in danger (GDPR art.
23(1)(i); UAVG art. 41). Leaving out must not show either:

- what is left out leaves no trace in the report: no count, no gap in a number, no empty
  heading. Every report says the same sentence about embargoes, with and without one;
- a lookup goes whole or stays whole. It goes when it showed an embargoed category, and,
  for a purpose that is about safety, also when it showed nothing: that somebody looked
  for safety is what must not be known;
- an embargo that waits for its second pair of eyes already holds, for what was given
  away cannot be taken back; refused, lifted or expired, it holds no longer.

Proven by tests/unit/signal_index/test_embargo.py and
tests/attack/test_an_embargo_does_not_show.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from keys.errors import InvalidRow
from keys.months import add_months
from keys.pseudonym import SealedRow, StoredPoint
from policy.catalogue import Catalogue
from policy.errors import UnknownPurpose
from policy.vocabulary import CategoryId
from signal_index.row_keys import RowKeys, Rows
from signal_index.wire.citizen_reports import (
    ReportedCheck,
    ReportedEntry,
    ReportedLookup,
    ReportedMatch,
    ReportedSignal,
)

MATTER: Final = "embargo"
"""What its approval is about, and the sentence that a page shows of it."""

MOST_MONTHS: Final = 6
"""How long an embargo lasts at most; after that it is weighed anew."""

ROW: Final = "register/embargo"
"""In the place of a category, so that the row links to none of the person's signals.

No category can have this id: a catalogue's ids hold no slash.
"""


class EmbargoState(StrEnum):
    """Where an embargo stands on one day."""

    AWAITING = "awaiting"
    IN_FORCE = "in-force"
    REFUSED = "refused"
    LIFTED = "lifted"
    EXPIRED = "expired"


HOLDING: Final = frozenset({EmbargoState.AWAITING, EmbargoState.IN_FORCE})


@dataclass(frozen=True, slots=True)
class EmbargoFacts:
    """What decides where an embargo stands: its end, its lifting, its approval.

    `approval` is the state of its approval: open, approved, or anything else.
    """

    until: date
    is_lifted: bool
    approval: str


def derive_embargo_row(keys: RowKeys, point: StoredPoint) -> SealedRow:
    """Give the row under which a person's embargoes are placed.

    Sealed values that are about a person hold it too: it says nothing without h, and
    gives S back to whoever holds h (`find_embargo_rows`, `open_person`).
    """
    return keys.seal(point, ROW)


def open_person(keys: RowKeys, row: SealedRow) -> StoredPoint:
    """Give S of whom a sealed value is about, or raise `InvalidRow`."""
    return keys.open(row, ROW)


def is_known(keys: RowKeys, row: SealedRow) -> bool:
    """Tell whether a key of ours says of whom a sealed value is."""
    try:
        open_person(keys, row)
    except InvalidRow:
        return False
    return True


def find_embargo_rows(keys: RowKeys, point: StoredPoint) -> Rows:
    """Give where a person's embargoes may stand."""
    return keys.find(point, ROW)


def judge_embargo(facts: EmbargoFacts, today: date) -> EmbargoState:
    """Say where an embargo stands; `until` is the last day on which it holds."""
    if facts.is_lifted:
        return EmbargoState.LIFTED
    if facts.approval not in {"open", "approved"}:
        return EmbargoState.REFUSED
    if today > facts.until:
        return EmbargoState.EXPIRED
    awaiting = facts.approval == "open"
    return EmbargoState.AWAITING if awaiting else EmbargoState.IN_FORCE


def is_allowed_end(until: date, today: date) -> bool:
    """Tell whether an embargo may last until this day."""
    return today <= until <= last_allowed_end(today)


def last_allowed_end(today: date) -> date:
    """Give the last day that an embargo placed today may have."""
    return add_months(today, MOST_MONTHS)


def find_embargo_categories(catalogue: Catalogue) -> frozenset[CategoryId]:
    """Give the categories that can be under embargo at all."""
    return frozenset(id_ for id_, row in catalogue.categories.items() if row.embargo)


def withhold_entries(
    entries: Iterable[ReportedEntry],
    embargoed: frozenset[str],
    catalogue: Catalogue,
) -> Sequence[ReportedEntry]:
    """Keep the entries that may stand in the report; the others leave no trace."""
    return tuple(
        entry
        for entry in entries
        if isinstance(entry, ReportedCheck)
        or not _gives_away(entry, embargoed, catalogue)
    )


def withhold_signals(
    signals: Iterable[ReportedSignal], embargoed: frozenset[str]
) -> Sequence[ReportedSignal]:
    """Keep the signals that may stand in the report."""
    return tuple(one for one in signals if one.category not in embargoed)


def _gives_away(
    lookup: ReportedLookup | ReportedMatch,
    embargoed: frozenset[str],
    catalogue: Catalogue,
) -> bool:
    if not embargoed:
        return False
    if any(flag.category in embargoed for flag in lookup.shown):
        return True
    if isinstance(lookup, ReportedMatch):
        return False  # an act of its own, and no purpose to look for
    try:
        purpose = catalogue.purposes[catalogue.parse_purpose(lookup.purpose)]
    except UnknownPurpose:
        return True  # a purpose that left the catalogue: better hidden than known
    return purpose.about_safety and not embargoed.isdisjoint(purpose.sees)
