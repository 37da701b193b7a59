"""What recorded questions would have shown under another policy: wider, narrower.

A recorded question names nobody: no person, no user, no case. What the ledger does not
hold (trainings, how sure a login was) is taken as the old policy needs it, unless the
recorded grounds say that it failed. Both policies are asked the same question on the
same day, so that only the policies differ.

Proven by tests/unit/policy/test_replay.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from keys.municipality import MunicipalityCode
from policy.errors import NoDecision, UnknownCode
from policy.policy import Policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    OrganisationKind,
    Question,
    Role,
    Training,
)
from policy.weigh import weigh

ELSEWHERE = MunicipalityCode("0000")


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    """A question as the ledger holds it; equal ones are counted, not repeated."""

    municipality: MunicipalityCode
    organisation_kind: OrganisationKind
    roles: frozenset[Role]
    purpose: str
    legal_basis: str
    has_case_reference: bool
    informed: str | None
    break_glass: str | None
    grounds: frozenset[str]


@dataclass(slots=True)
class Replay:
    """How many questions would show more or less; `gained` and `lost` by sort.

    Keys of `gained` and `lost` are (purpose, category). A question can both gain one
    category and lose another; it then counts in `wider` and in `narrower`.
    """

    questions: int = 0
    wider: int = 0
    narrower: int = 0
    newly_answered: int = 0
    newly_refused: int = 0
    gained: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)


def replay(
    old: Policy, new: Policy, questions: Mapping[RecordedQuestion, int], day: date
) -> Replay:
    """Ask both policies every recorded question, and count what differs.

    Both must hold the municipality's establishments. A question that a policy cannot
    even read (its purpose is gone) is refused by it.
    """
    result = Replay()
    for asked, count in questions.items():
        before = _shown(old, old, asked, day)
        after = _shown(new, old, asked, day)
        result.questions += count
        result.wider += count * bool(after - before)
        result.narrower += count * bool(before - after)
        result.newly_answered += count * (not before and bool(after))
        result.newly_refused += count * (bool(before) and not after)
        for category in after - before:
            result.gained[asked.purpose, category] += count
        for category in before - after:
            result.lost[asked.purpose, category] += count
    return result


def _shown(
    policy: Policy, assumed: Policy, asked: RecordedQuestion, day: date
) -> frozenset[str]:
    """Give the categories that this policy would have shown; none where it refuses."""
    catalogue = policy.catalogue
    try:
        question = _question(policy, assumed, asked, day)
        informed = (
            None if asked.informed is None else catalogue.parse_informed(asked.informed)
        )
        weighed = weigh(policy, question, (informed,), day)
    except (UnknownCode, NoDecision):
        return frozenset()
    return frozenset(str(category) for category in weighed.permitted)


def _question(
    policy: Policy, assumed: Policy, asked: RecordedQuestion, day: date
) -> Question:
    catalogue, reason = policy.catalogue, asked.break_glass
    return Question(
        caller=_caller(assumed, asked, day),
        municipality=asked.municipality,
        purpose=catalogue.parse_purpose(asked.purpose),
        legal_basis=catalogue.parse_legal_basis(asked.legal_basis),
        case_reference="present" if asked.has_case_reference else None,
        subjects=(),
        break_glass=(
            None if reason is None else catalogue.parse_break_glass_reason(reason)
        ),
    )


def _caller(assumed: Policy, asked: RecordedQuestion, day: date) -> Caller:
    """Give whoever asked, as the ledger and the grounds of that day allow to tell."""
    grounds = asked.grounds
    trained = "training-missing" not in grounds
    from_here = "other-municipality" not in grounds
    person = "caller-is-no-person" not in grounds
    return Caller(
        kind=CallerKind.PERSON if person else CallerKind.CLIENT,
        subject="",
        organisation="",
        organisation_kind=asked.organisation_kind,
        municipality=asked.municipality if from_here else ELSEWHERE,
        active="account-suspended" not in grounds,
        roles=asked.roles,
        trainings=tuple(
            Training(code, day) for code in assumed.catalogue.trainings if trained
        ),
        assurance=_assurance(assumed, asked),
    )


def _assurance(assumed: Policy, asked: RecordedQuestion) -> Assurance:
    if "login-not-sure-enough" in asked.grounds:
        return Assurance.LOW
    try:
        purpose = assumed.catalogue.parse_purpose(asked.purpose)
    except UnknownCode:
        return Assurance.SUBSTANTIAL
    return assumed.catalogue.purposes[purpose].assurance
