"""Whoever wants to read without a purpose: there is no way around `decide`.

A permit is made in one place only (a walk over the syntax tree of every package), and a
purpose that nobody established refuses with its ground and its remedy.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy.decide import decide
from policy.errors import LookupDenied
from tests.policy_builders import (
    NOW,
    a_question,
    an_establishment,
    an_open_policy,
    closed_policy,
    the_catalogue,
)

ROOT = Path(__file__).parents[2]
PACKAGES = ("policy", "signal_index", "keys", "sources", "desk", "portal", "deploy")
THE_ONE_PLACE = ROOT / "policy" / "decide.py"


def test_a_purpose_that_nobody_established_refuses_with_ground_and_remedy() -> None:
    with pytest.raises(LookupDenied) as denied:
        decide(closed_policy(), a_question(), now=NOW)
    (ground,) = denied.value.grounds
    assert ground.id == "purpose-not-established"
    assert "vastgesteld" in ground.text
    assert "beheerder" in ground.remedy


@pytest.mark.parametrize("purpose", [str(p) for p in the_catalogue().purposes])
def test_establishing_one_purpose_opens_no_other(purpose: str) -> None:
    number = "2027, 14" if purpose == "meervoudige-problematiek" else None
    only = an_establishment(purpose, staatsblad=number)
    policy = closed_policy().with_establishments([only])
    for other in the_catalogue().purposes:
        if other != purpose:
            with pytest.raises(LookupDenied):
                decide(policy, a_question(str(other)), now=NOW)


@pytest.mark.parametrize("purpose", [str(p) for p in the_catalogue().purposes])
def test_a_permit_holds_no_category_that_its_purpose_does_not_name(
    purpose: str,
) -> None:
    row = the_catalogue().purposes[the_catalogue().parse_purpose(purpose)]
    made = an_establishment(purpose, staatsblad="2027, 14")
    permit = decide(an_open_policy([], made), a_question(purpose), now=NOW)
    assert {category.id for category in permit.categories} <= set(row.sees)


def test_a_permit_ends_after_a_minute() -> None:
    permit = decide(an_open_policy(), a_question(), now=NOW)
    assert (permit.valid_until - NOW).total_seconds() == 60


def test_only_decide_makes_a_permit() -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if path != THE_ONE_PLACE and "node_modules" not in path.parts
        for line in _makes_a_permit(path.read_text(encoding="utf-8"))
    ]
    assert offences == []


def test_decide_itself_makes_it_once() -> None:
    assert len(list(_makes_a_permit(THE_ONE_PLACE.read_text(encoding="utf-8")))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from policy.vocabulary import Permit\npermit = Permit()",
        "from policy import vocabulary\npermit = vocabulary.Permit()",
        "from policy.vocabulary import Permit as P",
        "from policy.vocabulary import Permit\nmake = Permit",
        "from policy.vocabulary import Permit\nobject.__new__(Permit)",
        "import policy.vocabulary as v\ngetattr(v, 'Permit')()",
        "from dataclasses import replace\nwider = replace(permit, categories=())",
        "import copy\nwider = copy.replace(the_permit, categories=())",
        "object.__setattr__(permit, 'categories', ())",
        "from policy.vocabulary import *",
    ],
)
def test_the_walk_finds_every_way_to_make_or_widen_one(code: str) -> None:
    assert list(_makes_a_permit(code)) != []


def test_the_walk_lets_a_permit_be_named_and_read() -> None:
    code = """
from policy.vocabulary import Permit
def find(permit: Permit, others: list[Permit]) -> Permit | None:
    held: dict[str, Permit] = {}
    if not isinstance(permit, Permit):
        raise TypeError
    return permit
"""
    assert list(_makes_a_permit(code)) == []


def _makes_a_permit(code: str) -> Iterator[int]:
    """Give each line on which a permit could be made, widened or smuggled."""
    tree = ast.parse(code)
    innocent = _innocent(tree)
    for node in ast.walk(tree):
        if id(node) not in innocent and (
            _names_the_type(node) or _smuggles_the_type(node) or _changes_a_permit(node)
        ):
            yield getattr(node, "lineno", 0)


def _names_the_type(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "Permit"
    if isinstance(node, ast.Attribute):
        return node.attr == "Permit"
    return isinstance(node, ast.Constant) and node.value == "Permit"


def _smuggles_the_type(node: ast.AST) -> bool:
    """Tell whether the type is taken in under another name, or unseen."""
    if not isinstance(node, ast.ImportFrom) or node.module != "policy.vocabulary":
        return False
    return any(
        alias.name == "*" or (alias.name == "Permit" and alias.asname is not None)
        for alias in node.names
    )


def _changes_a_permit(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    words = {"replace", "__replace__", "__setattr__", "setattr"}
    called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
    return called in words and any(
        "permit" in ast.unparse(argument).lower().split("(")[0]
        for argument in node.args[:1]
    )


def _innocent(tree: ast.AST) -> set[int]:
    """Give the nodes in which a permit is only named: annotations, isinstance."""
    named: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            named.append(node.annotation)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            named.append(node.returns)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            named.extend(node.args[1:])
    return {id(part) for root in named for part in ast.walk(root)}
