"""From question to permit: the one place where a permit is made.

Invariants:
- nothing is granted that some rule did not permit and no rule forbade;
- one permit for a household: one refused subject refuses all of it;
- a permit holds for one minute and names exactly what may be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from keys.months import months_back
from policy.catalogue import Catalogue
from policy.errors import InvalidQuestion, LookupDenied
from policy.key import calendar_day
from policy.policy import Policy, load_policy
from policy.vocabulary import (
    Action,
    CategoryId,
    Permit,
    PermittedCategory,
    PurposeId,
    Question,
)
from policy.weigh import weigh

__all__ = ["MOST_SUBJECTS", "PERMIT_LIFE", "Policy", "decide", "load_policy"]

PERMIT_LIFE = timedelta(seconds=60)
MOST_SUBJECTS = 10


def decide(policy: Policy, question: Question, *, now: datetime) -> Permit:
    """Grant a permit for one lookup, or raise `LookupDenied`.

    A permit names exactly what may be read: categories, how far back, until when.
    The store accepts nothing else.

    Every rule is asked, also after the first ground, so that the refusal we show and
    record is complete. A policy without rules refuses, and so does one without
    establishments. What a permit leaves out is neither shown nor counted.

    Raises `NoDecision` where the rules gave no sure answer (refuse, record, alarm),
    `UnknownCode` for an id that is not the catalogue's, `InvalidQuestion` for nobody or
    more than ten. Purpose limitation: GDPR art. 5(1)(b). Proven by
    tests/attack/test_purpose_limitation.py and test_policy_fails_closed.py.
    """
    if not 1 <= len(question.subjects) <= MOST_SUBJECTS:
        raise InvalidQuestion("a question asks about one to ten persons")
    day = calendar_day(now)
    informed = {subject.informed for subject in question.subjects}
    weighed = weigh(policy, question, informed, day)
    if weighed.refused or not weighed.permitted:
        raise LookupDenied(weighed.refused)
    purpose = policy.catalogue.purposes[question.purpose]
    look_back = months_back(day, purpose.look_back_months)
    return Permit(
        subjects=question.subjects,
        caller=question.caller,
        municipality=question.municipality,
        purpose=question.purpose,
        legal_basis=question.legal_basis,
        categories=tuple(
            PermittedCategory(category, look_back) for category in weighed.permitted
        ),
        valid_until=now + PERMIT_LIFE,
        activity=str(purpose.activity),
        policy_digest=policy.digest(question.municipality),
        scope_text=scope_text(policy.catalogue, purpose.id, weighed.permitted),
        review=question.action is Action.BREAK_GLASS,
    )


def scope_text(
    catalogue: Catalogue, purpose: PurposeId, permitted: Sequence[CategoryId]
) -> str:
    """Say in one sentence what this purpose shows; equal for hit and miss."""
    return f"U ziet of er contact is over: {_name(catalogue, permitted)}." + "".join(
        f" Ook contact dat korter dan {months} {'maand' if months == 1 else 'maanden'} "
        f"geleden eindigde, over: {_name(catalogue, ended)}."
        for months, ended in find_ended_shown(catalogue, purpose, permitted).items()
    )


def find_ended_shown(
    catalogue: Catalogue, purpose: PurposeId, permitted: Iterable[CategoryId]
) -> Mapping[int, Sequence[CategoryId]]:
    """Find of which categories an ended signal still shows, by for how many months."""
    shown: dict[int, list[CategoryId]] = {}
    for category in permitted:
        months = catalogue.ended_shows(catalogue.purposes[purpose], category)
        if months:
            shown.setdefault(months, []).append(category)
    return shown


def _name(catalogue: Catalogue, categories: Iterable[CategoryId]) -> str:
    return ", ".join(catalogue.categories[one].short for one in categories)
