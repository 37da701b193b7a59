"""The decision key: everything that a rule may look at, and nothing else.

The request that Cedar sees is built from the key alone (`policy.world`), so that a
decision may be remembered by its key without forgetting an input. The key names nobody:
no user, no organisation, no pseudonym, no case number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from keys.municipality import MunicipalityCode
from policy.errors import NoDecision
from policy.vocabulary import (
    Action,
    Assurance,
    BreakGlassReason,
    Caller,
    CallerKind,
    CategoryId,
    InformedCode,
    LegalBasisId,
    OrganisationKind,
    PurposeId,
    Question,
    Role,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class DecisionKey(NamedTuple):
    """One Cedar question. Two equal keys always get the same verdict.

    Proven by tests/property/test_policy_key.py: changing any field changes the key.
    """

    action: Action
    caller_kind: CallerKind
    organisation_kind: OrganisationKind
    account_active: bool
    roles: frozenset[Role]
    trainings: frozenset[str]
    assurance: Assurance
    caller_municipality: MunicipalityCode
    municipality: MunicipalityCode
    purpose: PurposeId
    legal_basis: LegalBasisId
    has_case_reference: bool
    informed: InformedCode | None
    break_glass: BreakGlassReason | None
    category: CategoryId
    day: date
    digest: str


def calendar_day(now: datetime) -> date:
    """Give the day in the Netherlands, on which validity and establishment count.

    A time without a zone could be a day off: `NoDecision`.
    """
    if now.tzinfo is None:
        raise NoDecision("a time without a zone decides nothing")
    return now.astimezone(AMSTERDAM).date()


def derive_keys(
    question: Question,
    informed: Collection[InformedCode | None],
    categories: Sequence[CategoryId],
    *,
    day: date,
    digest: str,
) -> list[DecisionKey]:
    """Take from a question what the rules may see: a key per category and way informed.

    A training that has run out by `day` is not in it; its last day still counts.
    """
    first = derive_first(question, categories, day=day, digest=digest)
    return spread_keys(first, informed, categories)


def derive_first(
    question: Question, categories: Sequence[CategoryId], *, day: date, digest: str
) -> DecisionKey:
    """Take from a question what all its keys have in common: the first, uninformed."""
    caller = question.caller
    return DecisionKey(
        action=question.action,
        caller_kind=caller.kind,
        organisation_kind=caller.organisation_kind,
        account_active=caller.active,
        roles=caller.roles,
        trainings=current_trainings(caller, day),
        assurance=caller.assurance,
        caller_municipality=caller.municipality,
        municipality=question.municipality,
        purpose=question.purpose,
        legal_basis=question.legal_basis,
        has_case_reference=bool(question.case_reference),
        informed=None,
        break_glass=question.break_glass,
        category=categories[0],
        day=day,
        digest=digest,
    )


def spread_keys(
    first: DecisionKey,
    informed: Collection[InformedCode | None],
    categories: Sequence[CategoryId],
) -> list[DecisionKey]:
    """Give the keys of a question: each way of being informed with each category."""
    return [
        first._replace(informed=code, category=category)
        for code in informed
        for category in categories
    ]


def current_trainings(caller: Caller, day: date) -> frozenset[str]:
    """Give the codes of the trainings that count on this day."""
    return frozenset(t.code for t in caller.trainings if day <= t.valid_until)
