"""The book of rules: what Cedar evaluates, and what people read when a rule refuses.

Invariants:
- every rule has a unique `@id`; Cedar's positional ids are replaced by it;
- a forbid says in Dutch what failed (`@nl`) and what would help (`@remedy`), and
  whether it is about the question or about one category (`@about`);
- a book has two chapters, each asked apart and with a schema of its own: what a lookup
  may see, and what the acts of the loop may do (files whose name begins with `loop`);
- a book only exists when each chapter is valid against its schema and no rule can fail
  open (`policy.rules.guards`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

import cedarpy
from cedarpy import pst

from policy.errors import Finding, InvalidRules
from policy.faults import Fault
from policy.rules.guards import find_openings
from policy.rules.statements import Statement, parse_statements

SCHEMA = "schema.cedarschema"
LOOP_SCHEMA = "loop-acts.cedarschema"
_SCHEMAS = (SCHEMA, LOOP_SCHEMA)
_LOOP = "loop"
_FORBID_SAYS = {"nl": Fault.NO_RULE_TEXT, "remedy": Fault.NO_RULE_REMEDY}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as people read it. `lifted` means: not asked when glass is broken."""

    id: str
    effect: Literal["permit", "forbid"]
    about: str
    text: str
    remedy: str
    lifted: bool
    file: str
    line: int

    @property
    def chapter(self) -> Literal["lookup", "loop"]:
        """Tell what it is about: a lookup, or an act of the loop."""
        return "loop" if self.file.startswith(_LOOP) else "lookup"


@dataclass(frozen=True, slots=True)
class Chapter:
    """Rules that are asked together, and the schema of what they may read."""

    policies: cedarpy.PolicySet
    schema: cedarpy.Schema


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Parsed rules, in chapters. Make it with `parse_rules`."""

    rules: Mapping[str, Rule]
    lookups: Chapter
    loop: Chapter
    about_category: frozenset[str]
    nodes: tuple[pst.Template, ...]
    digest: bytes

    def __repr__(self) -> str:
        return f"<RuleBook of {len(self.rules)} rules>"


def shipped_rules() -> dict[str, str]:
    """Give the shipped rule files and their schema: name to text."""
    folder = resources.files("policy.rules")
    return {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith((".cedar", ".cedarschema"))
    }


def load_rules() -> RuleBook:
    """Load the shipped rules, or raise `InvalidRules` with every fault."""
    return parse_rules(shipped_rules())


def parse_rules(texts: Mapping[str, str]) -> RuleBook:
    """Read a book of rules (file name to text), or raise `InvalidRules`.

    Refused: rules that do not parse, are not valid against the schema, have no unique
    id or no Dutch text, or that could fail open. No permit at all is no book.
    Proven by tests/attack/test_policy_fails_closed.py.
    """
    return _read_book(tuple(texts.items()))


@lru_cache(maxsize=8)  # a switched category is another catalogue, under the same rules
def _read_book(files: tuple[tuple[str, str], ...]) -> RuleBook:
    texts = dict(files)
    schemas = {name: _parse_schema(name, texts.get(name, "")) for name in _SCHEMAS}
    statements = parse_statements(
        {name: text for name, text in texts.items() if name not in _SCHEMAS}
    )
    chapters = (
        tuple(one for one in statements if not one.file.startswith(_LOOP)),
        tuple(one for one in statements if one.file.startswith(_LOOP)),
    )
    openings = [one for chapter in chapters for one in find_openings(chapter)]
    findings = [*_unnamed(statements), *openings]
    if findings:
        raise InvalidRules(tuple(findings))
    lookups, loop = (
        _bind(chapter, name, schemas[name])
        for chapter, name in zip(chapters, _SCHEMAS, strict=True)
    )
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\n{len(texts[name].encode())}\n".encode())
        digest.update(texts[name].encode())
    rules = {statement.id: _rule(statement) for statement in statements}
    return RuleBook(
        rules=MappingProxyType(rules),
        lookups=lookups,
        loop=loop,
        about_category=frozenset(
            rule.id for rule in rules.values() if rule.about == "category"
        ),
        nodes=tuple(statement.node for statement in statements),
        digest=digest.digest(),
    )


def _parse_schema(name: str, text: str) -> cedarpy.Schema:
    try:
        return cedarpy.Schema.from_str(text)
    except ValueError as fault:
        raise InvalidRules((_of_schema(name, str(fault)),)) from None


def _of_schema(name: str, told: str) -> Finding:
    return Finding(name, 1, Fault.SCHEMA_UNREADABLE, told=told)


def _unnamed(statements: tuple[Statement, ...]) -> list[Finding]:
    findings = []
    seen: set[str] = set()
    for statement in statements:
        if not statement.id:
            findings.append(statement.finding(Fault.NO_RULE_ID))
        elif statement.id in seen:
            findings.append(statement.finding(Fault.RULE_ID_TWICE))
        seen.add(statement.id)
        if statement.node.effect == "forbid":
            findings.extend(
                statement.finding(fault)
                for name, fault in _FORBID_SAYS.items()
                if not statement.node.annotations.get(name, "").strip()
            )
    return findings


def _bind(
    statements: tuple[Statement, ...], name: str, schema: cedarpy.Schema
) -> Chapter:
    policies = _rekey(statements)
    _verify_schema(policies, (name, schema), statements)
    return Chapter(policies, schema)


def _rekey(statements: tuple[Statement, ...]) -> cedarpy.PolicySet:
    """Give Cedar the rules under their own ids; positions mean nothing after this."""
    nodes = {rule.id: replace(rule.node, id=rule.id) for rule in statements}
    return cedarpy.PolicySet.from_pst(
        pst.PolicySet(templates={}, static_policies=nodes, template_links=())
    )


def _verify_schema(
    policies: cedarpy.PolicySet,
    under: tuple[str, cedarpy.Schema],
    statements: tuple[Statement, ...],
) -> None:
    name, schema = under
    result = cedarpy.validate_policies(str(policies), schema)
    if result.validation_passed:
        return
    by_id = {statement.id: statement for statement in statements}
    names = result.id_annotations_by_policy_id
    findings = []
    for error in result.errors:
        statement = by_id.get(names.get(error.policy_id, ""))
        findings.append(
            statement.finding(Fault.RULE_OUTSIDE_SCHEMA, told=error.error)
            if statement is not None
            else _of_schema(name, error.error)
        )
    raise InvalidRules(tuple(findings))


def _rule(statement: Statement) -> Rule:
    node, notes = statement.node, statement.node.annotations
    lifted = (
        node.effect == "forbid"
        and isinstance(node.action, pst.ActionEq)
        and node.action.entity.id == "look-up"
    )
    return Rule(
        id=statement.id,
        effect=node.effect,
        about=notes.get("about", ""),
        text=notes.get("nl", ""),
        remedy=notes.get("remedy", ""),
        lifted=lifted,
        file=statement.file,
        line=statement.line,
    )
