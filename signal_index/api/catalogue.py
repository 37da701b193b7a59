"""`GET /v1/catalogue`: the purposes open to this caller, what each shows and needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from policy.offers import Choice, InformedChoice, PurposeOffer, open_purposes
from signal_index.api.callers import Person
from signal_index.api.context import get_index
from signal_index.api.reading import give_json, read_query
from signal_index.api.reviews import hashes_of
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.notice import parse_municipality
from signal_index.store.review_records import count_open_questions

routes = Routes()


@routes.get("/catalogue")
async def show_catalogue(request: Request, caller: Person) -> Response:
    """Give what this caller may ask for in a municipality, in words for the screen."""
    index = get_index(request)
    query = read_query(request, ("municipality",))
    asked = query.get("municipality", caller.caller.municipality)
    place = parse_municipality(asked, "municipality")
    now = index.clock()
    policy = index.policy.get(await index.standing.get(now), place)
    offers = open_purposes(policy, caller.caller, place, now=now)
    catalogue = policy.catalogue
    async with looking(index.engine) as conn:
        hashes = hashes_of(index, caller.caller)
        questions = await count_open_questions(conn, hashes)
    return give_json(
        {
            "municipality": place,
            "openQuestions": questions,
            "purposes": [_purpose(offer) for offer in offers],
            "lifeDomains": _labels(catalogue.life_domains),
            "outcomes": _labels(catalogue.outcomes),
            "breakGlass": {"reasons": _labels(catalogue.break_glass_reasons)},
        }
    )


def _purpose(offer: PurposeOffer) -> Mapping[str, object]:
    informed = [one for one in offer.informed_choices if not one.exception]
    exceptions = [one for one in offer.informed_choices if one.exception]
    return {
        "id": offer.id,
        "label": offer.label,
        "text": offer.citizen_text,
        "scope": offer.scope_text,
        "legalBases": [{"id": one.id, "label": one.label} for one in offer.legal_bases],
        "categories": [
            {
                "id": one.id,
                "label": one.label,
                "lifeDomains": [domain.id for domain in one.life_domains],
            }
            for one in offer.categories
        ],
        "lookBackMonths": offer.look_back_months,
        "needsCaseReference": offer.needs_case_reference,
        "needsInformed": offer.needs_informed,
        "informedCodes": _choices(informed),
        "exceptions": _choices(exceptions),
        "breakGlassReasons": _choices(offer.break_glass_reasons),
    }


def _choices(choices: Iterable[Choice | InformedChoice]) -> list[Mapping[str, str]]:
    return [{"code": one.id, "label": one.label} for one in choices]


def _labels(labels: Mapping[str, str]) -> list[Mapping[str, str]]:
    return [{"code": code, "label": label} for code, label in labels.items()]
