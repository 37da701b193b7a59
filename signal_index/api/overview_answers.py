"""Describes counts as an officer's page and its charts want them: exact and named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from signal_index.api.labels import Labels
from signal_index.api.overview_counts import (
    CountedPeriod,
    DayStock,
    SealedPeriod,
    counted_until,
)
from signal_index.notice.fields import encode_instant
from signal_index.overview.counts import Cell, Counts
from signal_index.overview.days import Stage
from signal_index.overview.figures import (
    UserFigures,
    follow_up,
    heaviest_users,
    total,
)
from signal_index.overview.stock import Stock, median_days_open

Answer = Mapping[str, object]


def describe_overview(
    sealed: SealedPeriod,
    found: CountedPeriod,
    everything: CountedPeriod,
    labels: Labels,
) -> Answer:
    """Give the whole answer; `everything` is the same period without filters."""
    until = counted_until(sealed)
    days = (sealed.last - sealed.first).days + 1
    settled = [one for one in sealed.counted.values() if one.stage is Stage.SETTLED]
    return {
        "from": sealed.first.isoformat(),
        "until": sealed.last.isoformat(),
        "countedUntil": None if until is None else encode_instant(until),
        "days": [_day(sealed.first + timedelta(n), found) for n in range(days)],
        "daysCounted": len(sealed.counted),
        "daysSettled": len(settled),
        "totals": _totals(found.all),
        "purposes": _by_purpose(found.all, labels),
        "teams": _by_team(found.by_organisation, labels),
        "followUp": _follow_up(found.settled, labels),
        "users": [_user(one, labels) for one in heaviest_users(found.by_organisation)],
        "stock": None if sealed.stock is None else _stock(sealed.stock, labels),
        "choices": _choices(everything, labels),
    }


def _totals(counts: Counts) -> Answer:
    found = total(counts)
    return {
        "lookups": found.lookups,
        "hits": found.hits,
        "misses": found.misses,
        "refused": found.refused,
        "failed": found.failed,
        "offHours": found.off_hours,
        "breakGlass": found.break_glass,
        "repeated": found.repeated,
        "retries": found.retries,
        "users": len({cell.sub for cell in counts.users}),
    }


def _day(day: date, found: CountedPeriod) -> Answer:
    counts = found.by_day.get(day)
    return {"day": day.isoformat(), **_row(counts or Counts())}


def _row(counts: Counts) -> Answer:
    found = total(counts)
    return {
        "lookups": found.lookups,
        "hits": found.hits,
        "misses": found.misses,
        "refused": found.refused,
        "offHours": found.off_hours,
        "breakGlass": found.break_glass,
    }


def _by_purpose(counts: Counts, labels: Labels) -> Sequence[Answer]:
    groups: dict[str | None, Counts] = defaultdict(Counts)
    for cell, number in counts.cells.items():
        groups[cell.purpose].cells[cell] += number
    return [
        {"purpose": purpose, "label": labels.purpose(purpose), **_row(own)}
        for purpose, own in sorted(groups.items(), key=_largest_first)
    ]


def _by_team(by_organisation: Mapping[str, Counts], labels: Labels) -> Sequence[Answer]:
    groups: dict[tuple[str, str | None], Counts] = defaultdict(Counts)
    for oin, counts in by_organisation.items():
        for cell, number in counts.cells.items():
            groups[oin, cell.team].cells[cell] += number
    return [
        {
            "organisation": oin,
            "organisationName": labels.organisation(oin),
            "team": team,
            **_row(own),
        }
        for (oin, team), own in sorted(groups.items(), key=_largest_first)
    ]


def _largest_first(item: tuple[object, Counts]) -> tuple[int, str]:
    return -item[1].cells.total(), str(item[0])


def _follow_up(settled: Counts, labels: Labels) -> Answer:
    found = follow_up(settled)
    said = [
        {"code": code, "label": labels.follow_up(code), "lookups": number}
        for code, number in sorted(found.said.items(), key=lambda one: -one[1])
    ]
    return {"asked": found.asked, "missing": found.missing, "said": said}


def _user(one: UserFigures, labels: Labels) -> Answer:
    return {
        "organisation": one.organisation,
        "organisationName": labels.organisation(one.organisation),
        "sub": one.sub,
        "team": one.team,
        "lookups": one.lookups,
        "peersMedian": one.peers_median,
        "offHours": one.off_hours,
        "refused": one.refused,
        "breakGlass": one.break_glass,
        "repeated": one.repeated,
        "standsOut": one.stands_out,
    }


def _stock(found: DayStock, labels: Labels) -> Answer:
    domains: dict[str, list[Stock]] = defaultdict(list)
    for stock in found.stocks:
        for domain in labels.domains_of(stock.category):
            domains[domain].append(stock)
    return {
        "day": found.day.isoformat(),
        "active": sum(stock.active for stock in found.stocks),
        "sources": [
            {
                "source": stock.source,
                "sourceName": labels.organisation(stock.source),
                "category": stock.category,
                "label": labels.category(stock.category),
                "active": stock.active,
                "medianDaysOpen": median_days_open([stock], found.day),
            }
            for stock in sorted(found.stocks, key=lambda one: -one.active)
        ],
        "domains": [
            {
                "domain": domain,
                "label": labels.domain(domain),
                "active": sum(stock.active for stock in own),
                "medianDaysOpen": median_days_open(own, found.day),
            }
            for domain, own in sorted(
                domains.items(), key=lambda one: -sum(s.active for s in one[1])
            )
        ],
    }


def _choices(everything: CountedPeriod, labels: Labels) -> Answer:
    cells: list[tuple[str, Cell]] = [
        (oin, cell)
        for oin, counts in everything.by_organisation.items()
        for cell in counts.cells
    ]
    purposes = {cell.purpose for _, cell in cells if cell.purpose is not None}
    return {
        "organisations": [
            {"oin": oin, "name": labels.organisation(oin)}
            for oin in sorted({oin for oin, _ in cells}, key=labels.organisation)
        ],
        "teams": sorted({cell.team for _, cell in cells if cell.team is not None}),
        "purposes": [
            {"id": purpose, "label": labels.purpose(purpose)}
            for purpose in sorted(purposes)
        ],
    }
