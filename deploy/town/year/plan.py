"""The simulated year as a list of lookups: who asked when, why, and what came of it.

Pure: the same seed, period and size give the same plan. Most of it is ordinary work;
three stories stand in it that a privacy officer should find (see `cast`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from deploy.town.year.calendar import Period, WorkCalendar
from deploy.town.year.cast import CAST, CURIOUS, HEAVY, Colleague
from deploy.town.year.reasons import (
    Reason,
    draw_emergency,
    draw_reason,
    draw_refused_reason,
)
from sources.population.draw import Draw

OUTCOMES = (
    *("contact-made",) * 9,
    *("already-known",) * 4,
    *("not-reachable",) * 3,
    *("citizen-says-ended",) * 2,
    *("not-needed",) * 2,
)
_REFUSALS = 4
_HOUSEHOLDS = 12
_PRINTS = 5
_EMERGENCIES_PER_10_000 = 45
_REFUSED_FIRST_PER_10_000 = 30


@dataclass(frozen=True)
class PlannedLookup:
    """One lookup of the plan; `persons` are numbers of inhabitants."""

    at: datetime
    who: Colleague
    reason: Reason
    persons: tuple[int, ...]
    case: int
    outcome: str | None = None
    outcome_after: timedelta = timedelta()
    is_printed: bool = False

    @property
    def entries(self) -> int:
        """Count the entries that it becomes, with one outcome for each person.

        What it shows is not planned: a person without flags has no outcome, one with
        two has two.
        """
        outcomes = 0 if self.outcome is None else len(self.persons)
        return len(self.persons) + outcomes + self.is_printed


class Planner:
    """Draws the lookups of a period, about so many inhabitants."""

    def __init__(self, period: Period, persons: int, *, seed: int) -> None:
        self._draw = Draw(seed, "year")
        self._calendar = WorkCalendar(period, self._draw)
        self._persons = persons
        self._cases = 0
        self._shares = list(accumulate(one.share for one in CAST))

    def plan(self, entries: int) -> Sequence[PlannedLookup]:
        """Give at least `entries` entries' worth of lookups, in order of time."""
        emergencies = max(1, entries * _EMERGENCIES_PER_10_000 // 10_000)
        refused_first = max(1, entries * _REFUSED_FIRST_PER_10_000 // 10_000)
        lookups = [self._break_glass() for _ in range(emergencies)]
        for _ in range(refused_first):
            lookups += self._refused_first()
        lookups += self._heavy_weeks(entries)
        lookups += self._curious_evenings()
        count = sum(one.entries for one in lookups)
        while count < entries:
            lookups.append(self._ordinary())
            count += lookups[-1].entries
        return sorted(lookups, key=lambda one: one.at)

    def _ordinary(self) -> PlannedLookup:
        who = self._colleague()
        at = self._calendar.draw_moment(evening=who.evening)
        if self._draw.chance(_REFUSALS):
            reason = draw_refused_reason(who, self._draw)
        else:
            reason = draw_reason(who, self._draw)
        return self._lookup(at, who, reason, self._household())

    def _break_glass(self) -> PlannedLookup:
        at = self._calendar.draw_moment(evening=40)
        reason = draw_emergency(self._draw)
        return self._lookup(at, self._colleague(), reason, (self._person(),))

    def _refused_first(self) -> Iterator[PlannedLookup]:
        """Refused, and a few minutes later allowed under another purpose."""
        who = CAST[3 + self._draw.below(len(CAST) - 6)]
        at = self._calendar.draw_moment(evening=who.evening)
        persons = (self._person(),)
        yield self._lookup(at, who, draw_refused_reason(who, self._draw), persons)
        later = at + timedelta(minutes=2 + self._draw.below(9))
        yield self._lookup(later, who, draw_reason(who, self._draw), persons)

    def _heavy_weeks(self, entries: int) -> Iterator[PlannedLookup]:
        for number in range(entries // 50):
            at = self._calendar.draw_evening(20 + number % 40)
            hours = timedelta(hours=self._draw.below(15))
            reason = draw_reason(HEAVY, self._draw)
            yield self._lookup(at - hours, HEAVY, reason, (self._person(),))

    def _curious_evenings(self) -> Iterator[PlannedLookup]:
        """One neighbour, looked up nine evenings, and never an outcome."""
        neighbour = (self._persons // 2,)
        reason = Reason("wmo-onderzoek", "discussed")
        case = self._new_case()
        for number in range(9):
            at = self._calendar.draw_evening(4 + 3 * number)
            yield PlannedLookup(at, CURIOUS, reason, neighbour, case)

    def _lookup(
        self, at: datetime, who: Colleague, reason: Reason, persons: tuple[int, ...]
    ) -> PlannedLookup:
        case = self._new_case()
        if reason.grounds or self._draw.chance(who.silent):
            return PlannedLookup(at, who, reason, persons, case)
        return PlannedLookup(
            at,
            who,
            reason,
            persons,
            case,
            self._draw.choose(OUTCOMES),
            self._until_outcome(),
            self._draw.chance(_PRINTS),
        )

    def _until_outcome(self) -> timedelta:
        if self._draw.chance(70):
            return timedelta(minutes=3 + self._draw.below(240))
        return timedelta(days=1 + self._draw.below(12), minutes=self._draw.below(300))

    def _colleague(self) -> Colleague:
        drawn = self._draw.below(self._shares[-1])
        return next(
            one
            for one, height in zip(CAST, self._shares, strict=True)
            if drawn < height
        )

    def _household(self) -> tuple[int, ...]:
        first = self._person()
        if not self._draw.chance(_HOUSEHOLDS):
            return (first,)
        size = 2 + self._draw.below(3)
        return tuple((first + n) % self._persons for n in range(size))

    def _person(self) -> int:
        """Give an inhabitant; some are asked about much more often than others."""
        once, twice = self._draw.below(self._persons), self._draw.below(self._persons)
        return once * twice // self._persons

    def _new_case(self) -> int:
        self._cases += 1
        return self._cases
