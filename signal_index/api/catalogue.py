"""`GET /v1/catalogue`: the purposes open to this caller, what each shows and needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated

from fastapi import Query

from policy.catalogue import Catalogue
from policy.offers import Choice as OfferedChoice
from policy.offers import InformedChoice, PurposeOffer, open_purposes
from signal_index.api.callers import Person
from signal_index.api.context import TheIndex
from signal_index.api.own_lookups import count_open_calls
from signal_index.api.reviews import hashes_of
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.days import day_of
from signal_index.overview.public_holidays import find_public_holidays
from signal_index.store.lookups import find_in_trial
from signal_index.store.review_records import count_open_questions
from signal_index.taking_part import find_heard
from signal_index.wire import catalogue as wire
from signal_index.wire.choices import Choice
from signal_index.wire.values import Municipality

routes = Routes("bevragen")

Place = Annotated[
    Municipality | None, Query(description="Gemeente; standaard die van de gebruiker")
]


@routes.get("/catalogue", "De doelen die voor deze gebruiker open zijn")
async def show_catalogue(
    index: TheIndex, caller: Person, municipality: Place = None
) -> wire.Catalogue:
    """Show what this caller may ask for in a municipality, in words for the screen."""
    place = municipality or caller.caller.municipality
    now = index.clock()
    standing = await index.standing.get(now)
    policy = index.policy.get(standing, place)
    stopped = {category for where, category in standing.stopped if where == place}
    offers = open_purposes(policy, caller.caller, place, now=now)
    labels = await index.labels_in(place)
    catalogue = labels.catalogue
    async with looking(index.engine) as conn:
        hashes = hashes_of(index, caller.caller)
        questions = await count_open_questions(conn, hashes)
        calls = await count_open_calls(index, conn, caller.caller, now)
        in_trial = await find_in_trial(conn)
    told = {
        category
        for (where, category), covering in standing.coverage.items()
        if where == place and any(find_heard(covering, in_trial, standing.read_at))
    }
    return wire.Catalogue(
        municipality=place,
        openQuestions=questions,
        openCalls=calls,
        purposes=[_purpose(offer, catalogue, stopped, told) for offer in offers],
        lifeDomains=labels.choices(catalogue.life_domains),
        outcomes=labels.choices(catalogue.outcomes),
        breakGlass=wire.OfferedReasons(
            reasons=labels.choices(catalogue.break_glass_reasons)
        ),
        closedDays=find_public_holidays(day_of(now)),
    )


def _purpose(
    offer: PurposeOffer,
    catalogue: Catalogue,
    stopped: Collection[str],
    told: Collection[str],
) -> wire.OfferedPurpose:
    informed = [one for one in offer.informed_choices if not one.exception]
    exceptions = [one for one in offer.informed_choices if one.exception]
    shown = {one.id for one in offer.categories}
    return wire.OfferedPurpose(
        id=offer.id,
        label=offer.label,
        text=offer.citizen_text,
        scope=offer.scope_text,
        legalBases=[
            wire.OfferedBasis(id=one.id, label=one.label) for one in offer.legal_bases
        ],
        categories=[
            wire.OfferedCategory(
                id=one.id,
                label=one.label,
                short=one.short,
                lifeDomains=[domain.id for domain in one.life_domains],
                coordinates=one.coordinates,
                stopped=one.id in stopped,
                told=one.id in told,
            )
            for one in offer.categories
        ],
        beyond=[
            row.short
            for category, row in catalogue.categories.items()
            if category in told and category not in shown
        ],
        lookBackMonths=offer.look_back_months,
        needsCaseReference=offer.needs_case_reference,
        needsInformed=offer.needs_informed,
        informedCodes=_choices(informed),
        exceptions=_choices(exceptions),
        breakGlassReasons=_choices(offer.break_glass_reasons),
        aboutSafety=offer.about_safety,
    )


def _choices(choices: Iterable[OfferedChoice | InformedChoice]) -> list[Choice]:
    return [Choice(code=one.id, label=one.label) for one in choices]
