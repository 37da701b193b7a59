"""The table of kinds, held against all that records and all that tells of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pytest

from policy.catalogue import load_catalogue
from signal_index.citizens.reported import REPORTED_KINDS
from signal_index.ledger import KINDS, Group, Kind, KindRule, WhyGroup
from signal_index.ledger.kinds import (
    ABOUT_PERSON,
    BY_CALLER,
    BY_OPERATOR,
    OF_PURPOSE,
    WITH_PURPOSE,
    Form,
    find_faults,
)
from signal_index.wire.ledger_entries import EntryKind
from tests.ledger_builders import an_entry, some_facts

ROOT = Path(__file__).parents[3]
CATALOGUE = load_catalogue()
ACTS = [kind for kind in Kind if kind is not Kind.FIRST_LEAF]
BUILDERS = {
    "api/recording.py",
    "api/person_asked.py",
    "store/acts.py",
    "upkeep/match_records.py",
}
FORMS: dict[str, Form] = {
    "record_act": BY_CALLER,
    "SpecialAct": BY_CALLER,
    "acting": BY_CALLER,
    "spending": ABOUT_PERSON,
    "Act": BY_OPERATOR,
    "EntryFacts": ABOUT_PERSON,  # of a lookup and a match: these name their kind
}
"""What an entry has that is recorded by each of these."""
ABOUT_ONE = {"record_about_person", "record_begun", "record_about", "record_person"}
"""What an act records by, that is about one person."""


@dataclass(frozen=True)
class Site:
    """A place in the source that records an act."""

    place: str
    kind: Kind
    form: Form


def sites() -> Iterator[Site]:
    for file in sorted((ROOT / "signal_index").rglob("*.py")):
        tree = ast.parse(file.read_text())
        functions = [n for n in ast.walk(tree) if isinstance(n, FUNCTIONS)]
        for function in functions:
            for call in calls_in(function):
                if named(call) not in FORMS:
                    continue
                place = f"{file.relative_to(ROOT)}:{call.lineno}"
                for kind in kinds_of(call, function):
                    yield Site(place, kind, form_of(call, function))


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def calls_in(function: ast.AST) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(function) if isinstance(node, ast.Call))


def named(call: ast.Call) -> str:
    """What a call calls: a function, or an act's own `record` of another kind."""
    is_other = any(keyword.arg == "kind" for keyword in call.keywords)
    if getattr(call.func, "attr", "") == "record" and is_other:
        return "record_act"
    return getattr(call.func, "id", "")


