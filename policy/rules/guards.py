"""Find the ways in which a rule could fail open, before any question is asked.

Cedar skips a rule that errors, and a skipped forbid forbids nothing (measured). Besides
the check on each answer (`policy.rules.judge`), the text itself must be such that
whatever breaks a forbid breaks every permit too:

- every permit reads an attribute of each entity that some forbid reads, in a place
  that is always evaluated when it permits;
- no `has`, `in`, `is`, tag or if-then-else: on a missing entity these give false,
  without an error;
- a forbid may be narrowed by its action only, never by its principal or resource;
- instants are written `...Z` with at most milliseconds: other forms error;
- a rule about the question never reads the resource: it holds for every category alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from cedarpy import pst

from policy.errors import Finding
from policy.faults import Fault
from policy.rules.statements import Statement

INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?Z)?")
QUIET_OPS = frozenset({"in", "get_tag", "has_tag"})
ABOUT = frozenset({"question", "category"})


def find_openings(statements: tuple[Statement, ...]) -> list[Finding]:
    """Give every fault that could let a rule fail open; an empty list is the aim."""
    findings = [finding for rule in statements for finding in _faults(rule)]
    permits = [rule for rule in statements if rule.node.effect == "permit"]
    read = frozenset[str]()
    for rule in statements:
        if rule.node.effect == "forbid":
            read |= _entities(walk(rule.node.clauses))
    if not permits:
        findings.append(Finding("rules", 1, Fault.NOTHING_PERMITTED))
    for permit in permits:
        touched = _entities(_always_evaluated(permit.node))
        findings.extend(
            permit.finding(Fault.PERMIT_READS_LESS, entity)
            for entity in sorted(read - touched)
        )
    return findings


def _faults(rule: Statement) -> Iterator[Finding]:
    node = rule.node
    if any(not isinstance(s, pst.ScopeAny) for s in (node.principal, node.resource)):
        yield rule.finding(Fault.NARROWED)
    if isinstance(node.action, pst.ActionIn):
        yield rule.finding(Fault.MORE_ACTIONS)
    for part in walk(node.clauses):
        if isinstance(part, pst.HasAttr | pst.Is | pst.IfThenElse):
            yield rule.finding(Fault.QUIET_TEST)
        if isinstance(part, pst.BinaryOp) and part.op in QUIET_OPS:
            yield rule.finding(Fault.QUIET_SET)
        if isinstance(part, pst.UnaryOp) and part.op == "datetime":
            yield from _faults_of_instant(rule, part.arg)
    if node.effect == "forbid":
        yield from _faults_of_forbid(rule)


def _faults_of_instant(rule: Statement, arg: pst.Expr) -> Iterator[Finding]:
    text = arg.value if isinstance(arg, pst.StringLit) else ""
    if not INSTANT.fullmatch(text):
        yield rule.finding(Fault.INSTANT)


def _faults_of_forbid(rule: Statement) -> Iterator[Finding]:
    about = rule.node.annotations.get("about", "")
    if about not in ABOUT:
        yield rule.finding(Fault.NO_RULE_ABOUT)
    reads_resource = pst.Var("resource") in set(walk(rule.node.clauses))
    if about == "question" and reads_resource:
        yield rule.finding(Fault.QUESTION_READS_RESOURCE)
    if about == "category" and not reads_resource:
        yield rule.finding(Fault.CATEGORY_READS_NOTHING)


def _always_evaluated(node: pst.Template) -> Iterator[object]:
    """Give what must have been evaluated before this permit can permit."""
    pending = [clause.expr for clause in node.clauses if isinstance(clause, pst.When)]
    while pending:
        expr = pending.pop()
        if isinstance(expr, pst.BinaryOp) and expr.op == "and":
            pending += [expr.left, expr.right]
        else:
            yield from walk(expr, whole=False)


def _entities(parts: Iterator[object]) -> frozenset[str]:
    """Name each entity of which an attribute is read: principal, context.purpose..."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, pst.GetAttr):
            base = part.base
            if isinstance(base, pst.Var) and base.name != "context":
                found.add(base.name)
            elif isinstance(base, pst.GetAttr) and base.base == pst.Var("context"):
                found.add(f"context.{base.attr}")
            elif isinstance(base, pst.EntityLit):
                found.add(str(base.value))
    return frozenset(found)


def walk(value: object, *, whole: bool = True) -> Iterator[object]:
    """Give every node; if not `whole`, leave out what may never be evaluated."""
    if isinstance(value, tuple):
        for item in value:
            yield from walk(item, whole=whole)
    elif is_dataclass(value):
        yield value
        if not whole and isinstance(value, pst.BinaryOp) and value.op in {"and", "or"}:
            yield from walk(value.left, whole=False)
            return
        for field in fields(value):
            yield from walk(getattr(value, field.name), whole=whole)
