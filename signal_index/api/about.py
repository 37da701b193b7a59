"""What anybody may read of the index in a municipality, without logging in.

A register that nobody can see is one that people fear: which kinds of contact are in
it and who tells of them, for what people may look, by which law and since when, how
often they did, who holds the key and who watches.

- No person, and no number that the monthly reports do not tell: a quarter is the sum
  of three of them, hidden where one of its months is (`overview.protection`).
- A source in trial is not there.
- The counts of a quarter are opened once an hour, whoever asks how often.

Proven by tests/contract/test_about.py and tests/attack/test_about_tells_of_nobody.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from keys.months import add_months
from keys.municipality import MunicipalityCode
from policy.catalogue.model import Reference
from policy.vocabulary import Establishment, OrganisationKind
from signal_index.api.callers import Anyone
from signal_index.api.context import Figures, Index, TheIndex
from signal_index.api.overview_counts import find_period, open_period
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.days import day_of
from signal_index.labels import Labels
from signal_index.overview.counts import Counts
from signal_index.overview.days import Stage
from signal_index.overview.figures import total
from signal_index.overview.protection import is_small, protect_share, protect_table
from signal_index.store.overview import find_first_day
from signal_index.store.scope import OfficerScope
from signal_index.store.source_states import find_live_sources
from signal_index.store.standing import (
    Organisation,
    Standing,
    establishments_of,
)
from signal_index.wire import about as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.overview import LookupFilter
from signal_index.wire.values import OinText

FRESH: Final = timedelta(hours=1)
MONTHS: Final = 3

routes = Routes("openbaar")


@routes.get(
    "/about/{organisation}", "Wat iedereen mag weten van de index in een gemeente"
)
async def show_about(
    organisation: OinText, index: TheIndex, caller: Anyone
) -> wire.About:
    """Tell what is kept in the municipality of an organisation, for what, how often."""
    del caller
    now = index.clock()
    standing = await index.standing.get(now)
    asked = standing.organisations.get(organisation)
    if asked is None:
        raise InvalidField("organisation", "not-registered")
    place = MunicipalityCode(asked.municipality)
    labels = await index.labels_in(place)
    opened = establishments_of(standing.recorded, labels.catalogue)
    async with looking(index.engine) as conn:
        live = await find_live_sources(conn)
    first = quarter_before(day_of(now))
    lookups, emergencies, refusals = await _find_figures(index, place, first, now)
    return wire.About(
        municipality=place,
        organisation=_name_municipality(standing, asked),
        categories=_tell_categories(standing, labels, place, live),
        purposes=_tell_purposes(labels, opened, place),
        figures=wire.AboutFigures(
            first=first,
            last=add_months(first, MONTHS) - timedelta(days=1),
            lookups=lookups,
            emergencies=emergencies,
            refusals=refusals,
        ),
        holders=[one.id for one in index.key_config.holders],
        witnesses=list(index.names.witnesses),
    )


def quarter_before(today: date) -> date:
    """Give the first day of the quarter before the one of this day."""
    begins = today.replace(month=(today.month - 1) // MONTHS * MONTHS + 1, day=1)
    return add_months(begins, -MONTHS)


def sum_months(months: Sequence[Counts]) -> Figures:
    """Add up months as their reports tell them: what one of them hides stays hidden."""
    told = [_tell_month(one) for one in months]
    lookups, emergencies, refusals = zip(*told, strict=True)
    return _sum(lookups), _sum(emergencies), _sum(refusals)


def _tell_month(counts: Counts) -> Figures:
    found = total(counts)
    if is_small(found.lookups):
        return None, None, None
    outcomes = protect_table(
        {
            "hits": found.hits,
            "misses": found.misses,
            "refused": found.refused,
            "failed": found.failed,
        }
    )
    emergencies = protect_share(found.break_glass, found.lookups)
    return found.lookups, emergencies, outcomes["refused"]


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [one for one in numbers if one is not None]
    return sum(known) if len(known) == len(numbers) else None


async def _find_figures(
    index: Index, place: MunicipalityCode, first: date, now: datetime
) -> Figures:
    quarters = index.quarters
    async with quarters.lock:
        kept = quarters.known.get(place)
        if kept is not None and kept[1] == first and now - kept[0] < FRESH:
            return kept[2]
        figures = await _open_figures(index, place, first, now)
        quarters.known[place] = (now, first, figures)
        return figures


async def _open_figures(
    index: Index, place: MunicipalityCode, first: date, now: datetime
) -> Figures:
    scope, today = OfficerScope(place, None), day_of(now)
    months = []
    for number in range(MONTHS):
        begins = add_months(first, number)
        ends = add_months(begins, 1) - timedelta(days=1)
        async with looking(index.engine) as conn:
            sealed = await find_period(conn, scope, begins, ends, today)
            oldest = await find_first_day(conn)
        needed = 0 if oldest is None else (ends - max(begins, oldest)).days + 1
        whole = [one for one in sealed.counted.values() if one.stage >= Stage.COMPLETE]
        if len(whole) < needed:
            return None, None, None
        months.append((await open_period(sealed, LookupFilter(), index.keys)).all)
    return sum_months(months)


def _name_municipality(standing: Standing, asked: Organisation) -> str:
    """Name the municipality's own organisation; the one that was asked by, if none."""
    kind = OrganisationKind.MUNICIPALITY.value
    own = (
        one.name
        for one in standing.organisations.values()
        if (one.kind, one.municipality) == (kind, asked.municipality)
    )
    return min(own, default=asked.name)


def _tell_categories(
    standing: Standing, labels: Labels, place: str, live: frozenset[str]
) -> list[wire.AboutCategory]:
    told: Mapping[str, list[str]] = {
        str(id_): sorted(
            labels.organisation(one.source)
            for one in standing.coverage.get((place, id_), ())
            if one.source in live and not one.handed_over
        )
        for id_ in labels.catalogue.categories
    }
    return [
        wire.AboutCategory(
            label=labels.category(id_),
            text=labels.explain_category(id_),
            sources=sources,
        )
        for id_, sources in told.items()
        if sources
    ]


def _tell_purposes(
    labels: Labels, establishments: Iterable[Establishment], place: str
) -> list[wire.AboutPurpose]:
    catalogue = labels.catalogue
    rows = {
        str(one.id): (one.label, one.citizen_text, [law.label for law in laws])
        for one, laws in ((row, row.legal_basis) for row in catalogue.purposes.values())
    }
    rows |= {
        str(one.id): (
            one.label,
            one.citizen_text,
            [f"{one.basis.statute}, artikel {one.basis.article}"],
        )
        for one in catalogue.loop_acts.values()
    }
    found = []
    for made in establishments:
        if made.municipality == place and str(made.opens) in rows:
            label, text, laws = rows[str(made.opens)]
            found.append(
                wire.AboutPurpose(
                    label=label,
                    text=text,
                    laws=laws,
                    since=made.on,
                    openedBy=labels.of(catalogue.establishers, made.by_role),
                    staatsblad=made.staatsblad,
                )
            )
    return sorted(found, key=lambda one: (one.since, one.label))


def _write(law: Reference) -> str:
    return f"{law.statute}, artikel {law.article}"
