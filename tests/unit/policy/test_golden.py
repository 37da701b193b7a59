"""Golden cases of golden.toml: each asked of `decide` itself."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from policy.decide import decide
from policy.errors import LookupDenied
from policy.explain import Posed, QuestionForm, pose
from policy.key import AMSTERDAM
from policy.vocabulary import Subject
from tests.policy_builders import NOW, a_pseudonym, closed_policy

CASES = tomllib.loads(Path(__file__).with_name("golden.toml").read_text())["case"]
PERMITTED = [case for case in CASES if "sees" in case]
REFUSED = [case for case in CASES if "grounds" in case]


def _named(cases: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


@_named(PERMITTED)
def test_a_permitted_question_sees_exactly_this(case: dict[str, Any]) -> None:
    posed = _pose(case)
    permit = decide(posed.policy, posed.question, now=_noon(posed))
    assert [category.id for category in permit.categories] == case["sees"]


@_named(REFUSED)
def test_a_refused_question_names_exactly_these_grounds(case: dict[str, Any]) -> None:
    posed = _pose(case)
    with pytest.raises(LookupDenied) as denied:
        decide(posed.policy, posed.question, now=_noon(posed))
    assert {ground.id for ground in denied.value.grounds} == set(case["grounds"])


def test_every_rule_that_forbids_stands_in_a_golden_case_or_is_out_of_reach() -> None:
    named = {ground for case in REFUSED for ground in case["grounds"]}
    out_of_reach = {
        "break-glass-without-reason",  # the action follows from the reason
        "category-not-of-purpose",  # only categories of the purpose are asked about
        "category-not-active",  # keeps a category out, refuses no question as shipped
        "category-not-in-force",
        "veilig-thuis-only-for-safety",  # tests/attack/test_veilig_thuis.py
        "ggz-only-for-safety",  # tests/attack/test_closed_sources.py
    }
    rules = closed_policy().book.rules.values()
    forbids = {rule.id for rule in rules if rule.effect == "forbid"}
    # tests/attack/test_who_looks_silently_tells_nobody.py has those of the loop
    forbids -= {rule.id for rule in rules if rule.file == "loop-acts.cedar"}
    assert forbids - named == out_of_reach


def _pose(case: dict[str, Any]) -> Posed:
    form = QuestionForm.model_validate(case["question"])
    posed = pose(closed_policy(), form, NOW.date())
    subjects = tuple(Subject(a_pseudonym(), code) for code in posed.informed)
    return replace(posed, question=replace(posed.question, subjects=subjects))


def _noon(posed: Posed) -> datetime:
    return datetime.combine(posed.day, time(12), AMSTERDAM).astimezone(UTC)