def kinds_of(call: ast.Call, function: ast.AST) -> set[Kind]:
    """The kinds that a call names; of its function, where it names a variable."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    named = {kind for each in given for kind in literals(each, deep=False)}
    is_variable = "kind" in {each.id for each in given if isinstance(each, ast.Name)}
    return set(literals(function)) if is_variable and not named else named


def literals(node: ast.AST, *, deep: bool = True) -> Iterator[Kind]:
    for each in ast.walk(node) if deep else [node]:
        if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") == "Kind":
            yield Kind[each.attr]


def form_of(call: ast.Call, function: ast.AST) -> Form:
    name = named(call)
    if name == "acting" and ABOUT_ONE & set(map(named, calls_in(function))):
        return ABOUT_PERSON
    if name == "SpecialAct" and any(one.arg == "why" for one in call.keywords):
        return WITH_PURPOSE
    return FORMS[name]


def test_every_kind_is_recorded_in_exactly_the_forms_of_its_line() -> None:
    lines = {(kind, form) for kind, rule in KINDS.items() for form in rule.forms}
    assert {(site.kind, site.form) for site in sites()} == lines


def test_entries_are_built_in_four_places_only() -> None:
    package = ROOT / "signal_index"
    found = {
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if re.search(r"(?<!class )\b(?:EntryFacts|build_entry)\(", file.read_text())
    }
    assert found - {"ledger/entry.py"} == BUILDERS


def test_no_act_names_an_activity_but_a_lookup() -> None:
    naming = re.compile(r"\bactivity=")
    found = {
        str(file.relative_to(ROOT)): len(naming.findall(file.read_text()))
        for file in (ROOT / "signal_index").rglob("*.py")
        if naming.search(file.read_text())
    }
    assert found == {
        "signal_index/api/lookups.py": 1,  # the purpose's own, from the catalogue
        "signal_index/api/recording.py": 1,  # handed on to the entry
        "signal_index/api/told_entries.py": 1,  # told from a leaf
        "signal_index/ledger/entry.py": 1,  # into the leaf, resolved
        "signal_index/proof/leaf.py": 1,  # read back
        "signal_index/upkeep/processing_log.py": 1,  # read from a leaf
    }


@pytest.mark.parametrize("kind", ACTS)
def test_a_kind_without_its_line_does_not_import(kind: Kind) -> None:
    without = {one: rule for one, rule in KINDS.items() if one is not kind}
    assert find_faults(without) == [f"{kind}: no line"]


WHY = WhyGroup("a", "b")


@pytest.mark.parametrize(
    "rule",
    [
        KindRule("", (BY_CALLER,)),
        KindRule("publication", ()),
        KindRule("publication", (ABOUT_PERSON,)),
        KindRule("publication", (BY_CALLER,), log_name="x"),
        KindRule("publication", (BY_CALLER,), why=WHY),
        KindRule("publication", (BY_CALLER,), is_told=True),
    ],
)
def test_a_line_that_contradicts_itself_does_not_import(rule: KindRule) -> None:
    assert len(find_faults({**KINDS, Kind.PUBLICATION: rule})) == 1


def test_only_a_lookup_brings_its_activity() -> None:
    assert [k for k, rule in KINDS.items() if rule.activity is OF_PURPOSE] == [
        Kind.LOOKUP
    ]
    with pytest.raises(ValueError, match="lacks the activity"):
        an_entry(1, activity=None)
    with pytest.raises(ValueError, match="not for its act"):
        an_entry(1, kind=Kind.SEARCH, activity="reviewing")


@pytest.mark.parametrize("group", sorted(set(Group) - {Group.ABOUT}))
def test_facts_without_a_group_of_their_kind_make_no_entry(group: Group) -> None:
    with pytest.raises(ValueError, match="does not have these groups"):
        an_entry(1, **{group.value: None})


def test_an_embargo_has_no_other_purpose_than_its_own() -> None:
    rule = KINDS[Kind.EMBARGO]
    own = replace(some_facts(1), kind=Kind.EMBARGO, activity=None, why=rule.why)
    assert an_entry(1, **vars(own)).facts.why == rule.why
    with pytest.raises(ValueError, match="a why of its own"):
        an_entry(1, **vars(replace(own, why=WHY)))


def fixed_activities() -> set[str]:
    return {rule.activity for rule in KINDS.values() if isinstance(rule.activity, str)}


def acts_of_the_loop() -> set[str]:
    return {act.activity.value for act in CATALOGUE.loop_acts.values()}


def test_every_activity_and_purpose_of_the_table_stands_in_the_catalogue() -> None:
    lookups = {purpose.activity.value for purpose in CATALOGUE.purposes.values()}
    assert fixed_activities() | lookups | acts_of_the_loop() == set(
        CATALOGUE.activities
    )
    whys = {rule.why.purpose for rule in KINDS.values() if rule.why is not None}
    assert whys <= {*CATALOGUE.officer_purposes, *CATALOGUE.act_purposes}


def test_every_activity_has_its_entry_in_the_register_of_processing() -> None:
    register = (ROOT / "docs/templates/processing-register.md").read_text()
    lines = re.findall(r"^\| `([^`]+)`", register, re.MULTILINE)
    assert set(lines) == {*fixed_activities(), *acts_of_the_loop(), "lookup-…"}


def test_the_wire_document_has_the_table() -> None:
    text = (ROOT / "docs/wire-formats.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert rows == [
        (kind.value, tell_activity(rule), "; ".join(map(tell_form, rule.forms)))
        for kind, rule in KINDS.items()
    ]


def tell_activity(rule: KindRule) -> str:
    fixed = rule.activity
    return f"`{fixed}`" if isinstance(fixed, str) else "that of its purpose"


def tell_form(form: Form) -> str:
    return "all" if form == ABOUT_PERSON else ", ".join(g for g in Group if g in form)


def test_every_kind_has_a_word_at_the_desk() -> None:
    texts = (ROOT / "desk/texts/nl.po").read_text()
    assert set(re.findall(r'^msgid "kind\.(.+)"$', texts, re.MULTILINE)) == set(ACTS)
    checks = re.findall(r'^msgid "citizen-paper\.check\.(.+)"$', texts, re.MULTILINE)
    told = {re.sub("^(follow|own-wish)-.+", r"\1", check) for check in checks}
    assert {*told, Kind.LOOKUP, Kind.MATCH} == set(REPORTED_KINDS)


def test_the_wire_knows_every_kind_but_the_first_leaf() -> None:
    assert set(get_args(EntryKind)) == set(Kind) - {Kind.FIRST_LEAF}
