"""The decision key forgets no input, and the request is made of it alone."""

import json
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.municipality import MunicipalityCode
from policy.key import DecisionKey, derive_keys
from policy.vocabulary import (
    Action,
    Assurance,
    CallerKind,
    OrganisationKind,
    Question,
    Role,
    Training,
)
from policy.world import add_caller, build_entities, build_request
from tests.policy_builders import (
    NOW,
    SAFETY_TRAINING,
    a_caller,
    a_question,
    closed_policy,
    the_catalogue,
)

CATALOGUE = the_catalogue()
VALUES: dict[str, list[Any]] = {
    "action": list(Action),
    "caller_kind": list(CallerKind),
    "organisation_kind": list(OrganisationKind),
    "account_active": [True, False],
    "roles": [frozenset({role}) for role in Role] + [frozenset()],
    "trainings": [frozenset(), frozenset(CATALOGUE.trainings)],
    "assurance": list(Assurance),
    "caller_municipality": [MunicipalityCode("9901"), MunicipalityCode("9902")],
    "municipality": [MunicipalityCode("9901"), MunicipalityCode("9902")],
    "purpose": list(CATALOGUE.purposes),
    "legal_basis": list(CATALOGUE.legal_bases),
    "has_case_reference": [True, False],
    "informed": [None, *CATALOGUE.informed],
    "break_glass": [None, *CATALOGUE.ids.break_glass_reason],
    "category": list(CATALOGUE.categories),
    "day": [date(2026, 11, 22) + timedelta(days=n) for n in range(3)],
    "digest": ["a", "b"],
}
KEYS = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in VALUES.items()}
).map(lambda said: DecisionKey(**said))


def test_every_field_of_the_key_is_tried() -> None:
    assert set(VALUES) == set(DecisionKey._fields)


@pytest.mark.parametrize("field", DecisionKey._fields)
@given(key=KEYS, data=st.data())
def test_changing_one_field_changes_the_key(
    field: str, key: DecisionKey, data: st.DataObject
) -> None:
    others = [value for value in VALUES[field] if value != getattr(key, field)]
    changed = key._replace(**{field: data.draw(st.sampled_from(others))})
    assert changed != key
    assert len({key: 1, changed: 2}) == 2


@pytest.mark.parametrize(
    "field", [field for field in DecisionKey._fields if field != "digest"]
)
@given(key=KEYS, data=st.data())
def test_changing_one_field_changes_what_cedar_sees(
    field: str, key: DecisionKey, data: st.DataObject
) -> None:
    """Only the digest stands for what is not in the request: the world itself."""
    others = [value for value in VALUES[field] if value != getattr(key, field)]
    changed = key._replace(**{field: data.draw(st.sampled_from(others))})
    assert _seen(changed) != _seen(key)


CHANGES: dict[str, Question] = {
    "purpose": a_question("schuldhulp-toegang", legal_basis=a_question().legal_basis),
    "legal_basis": a_question(legal_basis=a_question("veiligheid").legal_basis),
    "municipality": a_question(municipality=MunicipalityCode("9902")),
    "has_case_reference": a_question(case_reference=None),
    "caller_kind": a_question(caller=a_caller(kind=CallerKind.CLIENT)),
    "organisation_kind": a_question(
        caller=a_caller(organisation_kind=OrganisationKind.MUNICIPALITY)
    ),
    "account_active": a_question(caller=a_caller(active=False)),
    "roles": a_question(caller=a_caller(roles=frozenset({Role.AUDITOR}))),
    "trainings": a_question(caller=a_caller(trainings=(SAFETY_TRAINING,))),
    "assurance": a_question(caller=a_caller(assurance=Assurance.HIGH)),
    "caller_municipality": a_question(
        caller=a_caller(municipality=MunicipalityCode("9902"))
    ),
}


@pytest.mark.parametrize("field", CHANGES)
def test_each_thing_that_a_rule_may_read_reaches_the_key(field: str) -> None:
    plain, changed = _key(a_question()), _key(CHANGES[field])
    differing = {
        name
        for name in DecisionKey._fields
        if getattr(plain, name) != getattr(changed, name)
    }
    assert differing == {field}


def test_breaking_the_glass_changes_the_action_and_the_reason() -> None:
    reason = CATALOGUE.parse_break_glass_reason("acute-crisis")
    key = _key(a_question(break_glass=reason))
    assert (key.action, key.break_glass) == (Action.BREAK_GLASS, reason)


def test_who_asks_about_whom_in_which_case_is_not_in_the_key() -> None:
    other = a_question(
        caller=a_caller(subject="user-2", organisation="00000009876543210000"),
        case_reference="another",
    )
    assert _key(other) == _key(a_question())


def test_a_training_that_has_run_out_is_not_in_the_key() -> None:
    over = Training(SAFETY_TRAINING.code, NOW.date() - timedelta(days=1))
    assert _key(a_question(caller=a_caller(trainings=(over,)))).trainings == frozenset()


def test_no_field_of_a_question_was_forgotten() -> None:
    """Whoever adds a field to Question must decide whether a rule may read it."""
    assert {field.name for field in fields(Question)} == {
        "caller",
        "municipality",
        "purpose",
        "legal_basis",
        "case_reference",
        "subjects",
        "break_glass",
    }


def _key(question: Question) -> DecisionKey:
    (key,) = derive_keys(
        question,
        [question.subjects[0].informed],
        [CATALOGUE.parse_category("bijstand")],
        day=NOW.date(),
        digest="",
    )
    return key


BASE = build_entities(CATALOGUE, {}, closed_policy().book.lookups.schema)


def _seen(key: DecisionKey) -> tuple[str, str]:
    rows = json.loads(str(add_caller(BASE, key)))
    caller = next(row for row in rows if row["uid"]["type"] == "Caller")
    for name in ("roles", "trainings"):
        caller["attrs"][name].sort()
    return (
        json.dumps(build_request(key), sort_keys=True),
        json.dumps(caller, sort_keys=True),
    )
