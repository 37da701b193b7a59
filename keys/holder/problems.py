"""How each refusal reads over HTTP: one table (RFC 9457), nothing else.

Input is never echoed. A test walks the subclasses of `RequestRefused`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from keys.edge.errors import BodyTooLarge, Busy, EdgeRefused, TooManyAtOnce, TooOften
from keys.holder import errors
from keys.security.events import SecurityEvent
from keys.wire import HolderProblem


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal: a stable name, what is wrong and what to do, in Dutch."""

    slug: str
    title: str
    status: int
    detail: str


PROBLEMS: Final[Mapping[type[errors.RequestRefused], Problem]] = {
    errors.RequestMalformed: Problem(
        "invalid-input",
        "Het verzoek is ongeldig.",
        400,
        "Kijk in /v1/openapi.json hoe het verzoek eruitziet, en stuur het opnieuw.",
    ),
    errors.RequestMismatch: Problem(
        "request-mismatch",
        "De ondertekening hoort niet bij deze punten.",
        400,
        "Onderteken het verzoek opnieuw, voor precies deze punten.",
    ),
    errors.RequestNotJson: Problem(
        "unsupported-media-type",
        "Stuur het verzoek als application/json.",
        415,
        "Zet `Content-Type: application/json` bij het verzoek.",
    ),
    errors.RequestUnsigned: Problem(
        "request-signature",
        "De handtekening van het verzoek klopt niet.",
        401,
        "Onderteken met de sleutel waarmee uw organisatie hier bekend is.",
    ),
    errors.RequestExpired: Problem(
        "request-expired",
        "Het verzoek is verlopen of nog niet geldig.",
        401,
        "Onderteken het verzoek opnieuw, en controleer de klok van uw systeem.",
    ),
    errors.OrganisationUnknown: Problem(
        "organisation-unknown",
        "Deze organisatie is hier niet bekend.",
        403,
        "Vraag de sleutelhouder om uw organisatie aan te melden.",
    ),
    errors.OrganisationEnded: Problem(
        "organisation-ended",
        "Deze organisatie doet hier niet meer mee.",
        403,
        "Klopt dat niet? Vraag de sleutelhouder om een nieuwe aanmelding.",
    ),
    errors.AccountRefused: Problem(
        "account-refused",
        "Dit account of deze organisatie is geblokkeerd.",
        403,
        "Bel uw beheerder. Die kan zeggen waarom, en het account weer openzetten.",
    ),
    errors.ActNotAllowed: Problem(
        "act-not-allowed",
        "Deze organisatie mag dit hier niet vragen.",
        403,
        "Hoort dit bij uw werk? Vraag de sleutelhouder om dit toe te staan.",
    ),
    errors.RequestMisdirected: Problem(
        "wrong-holder",
        "Het verzoek is voor een andere sleutelhouder.",
        403,
        "Onderteken voor elke sleutelhouder een eigen verzoek.",
    ),
    errors.RequestReplayed: Problem(
        "request-replayed",
        "Dit verzoek is al gebruikt.",
        409,
        "Onderteken een nieuw verzoek: elk verzoek geldt één keer.",
    ),
    errors.RequestStale: Problem(
        "stale-key-version",
        "Het verzoek hoort bij een andere sleutelversie.",
        409,
        "Haal /v1/key-config opnieuw op en blindeer opnieuw.",
    ),
    errors.StatementAhead: Problem(
        "statement-not-yet",
        "Deze dag is nog niet begonnen.",
        404,
        "Vraag een dag die al begonnen is (UTC).",
    ),
    errors.UserBudgetSpent: Problem(
        "budget-spent",
        "De daglimiet van deze gebruiker is bereikt.",
        429,
        "Morgen kan het weer. Is het te weinig? Vraag uw beheerder.",
    ),
    errors.OrganisationBudgetSpent: Problem(
        "budget-spent",
        "De daglimiet van deze organisatie is bereikt.",
        429,
        "Morgen kan het weer. Is het te weinig? Vraag de sleutelhouder.",
    ),
    errors.SourceBudgetSpent: Problem(
        "budget-spent",
        "De ruimte voor dit aantal cliënten is nu op.",
        429,
        "Ga verder na de tijd die `Retry-After` noemt.",
    ),
    errors.QuestionsSpent: Problem(
        "too-many-questions",
        "Uw organisatie heeft dit het laatste uur te vaak gevraagd.",
        429,
        "Vraag het opnieuw na de tijd die `Retry-After` noemt.",
    ),
    errors.HolderNotReady: Problem(
        "holder-not-ready",
        "De sleutelhouder kan nu niet antwoorden.",
        503,
        "Probeer het zo nog eens, of vraag een andere sleutelhouder.",
    ),
}

