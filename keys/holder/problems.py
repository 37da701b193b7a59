"""How each refusal reads over HTTP: one table (RFC 9457), nothing else.

Input is never echoed. A test walks the subclasses of `RequestRefused`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from keys.holder import errors

PROBLEM_JSON: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal: stable name, Dutch title, status."""

    slug: str
    title: str
    status: int


PROBLEMS: Final[Mapping[type[errors.RequestRefused], Problem]] = {
    errors.RequestMalformed: Problem("invalid-input", "Het verzoek is ongeldig.", 400),
    errors.RequestMismatch: Problem(
        "request-mismatch", "De ondertekening hoort niet bij deze punten.", 400
    ),
    errors.RequestTooLarge: Problem(
        "request-too-large", "Het verzoek is te groot.", 413
    ),
    errors.RequestNotJson: Problem(
        "unsupported-media-type", "Stuur het verzoek als application/json.", 415
    ),
    errors.RequestUnsigned: Problem(
        "request-signature", "De handtekening van het verzoek klopt niet.", 401
    ),
    errors.RequestExpired: Problem(
        "request-expired", "Het verzoek is verlopen of nog niet geldig.", 401
    ),
    errors.OrganisationUnknown: Problem(
        "organisation-unknown", "Deze organisatie is hier niet bekend.", 403
    ),
    errors.ActNotAllowed: Problem(
        "act-not-allowed", "Deze organisatie mag dit hier niet vragen.", 403
    ),
    errors.RequestMisdirected: Problem(
        "wrong-holder", "Het verzoek is voor een andere sleutelhouder.", 403
    ),
    errors.RequestReplayed: Problem(
        "request-replayed", "Dit verzoek is al gebruikt.", 409
    ),
    errors.RequestStale: Problem(
        "stale-key-version", "Het verzoek hoort bij een andere sleutelversie.", 409
    ),
    errors.StatementAhead: Problem(
        "statement-not-yet", "Deze dag is nog niet begonnen.", 404
    ),
    errors.UserBudgetSpent: Problem(
        "budget-spent", "De daglimiet van deze gebruiker is bereikt.", 429
    ),
    errors.OrganisationBudgetSpent: Problem(
        "budget-spent", "De daglimiet van deze organisatie is bereikt.", 429
    ),
    errors.SourceBudgetSpent: Problem(
        "budget-spent", "De ruimte voor dit aantal cliënten is nu op.", 429
    ),
    errors.HolderNotReady: Problem(
        "holder-not-ready", "De sleutelhouder kan nu niet antwoorden.", 503
    ),
}

INTERNAL: Final = Problem("internal-error", "Er ging iets mis.", 500)
NOT_FOUND: Final = Problem("not-found", "Deze pagina bestaat niet.", 404)
NOT_ALLOWED: Final = Problem("method-not-allowed", "Dit kan hier niet.", 405)

NOT_READY_RETRY_SECONDS: Final = 5


def problem_body(problem: Problem) -> dict[str, object]:
    """Give the members of a problem document."""
    return {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
    }


def retry_headers(refusal: errors.RequestRefused) -> dict[str, str]:
    """Say when asking again can help, for the refusals that pass by themselves."""
    if isinstance(refusal, errors.BudgetSpent):
        seconds = math.ceil(refusal.retry_after.total_seconds())
        return {"Retry-After": str(max(seconds, 1))}
    if isinstance(refusal, errors.HolderNotReady):
        return {"Retry-After": str(NOT_READY_RETRY_SECONDS)}
    return {}
