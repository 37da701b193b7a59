"""What one citizen's report says, as JSON: the desk puts it on screen and on paper.

Labels come from the catalogue, names of organisations from the registry; a code or an
organisation that is gone shows as it was recorded. The report holds no employee, no
count of what was left out, and nothing that tells whether anything was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from policy.catalogue import Catalogue
from policy.errors import UnknownCode
from signal_index.citizens.reported import ReportedEntry, ReportedSignal
from signal_index.notice.fields import encode_instant

Json = Mapping[str, object]
OrganisationName = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Words:
    """What codes and organisations are called."""

    catalogue: Catalogue
    organisation: OrganisationName


def render_lookup(entry: ReportedEntry, words: Words, proof: str | None) -> Json:
    """Give that an organisation looked: when, why, what was shown, and its proof.

    `proof` is None until the tree that holds the entry is signed.
    """
    why = entry.why
    purpose = entry.purpose
    text = _purpose_text(words.catalogue, purpose)
    return {
        "entryId": str(entry.entry),
        "at": encode_instant(entry.at),
        "organisation": words.organisation(entry.organisation),
        "purpose": purpose,
        "purposeLabel": text[0],
        "purposeText": text[1],
        "legalBasis": _basis_label(words.catalogue, why.get("legalBasis")),
        "informed": _informed_label(words.catalogue, why.get("informed")),
        "breakGlass": _label(
            words.catalogue.break_glass_reasons, why.get("breakGlass")
        ),
        "outcome": str(entry.decision.get("outcome") or "failed"),
        "repeat": entry.decision.get("repeat") is True,
        "shown": [
            {
                "category": flag.category,
                "categoryLabel": category_label(words.catalogue, flag.category),
                "organisation": words.organisation(flag.source),
            }
            for flag in entry.shown
        ],
        "proof": proof,
    }


def render_check(entry: ReportedEntry, words: Words, proof: str | None) -> Json:
    """Give that an officer checked on lookups, or made a report: when, and no more."""
    return {
        "entryId": str(entry.entry),
        "at": encode_instant(entry.at),
        "organisation": words.organisation(entry.organisation),
        "kind": entry.kind.value,
        "proof": proof,
    }


def render_signal(
    signal: ReportedSignal, words: Words, waiting: frozenset[tuple[str, UUID]]
) -> Json:
    """Give a signal about the citizen; `waiting`: those disputed and not answered."""
    contact = signal.contact
    return {
        "source": signal.source,
        "reference": str(signal.reference),
        "category": signal.category,
        "categoryLabel": category_label(words.catalogue, signal.category),
        "organisation": words.organisation(signal.source),
        "state": signal.state,
        "since": signal.valid_from.isoformat(),
        "expires": signal.valid_until.isoformat(),
        "endedOn": None if signal.ended_on is None else signal.ended_on.isoformat(),
        "informed": _informed_label(words.catalogue, signal.informed_code),
        "informedOn": signal.informed_on.isoformat(),
        "contact": {
            "function": contact.get("function"),
            "name": contact.get("name"),
            "phone": contact.get("phone"),
        },
        "isDisputed": (signal.source, signal.reference) in waiting,
    }


def category_label(catalogue: Catalogue, code: str) -> str:
    """Give what a category is called; one that is gone by its code."""
    try:
        return catalogue.categories[catalogue.parse_category(code)].label
    except UnknownCode:
        return code


def _purpose_text(catalogue: Catalogue, code: str) -> tuple[str, str | None]:
    try:
        purpose = catalogue.purposes[catalogue.parse_purpose(code)]
    except UnknownCode:
        return code, None
    return purpose.label, purpose.citizen_text


def _basis_label(catalogue: Catalogue, code: object) -> str | None:
    if not isinstance(code, str):
        return None
    try:
        return catalogue.legal_bases[catalogue.parse_legal_basis(code)].label
    except UnknownCode:
        return code


def _informed_label(catalogue: Catalogue, code: object) -> str | None:
    if not isinstance(code, str):
        return None
    try:
        return catalogue.informed[catalogue.parse_informed(code)].label
    except UnknownCode:
        return code


def _label(labels: Mapping[str, str], code: object) -> str | None:
    return labels.get(code, code) if isinstance(code, str) else None
