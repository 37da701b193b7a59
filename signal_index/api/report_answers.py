"""Names what a monthly report counts: a number that is hidden stays null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from signal_index.labels import Labels
from signal_index.overview.report import Held, Lookups, StockReport
from signal_index.wire import reports as wire

Key = TypeVar("Key")


def name_lookups(found: Lookups, labels: Labels) -> wire.ReportedLookups:
    """Name the lookups of a month."""
    return wire.ReportedLookups(
        total=found.total,
        users=found.users,
        **dict[str, Any](found.outcomes),
        offHours=found.off_hours,
        breakGlass=found.break_glass,
        repeated=found.repeated,
        days=[
            wire.ReportedDay(day=day, lookups=number)
            for day, number in found.days.items()
        ],
        purposes=[
            wire.ReportedPurpose(
                purpose=purpose, label=labels.purpose(purpose), lookups=number
            )
            for purpose, number in _largest_first(found.purposes)
        ],
        organisations=[
            wire.ReportedOrganisation(
                organisation=oin,
                organisationName=labels.organisation(oin),
                lookups=number,
                teams=[
                    wire.ReportedTeam(team=team, lookups=part)
                    for (own, team), part in _largest_first(found.teams)
                    if own == oin
                ],
            )
            for oin, number in _largest_first(found.organisations)
        ],
        followUp=None
        if found.follow_up is None
        else [
            wire.ReportedFollowUp(
                code=code,
                label=labels.of(labels.catalogue.outcomes, code),
                lookups=number,
            )
            for code, number in _largest_first(found.follow_up)
        ],
    )


def name_stock(found: StockReport, labels: Labels) -> wire.ReportedStock:
    """Name the signals that stood in the index."""
    return wire.ReportedStock(
        day=found.day,
        active=found.active,
        sources=[
            wire.ReportedSource(
                source=source,
                sourceName=labels.organisation(source),
                category=category,
                label=labels.category(category),
                **_held(held),
            )
            for (source, category), held in found.sources.items()
        ],
        domains=[
            wire.ReportedDomain(
                domain=domain,
                label=labels.of(labels.catalogue.life_domains, domain),
                **_held(held),
            )
            for domain, held in found.domains.items()
        ],
    )


def _held(held: Held) -> dict[str, Any]:
    return {"active": held.active, "medianDaysOpen": held.median_days_open}


def _largest_first(
    numbers: Mapping[Key, int | None],
) -> list[tuple[Key, int | None]]:
    return sorted(numbers.items(), key=lambda one: (-(one[1] or 0), str(one[0])))
