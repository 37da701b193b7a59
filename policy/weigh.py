"""Weigh one question: which categories it opens, and which conditions failed.

A rule about the question refuses all of it. A rule about a category only keeps that
category out of the permit; what was kept out is never shown and never counted. It
becomes a ground only where nothing at all is left.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from policy.errors import UnknownCode, UnknownLegalBasis, UnknownPurpose
from policy.key import derive_first
from policy.policy import Policy
from policy.rules import NOTHING_PERMITS, Allowed, Refused
from policy.vocabulary import CategoryId, InformedCode, Question, RefusalGround

NO_RULE = RefusalGround(
    NOTHING_PERMITS,
    "Geen enkele regel staat deze vraag toe.",
    "Kies een ander doel, of neem contact op met de beheerder van uw gemeente.",
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What came of a question.

    `refused` is not empty, or `permitted` is not empty: never both, never neither.
    `withheld` is for those who explain the policy; it never reaches an answer.
    """

    permitted: tuple[CategoryId, ...]
    refused: tuple[RefusalGround, ...]
    withheld: dict[CategoryId, tuple[RefusalGround, ...]]


def weigh(
    policy: Policy,
    question: Question,
    informed: Collection[InformedCode | None],
    day: date,
) -> Weighed:
    """Ask every rule about every category and each way of being informed.

    Every rule is asked, also after the first that refuses. With several ways of being
    informed (a household), a category is permitted only if each of them permits it.
    Raises `NoDecision`, or an `UnknownCode` for an id that is not the catalogue's.
    """
    _verify_known(policy, question, informed)
    digest = policy.digest(question.municipality)
    sees = policy.catalogue.purposes[question.purpose].sees
    failed: dict[CategoryId, set[str]] = {category: set() for category in sees}
    ways = tuple(dict.fromkeys(informed))
    first = derive_first(question, sees, day=day, digest=digest)
    permitted = set(sees)
    verdicts = policy.verdicts(first, ways, sees)
    for category, verdict in zip(sees * len(ways), verdicts, strict=True):
        if isinstance(verdict, Refused):
            failed[category] |= verdict.rules
        if not isinstance(verdict, Allowed):
            permitted.discard(category)
    return _sum_up(policy, failed, permitted if ways else set())


def _sum_up(
    policy: Policy, failed: dict[CategoryId, set[str]], permitted: set[CategoryId]
) -> Weighed:
    about_category = policy.book.about_category
    withheld = {
        category: _grounds(policy, names & about_category)
        for category, names in failed.items()
        if names & about_category
    }
    every = set().union(*failed.values())
    refusing = every - about_category
    if permitted and not refusing:
        order = tuple(category for category in failed if category in permitted)
        return Weighed(order, (), withheld)
    if not permitted and len(withheld) == len(failed):
        refusing = every
    return Weighed((), _grounds(policy, refusing) or (NO_RULE,), withheld)


def _grounds(policy: Policy, names: Collection[str]) -> tuple[RefusalGround, ...]:
    rules = policy.book.rules
    return tuple(
        RefusalGround(rule.id, rule.text, rule.remedy)
        for rule in rules.values()
        if rule.id in names
    )


def _verify_known(
    policy: Policy, question: Question, informed: Collection[InformedCode | None]
) -> None:
    """Guard three: an id that the catalogue did not make is no question at all."""
    catalogue = policy.catalogue
    if question.purpose not in catalogue.purposes:
        raise UnknownPurpose("the catalogue does not have this purpose")
    if question.legal_basis not in catalogue.legal_bases:
        raise UnknownLegalBasis("the catalogue does not have this legal basis")
    if any(code is not None and code not in catalogue.informed for code in informed):
        raise UnknownCode("the catalogue does not have this informed code")
    reason = question.break_glass
    if reason is not None and reason not in catalogue.break_glass_reasons:
        raise UnknownCode("the catalogue does not have this reason")
