"""What a refused request is answered with: RFC 9457, never a word of the request."""

from dataclasses import dataclass
from typing import Final

from sources.errors import OutboxUnwritable, SourceError
from sources.receiving.errors import (
    EventFormatUnknown,
    EventMalformed,
    EventRefused,
    EventSignatureInvalid,
    EventSourceForeign,
    FeedUnknown,
)

PROBLEM_JSON: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """Slug, Dutch title and status of a refusal."""

    slug: str
    title: str
    status: int


PROBLEMS: Final[dict[type[SourceError], Problem]] = {
    EventMalformed: Problem("event-malformed", "Dit is geen CloudEvent.", 400),
    EventFormatUnknown: Problem(
        "event-format-unknown",
        "Stuur application/cloudevents+json of application/cloudevents-batch+json.",
        415,
    ),
    EventSignatureInvalid: Problem(
        "event-signature-invalid", "De ondertekening klopt niet of ontbreekt.", 401
    ),
    EventSourceForeign: Problem(
        "event-source-foreign", "Deze afzender spreekt niet voor deze bron.", 403
    ),
    FeedUnknown: Problem("feed-unknown", "Deze feed is hier niet bekend.", 404),
    OutboxUnwritable: Problem(
        "not-now", "De gebeurtenis is niet bewaard. Stuur haar later opnieuw.", 503
    ),
}


def find_problem(error: EventRefused | OutboxUnwritable) -> dict[str, object]:
    """Give the body of the answer to a refused request."""
    problem = PROBLEMS[type(error)]
    body: dict[str, object] = {
        "type": f"urn:signal-source:problem:{problem.slug}",
        "title": problem.title,
        "status": problem.status,
    }
    if isinstance(error, EventMalformed):
        body["detail"] = f"attribuut: {error.attribute}"
    return body
