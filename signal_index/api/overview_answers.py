"""Counts as an officer's page and its charts want them: exact, named, largest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from signal_index.api.overview_counts import (
    CountedPeriod,
    DayStock,
    SealedPeriod,
    counted_until,
)
from signal_index.labels import Labels
from signal_index.overview.counts import Cell, Counts
from signal_index.overview.days import Stage
from signal_index.overview.figures import (
    UserFigures,
    follow_up,
    follow_up_of_flags,
    heaviest_users,
    total,
)
from signal_index.overview.stock import Stock, median_days_open
from signal_index.wire import overview as wire
from signal_index.wire.choices import OrganisationName

Key = TypeVar("Key", bound=Hashable)


def make_overview(
    sealed: SealedPeriod,
    found: CountedPeriod,
    everything: CountedPeriod,
    labels: Labels,
) -> wire.Overview:
    """Make the answer; `everything` is the same period without filters."""
    every_day = range((sealed.last - sealed.first).days + 1)
    days = [sealed.first + timedelta(n) for n in every_day]
    stages = [one.stage for one in sealed.counted.values()]
    return wire.Overview(
        from_=sealed.first,
        until=sealed.last,
        countedUntil=counted_until(sealed),
        days=[
            wire.DayCounts(day=day, **_row(found.by_day.get(day, Counts())))
            for day in days
        ],
        daysCounted=len(stages),
        daysSettled=stages.count(Stage.SETTLED),
        totals=_totals(found.all),
        purposes=[
            wire.PurposeCounts(purpose=one, label=labels.purpose(one), **_row(own))
            for one, own in _by(found, lambda _, cell: cell.purpose)
        ],
        teams=[
            wire.TeamCounts(
                organisation=oin,
                organisationName=labels.organisation(oin),
                team=team,
                **_row(own),
            )
            for (oin, team), own in _by(found, lambda oin, cell: (oin, cell.team))
        ],
        followUp=_follow_up(found.settled, labels),
        users=[_user(one, labels) for one in heaviest_users(found.by_organisation)],
        stock=None if sealed.stock is None else _stock(sealed.stock, labels),
        openFollows=[],
        matches=[],
        matchesUnreadable=0,
        choices=_choices(everything, labels),
    )


def _totals(counts: Counts) -> wire.TotalCounts:
    found = total(counts)
    return wire.TotalCounts(
        **_row(counts),
        failed=found.failed,
        repeated=found.repeated,
        retries=found.retries,
        users=len({cell.sub for cell in counts.users}),
    )


def _row(counts: Counts) -> dict[str, Any]:
    """Count what every `LookupCounts` has."""
    found = total(counts)
    return {
        "lookups": found.lookups,
        "hits": found.hits,
        "misses": found.misses,
        "refused": found.refused,
        "offHours": found.off_hours,
        "breakGlass": found.break_glass,
    }


def _by(
    found: CountedPeriod, key_of: Callable[[str, Cell], Key]
) -> list[tuple[Key, Counts]]:
    groups: dict[Key, Counts] = defaultdict(Counts)
    for oin, counts in found.by_organisation.items():
        for cell, number in counts.cells.items():
            groups[key_of(oin, cell)].cells[cell] += number
    return sorted(groups.items(), key=lambda one: (-one[1].cells.total(), str(one[0])))


def _follow_up(settled: Counts, labels: Labels) -> wire.FollowUpCounts:
    found, flags = follow_up(settled, labels.outcome_order), follow_up_of_flags(settled)
    codes = sorted({*found.said, *flags.said}, key=lambda one: -flags.said.get(one, 0))
    return wire.FollowUpCounts(
        asked=found.asked,
        missing=found.missing,
        flags=flags.asked,
        flagsMissing=flags.missing,
        said=[
            wire.FollowUpCount(
                code=code,
                label=labels.of(labels.catalogue.outcomes, code),
                lookups=found.said.get(code, 0),
                flags=flags.said.get(code, 0),
            )
            for code in codes
        ],
    )


def _user(one: UserFigures, labels: Labels) -> wire.UserCounts:
    return wire.UserCounts(
        organisation=one.organisation,
        organisationName=labels.organisation(one.organisation),
        sub=one.sub,
        team=one.team,
        lookups=one.lookups,
        peersMedian=one.peers_median,
        offHours=one.off_hours,
        refused=one.refused,
        breakGlass=one.break_glass,
        repeated=one.repeated,
        standsOut=one.stands_out,
    )


def _stock(found: DayStock, labels: Labels) -> wire.OverviewStock:
    domains: dict[str, list[Stock]] = defaultdict(list)
    for stock in found.stocks:
        for domain in labels.domains_of(stock.category):
            domains[domain].append(stock)
    sources = [
        wire.SourceStock(
            source=stock.source,
            sourceName=labels.organisation(stock.source),
            category=stock.category,
            label=labels.category(stock.category),
            active=stock.active,
            medianDaysOpen=median_days_open([stock], found.day),
        )
        for stock in found.stocks
    ]
    lived = [
        wire.DomainStock(
            domain=domain,
            label=labels.of(labels.catalogue.life_domains, domain),
            active=sum(stock.active for stock in own),
            medianDaysOpen=median_days_open(own, found.day),
        )
        for domain, own in domains.items()
    ]
    return wire.OverviewStock(
        day=found.day,
        active=sum(stock.active for stock in found.stocks),
        sources=sorted(sources, key=lambda one: -one.active),
        domains=sorted(lived, key=lambda one: -one.active),
    )


def _choices(everything: CountedPeriod, labels: Labels) -> wire.OverviewChoices:
    by_organisation: Mapping[str, Counts] = everything.by_organisation
    cells = [cell for counts in by_organisation.values() for cell in counts.cells]
    organisations = [
        OrganisationName(oin=oin, name=labels.organisation(oin))
        for oin, counts in by_organisation.items()
        if counts.cells
    ]
    purposes = sorted({cell.purpose for cell in cells if cell.purpose is not None})
    return wire.OverviewChoices(
        organisations=sorted(organisations, key=lambda one: one.name),
        teams=sorted({cell.team for cell in cells if cell.team is not None}),
        purposes=[
            wire.PurposeName(id=purpose, label=labels.purpose(purpose))
            for purpose in purposes
        ],
    )
