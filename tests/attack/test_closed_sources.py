"""Sources that a municipality has not settled anything about: nothing of them opens.

Each is of no purpose and takes no part; two officers, with a statute, open it for the
purposes that they name and no other. The GGZ stands literally in a rule
(rules/ggz.cedar): for the purpose veiligheid alone, whatever the catalogue says.
"""

from dataclasses import replace
from functools import cache

import pytest

from policy.bundle import load_bundle, shipped_bundle
from policy.catalogue import Catalogue
from policy.change import CategorySwitch, switch_category
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
    the_catalogue,
)

CLOSED = [str(row.id) for row in the_catalogue().categories.values() if not row.active]


@cache
def switch_on_ggz() -> Catalogue:
    """What two officers make of it, on the page for the rules."""
    switch = CategorySwitch(
        "ggz",
        active=True,
        purposes=("wmo-onderzoek", "veiligheid"),
        statute="Een wet",
        article="1",
        checked=True,
    )
    return load_bundle(switch_category(shipped_bundle(), switch)).catalogue


def see(catalogue: Catalogue, question: Question) -> set[str]:
    purpose = catalogue.parse_purpose(question.purpose)
    made = replace(an_establishment(), opens=purpose)
    policy = Policy(catalogue, load_rules(), [made])
    permit = decide(policy, question, now=NOW)
    return {str(category.id) for category in permit.categories}


@pytest.mark.parametrize("purpose", sorted(map(str, the_catalogue().purposes)))
def test_as_shipped_no_purpose_sees_any_of_them(purpose: str) -> None:
    question = a_question(purpose)
    if purpose == "meervoudige-problematiek":
        with pytest.raises(LookupDenied):
            decide(an_open_policy(), question, now=NOW)
        return
    permit = decide(an_open_policy(), question, now=NOW)
    assert {str(each.id) for each in permit.categories}.isdisjoint(CLOSED)


def test_taking_part_they_open_for_the_purpose_that_names_them_alone() -> None:
    texts = dict(shipped_bundle().catalogue)
    named = ", ".join(f'"{each}"' for each in CLOSED)
    texts["categories.toml"] = texts["categories.toml"].replace(
        "\nactive = false",
        '\nactive = true\nshared_under = { statute = "Een wet",'
        ' article = "1", checked = false }',
    )
    texts["purposes.toml"] = texts["purposes.toml"].replace(
        'sees = ["wmo-maatwerk", ', f'sees = [{named}, "wmo-maatwerk", '
    )
    changed = load_bundle(replace(shipped_bundle(), catalogue=texts)).catalogue
    assert see(changed, a_question()) >= set(CLOSED) - {"ggz"}
    assert see(changed, a_question("veiligheid")).isdisjoint(CLOSED)


def test_switching_on_the_ggz_opens_it_for_safety_alone() -> None:
    changed = switch_on_ggz()
    assert "ggz" not in see(changed, a_question(caller=a_safety_caller()))
    assert "ggz" in see(changed, a_question("veiligheid"))


@pytest.mark.parametrize(
    "caller",
    [
        a_caller(trainings=(SAFETY_TRAINING,)),
        a_caller(roles=frozenset(Role) - {Role.GENERALIST_SAFETY}),
        a_safety_caller(trainings=()),
    ],
)
def test_without_role_or_training_nobody_sees_the_ggz(caller: Caller) -> None:
    changed = switch_on_ggz()
    with pytest.raises(LookupDenied):
        see(changed, replace(a_question("veiligheid"), caller=caller))


def test_letting_the_ggz_publish_under_another_name_does_not_open_it() -> None:
    text = shipped_bundle().catalogue["categories.toml"]
    texts = {
        **shipped_bundle().catalogue,
        "categories.toml": text.replace(
            '["wmo-access"]', '["wmo-access", "mental-health-care"]'
        ),
    }
    changed = load_bundle(replace(shipped_bundle(), catalogue=texts)).catalogue
    assert "wmo-maatwerk" not in see(changed, a_question(caller=a_safety_caller()))
