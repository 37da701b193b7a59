"""Describes a monthly report on the wire: a hidden number is null, and says so itself.

`withheld` on the whole of the lookups or signals says that there were one to nine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

from signal_index.api.labels import Labels
from signal_index.notice.fields import encode_instant
from signal_index.overview.protection import SMALL
from signal_index.overview.report import GeneralReport, Held, Lookups, StockReport

Answer = Mapping[str, object]
Key = TypeVar("Key")


def describe_general(
    month: date, until: datetime | None, report: GeneralReport, labels: Labels
) -> Answer:
    """Give the whole answer."""
    lookups, stock = report.lookups, report.stock
    return {
        "month": month.isoformat()[:7],
        "countedUntil": None if until is None else encode_instant(until),
        "hiddenBelow": SMALL,
        "lookups": None if lookups is None else _lookups(lookups, labels),
        "stock": None if stock is None else _stock(stock, labels),
    }


def _lookups(found: Lookups, labels: Labels) -> Answer:
    return {
        "total": found.total,
        "users": found.users,
        **found.outcomes,
        "offHours": found.off_hours,
        "breakGlass": found.break_glass,
        "repeated": found.repeated,
        "days": [
            {"day": day.isoformat(), "lookups": number}
            for day, number in found.days.items()
        ],
        "purposes": [
            {"purpose": purpose, "label": labels.purpose(purpose), "lookups": number}
            for purpose, number in _largest_first(found.purposes)
        ],
        "organisations": [
            {
                "organisation": oin,
                "organisationName": labels.organisation(oin),
                "lookups": number,
                "teams": [
                    {"team": team, "lookups": part}
                    for (own, team), part in _largest_first(found.teams)
                    if own == oin
                ],
            }
            for oin, number in _largest_first(found.organisations)
        ],
        "followUp": None
        if found.follow_up is None
        else [
            {
                "code": code,
                "label": None if code is None else labels.follow_up(code),
                "lookups": number,
            }
            for code, number in _largest_first(found.follow_up)
        ],
    }


def _stock(found: StockReport, labels: Labels) -> Answer:
    return {
        "day": found.day.isoformat(),
        "active": found.active,
        "sources": [
            {
                "source": source,
                "sourceName": labels.organisation(source),
                "category": category,
                "label": labels.category(category),
                **_held(held),
            }
            for (source, category), held in found.sources.items()
        ],
        "domains": [
            {"domain": domain, "label": labels.domain(domain), **_held(held)}
            for domain, held in found.domains.items()
        ],
    }


def _held(held: Held) -> Answer:
    return {"active": held.active, "medianDaysOpen": held.median_days_open}


def _largest_first(
    numbers: Mapping[Key, int | None],
) -> list[tuple[Key, int | None]]:
    return sorted(numbers.items(), key=lambda one: (-(one[1] or 0), str(one[0])))
