"""Whoever wants to see Veilig Thuis: editing the catalogue alone does not open it.

It is named literally in a rule (rules/veilig-thuis.cedar): only for the purpose
veiligheid, only for a generalist for safety who has the training.
"""

from dataclasses import replace

import pytest

from policy.catalogue import Catalogue, parse_catalogue, shipped_texts
from policy.decide import Policy, decide
from policy.errors import LookupDenied
from policy.rules import load_rules
from policy.vocabulary import Caller, Question, Role
from tests.policy_builders import (
    NOW,
    SAFETY_TRAINING,
    a_caller,
    a_question,
    a_safety_caller,
    an_establishment,
    an_open_policy,
)


def _edited(*edits: tuple[str, str, str]) -> Catalogue:
    texts = shipped_texts()
    for file, old, new in edits:
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new)
    return parse_catalogue(texts)


def _seen(catalogue: Catalogue, question: Question) -> set[str]:
    purpose = catalogue.parse_purpose(question.purpose)
    made = replace(an_establishment(), opens=purpose)
    policy = Policy(catalogue, load_rules(), [made])
    permit = decide(policy, question, now=NOW)
    return {str(category.id) for category in permit.categories}


def test_safety_with_role_and_training_sees_it() -> None:
    permit = decide(an_open_policy(), a_question("veiligheid"), now=NOW)
    assert "veilig-thuis" in {category.id for category in permit.categories}


@pytest.mark.parametrize(
    "caller",
    [
        a_caller(),
        a_caller(trainings=(SAFETY_TRAINING,)),
        a_safety_caller(trainings=()),
        a_caller(roles=frozenset(Role) - {Role.GENERALIST_SAFETY}),
    ],
)
def test_without_role_or_training_safety_is_refused(caller: Caller) -> None:
    with pytest.raises(LookupDenied):
        decide(an_open_policy(), a_question("veiligheid", caller=caller), now=NOW)


def test_adding_it_to_another_purpose_does_not_open_it() -> None:
    catalogue = _edited(
        ("purposes.toml", 'sees = ["wmo-maatwerk", ', 'sees = ["veilig-thuis", ')
    )
    best = a_question(caller=a_safety_caller())
    assert "veilig-thuis" not in _seen(catalogue, best)


def test_a_purpose_that_sees_nothing_else_is_refused_with_the_reason() -> None:
    catalogue = _edited(
        (
            "purposes.toml",
            '["leerplicht", "voortijdig-schoolverlaten", "jeugdhulp"]',
            '["veilig-thuis"]',
        )
    )
    with pytest.raises(LookupDenied) as denied:
        _seen(catalogue, a_question("leerplicht-uitvoering"))
    grounds = {ground.id for ground in denied.value.grounds}
    assert grounds == {"veilig-thuis-only-for-safety"}


def test_giving_the_purpose_to_more_roles_does_not_open_it() -> None:
    catalogue = _edited(
        ("purposes.toml", 'roles = ["generalist-safety"]', 'roles = ["generalist"]'),
        ("purposes.toml", 'trainings = ["veilig-thuis-2026"]', "trainings = []"),
    )
    seen = _seen(catalogue, a_question("veiligheid", caller=a_caller()))
    assert "veilig-thuis" not in seen
    assert "jeugdhulp" in seen


def test_dropping_the_training_from_the_purpose_does_not_open_it() -> None:
    catalogue = _edited(
        ("purposes.toml", 'trainings = ["veilig-thuis-2026"]', "trainings = []")
    )
    untrained = a_question("veiligheid", caller=a_safety_caller(trainings=()))
    assert "veilig-thuis" not in _seen(catalogue, untrained)


def test_letting_veilig_thuis_publish_under_another_name_does_not_open_it() -> None:
    catalogue = _edited(
        ("categories.toml", '["wmo-access"]', '["wmo-access", "veilig-thuis"]')
    )
    assert "wmo-maatwerk" not in _seen(catalogue, a_question())


def test_renaming_the_category_does_not_open_it() -> None:
    catalogue = _edited(
        ("categories.toml", 'id = "veilig-thuis"', 'id = "huiselijk-geweld"'),
        ("purposes.toml", '"veilig-thuis", ', ""),
        ("purposes.toml", 'sees = ["wmo-maatwerk", ', 'sees = ["huiselijk-geweld", '),
    )
    best = a_question(caller=a_safety_caller())
    assert "huiselijk-geweld" not in _seen(catalogue, best)


def test_breaking_the_glass_does_not_open_it() -> None:
    policy = an_open_policy()
    reason = policy.catalogue.parse_break_glass_reason("danger-to-child")
    question = a_question("veiligheid", caller=a_caller(), break_glass=reason)
    with pytest.raises(LookupDenied, match="role-not-allowed"):
        decide(policy, question, now=NOW)