SECURITY_EVENTS: Final[Mapping[type[errors.RequestRefused], SecurityEvent]] = {
    errors.RequestMismatch: SecurityEvent.TOKEN_REFUSED,
    errors.RequestUnsigned: SecurityEvent.TOKEN_REFUSED,
    errors.RequestExpired: SecurityEvent.TOKEN_REFUSED,
    errors.RequestMisdirected: SecurityEvent.TOKEN_REFUSED,
    errors.OrganisationUnknown: SecurityEvent.GATE_REFUSED,
    errors.OrganisationEnded: SecurityEvent.GATE_REFUSED,
    errors.ActNotAllowed: SecurityEvent.GATE_REFUSED,
    errors.AccountRefused: SecurityEvent.SUSPENDED_REFUSED,
    errors.RequestReplayed: SecurityEvent.REPLAY_REFUSED,
    errors.UserBudgetSpent: SecurityEvent.BUDGET_SPENT,
    errors.OrganisationBudgetSpent: SecurityEvent.BUDGET_SPENT,
    errors.SourceBudgetSpent: SecurityEvent.BUDGET_SPENT,
    errors.QuestionsSpent: SecurityEvent.BUDGET_SPENT,
}
"""What of it a SOC must know; the rest stands in the technical log."""

OF_EDGE: Final[Mapping[type[EdgeRefused], Problem]] = {
    BodyTooLarge: Problem(
        "request-too-large",
        "Het verzoek is te groot.",
        413,
        "Vraag hooguit 4.096 punten per keer.",
    ),
    TooManyAtOnce: Problem(
        "too-many-at-once",
        "U vraagt te veel tegelijk.",
        429,
        "Ga verder na de tijd die `Retry-After` noemt.",
    ),
    TooOften: Problem(
        "too-often",
        "U vraagt te veel in korte tijd.",
        429,
        "Ga verder na de tijd die `Retry-After` noemt.",
    ),
    Busy: Problem(
        "busy",
        "Het is nu te druk.",
        503,
        "Probeer het zo nog eens, of vraag een andere sleutelhouder.",
    ),
}
"""What is refused before anybody reads it."""

INTERNAL: Final = Problem(
    "internal-error",
    "Er ging iets mis.",
    500,
    "De fout ligt niet bij u. Blijft het misgaan? Waarschuw de sleutelhouder.",
)
NOT_FOUND: Final = Problem(
    "not-found",
    "Deze pagina bestaat niet.",
    404,
    "Alle adressen staan in /v1/openapi.json.",
)
NOT_ALLOWED: Final = Problem(
    "method-not-allowed",
    "Dit kan hier niet.",
    405,
    "Alle adressen staan in /v1/openapi.json.",
)

NOT_READY_RETRY_SECONDS: Final = 5


def problem_body(problem: Problem) -> HolderProblem:
    """Write a problem as it stands on the wire."""
    return HolderProblem(
        type=f"/problems/{problem.slug}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
    )


def retry_headers(refusal: errors.RequestRefused) -> dict[str, str]:
    """Say when asking again can help, for the refusals that pass by themselves."""
    if isinstance(refusal, errors.BudgetSpent):
        seconds = math.ceil(refusal.retry_after.total_seconds())
        return {"Retry-After": str(max(seconds, 1))}
    if isinstance(refusal, errors.HolderNotReady):
        return {"Retry-After": str(NOT_READY_RETRY_SECONDS)}
    return {}
