"""The monthly report: counts without persons, with no small number to be found in it.

- Each table is protected against the total that the report itself shows. Teams are
  protected within their organisation, and life domains are sums of categories that are
  shown: tables of one report tell nothing of each other.
- A table has one kind of count: no cell is split a second way.
- Where a month has fewer than ten lookups, that is all it says of them.

Proven by tests/property/test_small_numbers.py and tests/unit/signal_index/
test_general_report.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from signal_index.overview.counts import Counts, add_all
from signal_index.overview.figures import follow_up, sum_by, total
from signal_index.overview.protection import (
    is_small,
    protect_nested,
    protect_number,
    protect_share,
    protect_sums,
    protect_table,
)
from signal_index.overview.stock import Stock, median_days_open

TeamKey = tuple[str, str | None]
"""An organisation and one of its teams; None where it names none."""


@dataclass(frozen=True, slots=True, repr=False)
class Month:
    """What a report is made of: the exact counts of a month.

    `settled` are the counts of the month again, once nobody can say anything more of
    what came of a lookup; None until then.
    """

    by_day: Mapping[date, Counts]
    by_organisation: Mapping[str, Counts]
    settled: Counts | None
    stock_day: date | None
    stocks: Sequence[Stock]


@dataclass(frozen=True, slots=True)
class Lookups:
    """The lookups of a month; None is a number that is hidden."""

    total: int
    users: int | None
    outcomes: Mapping[str, int | None]
    off_hours: int | None
    break_glass: int | None
    repeated: int | None
    days: Mapping[date, int | None]
    purposes: Mapping[str | None, int | None]
    organisations: Mapping[str, int | None]
    teams: Mapping[TeamKey, int | None]
    follow_up: Mapping[str | None, int | None] | None


@dataclass(frozen=True, slots=True)
class Held:
    """How many signals, and for how many days half of them are open at least."""

    active: int | None
    median_days_open: int | None


@dataclass(frozen=True, slots=True)
class StockReport:
    """The signals that stood in the index on a day."""

    day: date
    active: int
    sources: Mapping[tuple[str, str], Held]
    categories: Mapping[str, Held]
    domains: Mapping[str, Held]


@dataclass(frozen=True, slots=True)
class GeneralReport:
    """All of it. `lookups` is None where there were one to nine; so is `stock`."""

    lookups: Lookups | None
    stock: StockReport | None


def make_general_report(
    month: Month,
    domains_of: Callable[[str], Sequence[str]],
    outcomes: Sequence[str],
) -> GeneralReport:
    """Give the report of a month, protected.

    `domains_of` and `outcomes`, the codes in their order, are the catalogue's. What
    came of flags is told per lookup: a second table of nearly the same numbers would
    give away what the first one hides.
    """
    return GeneralReport(_lookups(month, outcomes), _stock(month, domains_of))


def _lookups(month: Month, order: Sequence[str]) -> Lookups | None:
    everything = add_all(month.by_organisation.values())
    found = total(everything)
    if is_small(found.lookups):
        return None
    organisations, teams = protect_nested(_by_team(month), lambda key: key[0])
    outcomes = protect_table(
        {
            "hits": found.hits,
            "misses": found.misses,
            "refused": found.refused,
            "failed": found.failed,
        }
    )
    return Lookups(
        total=found.lookups,
        users=protect_number(len({cell.sub for cell in everything.users})),
        outcomes=outcomes,
        off_hours=protect_share(found.off_hours, found.lookups),
        break_glass=protect_share(found.break_glass, found.lookups),
        repeated=protect_share(found.repeated, found.lookups),
        days=protect_table(
            {day: own.cells.total() for day, own in month.by_day.items()}
        ),
        purposes=protect_table(sum_by(everything, lambda cell: cell.purpose)),
        organisations=organisations,
        teams=teams,
        follow_up=(
            None if outcomes["hits"] is None else _follow_up(month.settled, order)
        ),
    )


def _by_team(month: Month) -> Mapping[TeamKey, int]:
    return {
        (oin, team): number
        for oin, counts in month.by_organisation.items()
        for team, number in sum_by(counts, lambda cell: cell.team).items()
    }


def _follow_up(
    settled: Counts | None, order: Sequence[str]
) -> Mapping[str | None, int | None] | None:
    """Give what came of lookups with a flag; under None, of how many nobody said it."""
    if settled is None:
        return None
    found = follow_up(settled, order)
    return protect_table({**found.said, None: found.missing})


def _stock(
    month: Month, domains_of: Callable[[str], Sequence[str]]
) -> StockReport | None:
    active = sum(stock.active for stock in month.stocks)
    if month.stock_day is None or is_small(active):
        return None
    shown = protect_table(
        {(stock.source, stock.category): stock.active for stock in month.stocks}
    )
    categories = protect_sums(shown, lambda key: [key[1]])
    domains = protect_sums(categories, lambda category: [*domains_of(category)])
    day, stocks = month.stock_day, month.stocks
    return StockReport(
        day=day,
        active=active,
        sources={
            (source, name): _held(
                number,
                [one for one in stocks if (one.source, one.category) == (source, name)],
                day,
            )
            for (source, name), number in shown.items()
        },
        categories={
            name: _held(number, [one for one in stocks if one.category == name], day)
            for name, number in categories.items()
        },
        domains={
            name: _held(
                number, [one for one in stocks if name in domains_of(one.category)], day
            )
            for name, number in domains.items()
        },
    )


def _held(number: int | None, own: Sequence[Stock], day: date) -> Held:
    """Put the median beside the number; that of a hidden number is hidden too."""
    return Held(number, median_days_open(own, day) if number else None)
