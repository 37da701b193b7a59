"""From facts to problems on the wire (RFC 9457), by one table (`problem_table`).

- A problem names a field and a code, never a value. What is not in the table is a fault
  of ours: 500, without a word about what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from keys.edge.errors import ComeAgain
from policy import errors as policy_errors
from signal_index.api import errors as edge
from signal_index.api.field_words import FIELD_WORDS
from signal_index.api.problem_kinds import Problem
from signal_index.api.problem_table import TABLE, find_kind
from signal_index.errors import GivenAlready, TransferCollides, UnknownSource
from signal_index.notice.text import encode_compact
from signal_index.wire.errors import InvalidField
from signal_index.wire.signals import ItemProblem

MEDIA_TYPE: Final = "application/problem+json"
_RETRY_SECONDS: Final = 2
_MOST_FINDINGS: Final = 50
_CODES: Final[Mapping[type[policy_errors.UnknownCode], str]] = {
    policy_errors.UnknownPurpose: "purpose",
    policy_errors.UnknownLegalBasis: "legalBasis",
    policy_errors.UnknownCategory: "category",
    policy_errors.UnknownInformedCode: "informed",
    policy_errors.UnknownBreakGlassReason: "breakGlass",
    policy_errors.UnknownMunicipality: "municipality",
}
"""In which field a code stands that the catalogue does not have."""
_DENIALS: Final = (
    policy_errors.LookupDenied,
    policy_errors.LoopActDenied,
    policy_errors.ReportDenied,
)
"""By which facts the policy denies something: with every ground, in Dutch."""


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """A problem, ready to be sent."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def find_problem(error: Exception) -> Problem | None:
    """Look up how a fact looks on the wire, or None where it is a fault of ours."""
    return find_kind(type(error))


def render_problem(
    error: Exception, *, base: str, members: Mapping[str, object] | None = None
) -> ProblemAnswer:
    """Give the answer for a fact; whatever the table lacks is a `ServerFault`."""
    found = find_problem(error)
    if found is None:
        found = TABLE[edge.ServerFault]
    body: dict[str, object] = {
        "type": f"{base}/{found.slug}",
        "title": found.title,
        "status": found.status,
        "detail": found.detail,
    }
    fields = _field_errors(error)
    if fields:
        body["errors"] = fields
    if isinstance(error, _DENIALS):
        body["grounds"] = [
            {"id": ground.id, "text": ground.text, "remedy": ground.remedy}
            for ground in error.grounds
        ]
    if isinstance(error, (TransferCollides, GivenAlready)):
        body["references"] = [str(one) for one in error.references]
    body.update(members or {})
    return ProblemAnswer(found.status, encode_compact(body), _headers(error, found))


def describe_item(error: Exception, *, base: str) -> ItemProblem:
    """Say in short why one item of a batch was refused."""
    found = find_problem(error) or TABLE[edge.ServerFault]
    field = next((one["field"] for one in _field_errors(error)), None)
    return ItemProblem(type=f"{base}/{found.slug}", title=found.title, field=field)


def _field_errors(error: Exception) -> Sequence[Mapping[str, str]]:
    if isinstance(error, InvalidField):
        message = FIELD_WORDS[error.code]
        return [{"field": error.field, "code": error.code, "message": message}]
    if isinstance(error, UnknownSource):
        message = FIELD_WORDS["not-registered"]
        return [{"field": error.field, "code": "not-registered", "message": message}]
    if isinstance(error, policy_errors.UnknownCode) and type(error) in _CODES:
        message, field = FIELD_WORDS["unknown-code"], _CODES[type(error)]
        return [{"field": field, "code": "unknown-code", "message": message}]
    if isinstance(error, policy_errors.ChangeNotPossible):
        message = FIELD_WORDS["not-possible"]
        return [{"field": error.field, "code": "not-possible", "message": message}]
    if isinstance(error, policy_errors.InvalidPolicy):
        return [
            {"field": one.file, "code": f"line-{one.line}", "message": one.message}
            for one in error.findings[:_MOST_FINDINGS]
        ]
    return []


def _headers(error: Exception, found: Problem) -> dict[str, str]:
    headers = {"content-type": MEDIA_TYPE}
    if found.status == 401:
        headers["www-authenticate"] = "Bearer"
    if found.status == 503:
        headers["retry-after"] = str(_RETRY_SECONDS)
    if isinstance(error, ComeAgain):
        headers |= error.headers
    if isinstance(error, edge.MethodNotAllowed):
        headers["allow"] = error.allow
    return headers
