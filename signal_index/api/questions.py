"""Read what a caller asks: the body of `POST /v1/lookups`, hand-checked.

- What cannot be a question fails here, before a ticket is looked at: 400, not recorded.
- The case reference is the HMAC that the desk made; a plain case number has another
  form and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from keys.base64url import encode_b64u
from keys.errors import InvalidPseudonym
from keys.pseudonym import KeyVersion, parse_pseudonym
from policy.catalogue import Catalogue
from policy.decide import MOST_SUBJECTS
from policy.vocabulary import BreakGlassReason, Caller, Question, Subject
from signal_index.notice import InvalidField, parse_municipality
from signal_index.notice.fields import (
    parse_b64u,
    parse_int,
    parse_json,
    parse_list,
    parse_object,
    parse_text,
)

_KEYS: Final = (
    "keyVersion",
    "tickets",
    "subjects",
    "municipality",
    "purpose",
    "legalBasis",
    "caseReference",
)
_CODE_MAXIMUM: Final = 64
_TICKET_MAXIMUM: Final = 2_048
_POINT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class LookupBody:
    """A lookup as it was asked, with what its tickets must agree with."""

    key_version: KeyVersion
    tickets: tuple[str, ...]
    question: Question


def parse_lookup(
    body: bytes, caller: Caller, catalogue_in: Callable[[str], Catalogue]
) -> LookupBody:
    """Give the question in a body, or raise `InvalidField` or `UnknownCode`.

    Codes are those of the catalogue of the municipality that is asked for.
    """
    item = parse_object(parse_json(body), _KEYS, ("breakGlass",))
    tickets = parse_list(item["tickets"], "tickets", maximum=2)
    subjects = parse_list(item["subjects"], "subjects", maximum=MOST_SUBJECTS)
    if not subjects:
        raise InvalidField("subjects", "too-many")
    place = parse_municipality(item["municipality"], "municipality")
    catalogue = catalogue_in(place)
    return LookupBody(
        key_version=KeyVersion(parse_int(item["keyVersion"], "keyVersion", minimum=1)),
        tickets=tuple(
            parse_text(ticket, "tickets", maximum=_TICKET_MAXIMUM) for ticket in tickets
        ),
        question=Question(
            caller=caller,
            municipality=place,
            purpose=catalogue.parse_purpose(_code(item, "purpose")),
            legal_basis=catalogue.parse_legal_basis(_code(item, "legalBasis")),
            case_reference=_case_reference(item["caseReference"]),
            subjects=tuple(_subject(subject, catalogue) for subject in subjects),
            break_glass=_break_glass(item.get("breakGlass"), catalogue),
        ),
    )


def _subject(value: object, catalogue: Catalogue) -> Subject:
    item = parse_object(value, ("pseudonym", "informed"), field="subjects")
    point = parse_b64u(item["pseudonym"], "pseudonym", length=_POINT_BYTES)
    try:
        pseudonym = parse_pseudonym(point)
    except InvalidPseudonym as error:
        raise InvalidField("pseudonym", "wrong-form") from error
    return Subject(
        pseudonym=pseudonym,
        informed=(
            None
            if item["informed"] is None
            else catalogue.parse_informed(_code(item, "informed"))
        ),
    )


def _code(item: Mapping[str, object], field: str) -> str:
    """Give a code as it was sent; only the catalogue makes an id of it."""
    return parse_text(item[field], field, maximum=_CODE_MAXIMUM)


def _case_reference(value: object) -> str | None:
    if value is None:
        return None
    return encode_b64u(parse_b64u(value, "caseReference", length=32))


def _break_glass(value: object, catalogue: Catalogue) -> BreakGlassReason | None:
    if value is None:
        return None
    item = parse_object(value, ("reason",), field="breakGlass")
    return catalogue.parse_break_glass_reason(_code(item, "reason"))
