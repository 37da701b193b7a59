"""Check that rules and catalogue speak of the same things.

A rule that names a category or role that does not exist never holds, and a forbid that
never holds is open. So every literal in a rule must be a word that is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from cedarpy import pst

from policy.catalogue import Catalogue
from policy.errors import Finding, InvalidRules
from policy.faults import Fault
from policy.rules import Rule, RuleBook
from policy.rules.guards import walk
from policy.vocabulary import (
    Action,
    Assurance,
    CallerKind,
    LoopActId,
    OrganisationKind,
    Role,
)


def verify_coherence(catalogue: Catalogue, book: RuleBook) -> None:
    """Check every literal of every rule, or raise `InvalidRules`."""
    findings = tuple(
        finding
        for node in book.nodes
        for finding in _unknown(catalogue, book.rules[node.annotations["id"]], node)
    )
    if findings:
        raise InvalidRules(findings)


def _unknown(catalogue: Catalogue, rule: Rule, node: pst.Template) -> Iterator[Finding]:
    words = {""} | set(catalogue.trainings) | set(catalogue.source_kinds)
    for closed in (Assurance, CallerKind, OrganisationKind, Role):
        words |= {str(member) for member in closed}
    entities: dict[str, set[str]] = {
        "Purpose": {str(purpose) for purpose in catalogue.purposes},
        "Category": {str(category) for category in catalogue.categories},
        "Action": {str(action) for closed in (Action, LoopActId) for action in closed},
        "LoopAct": {str(act) for act in catalogue.loop_acts},
    }
    for uid in pst.entity_uids(node):
        if uid.id not in entities.get(str(uid.type), set()):
            about = f"{rule.id} ({uid})"
            yield Finding(rule.file, rule.line, Fault.NOT_IN_CATALOGUE, about)
    for part in walk(node.clauses):
        if isinstance(part, pst.UnaryOp) and part.op == "datetime":
            continue
        if isinstance(part, pst.StringLit) and part.value not in words:
            about = f'{rule.id} ("{part.value}")'
            yield Finding(rule.file, rule.line, Fault.WORD_UNKNOWN, about)
