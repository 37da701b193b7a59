"""Ask Cedar, and believe it only when nothing went wrong.

Invariants:
- allowed means: Cedar says Allow, by a permit that we know, and reports no error;
- an error, an unknown rule or no decision raises `NoDecision`, also where Cedar denies:
  a rule that errs was skipped, so the grounds would not be complete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cedarpy

from policy.errors import NoDecision
from policy.rules.book import Chapter, RuleBook

NOTHING_PERMITS = "no-rule-permits"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Cedar allows it, by these permits."""

    permits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """Cedar refuses it: the ids of every forbid that holds, or `no-rule-permits`."""

    rules: frozenset[str]


Verdict = Allowed | Refused


def ask(
    book: RuleBook,
    chapter: Chapter,
    entities: cedarpy.Entities,
    requests: Sequence[Mapping[str, Any]],
) -> list[Verdict]:
    """Ask Cedar each request; one verdict each, in order, or `NoDecision` for all."""
    try:
        results = cedarpy.is_authorized_batch(
            [dict(request) for request in requests],
            chapter.policies,
            entities,
            schema=chapter.schema,
        )
    except ValueError as fault:
        raise NoDecision("the rules could not be asked") from fault
    if len(results) != len(requests):
        raise NoDecision("not every request was answered")
    return [judge(book, result) for result in results]


def judge(book: RuleBook, result: cedarpy.AuthzResult) -> Verdict:
    """Turn one answer of Cedar into a verdict, or raise `NoDecision`.

    Proven by tests/attack/test_policy_fails_closed.py.
    """
    if result.diagnostics.errors:
        raise NoDecision("a rule erred and was skipped")
    effects = {_effect(book, name) for name in result.diagnostics.reasons}
    reasons = frozenset(result.diagnostics.reasons)
    if result.decision is cedarpy.Decision.Allow and effects == {"permit"}:
        return Allowed(reasons)
    if result.decision is cedarpy.Decision.Deny and effects <= {"forbid"}:
        return Refused(reasons or frozenset({NOTHING_PERMITS}))
    raise NoDecision("the rules gave no decision")


def _effect(book: RuleBook, name: str) -> str:
    rule = book.rules.get(name)
    if rule is None:
        raise NoDecision("a rule without a name decided")
    return rule.effect
