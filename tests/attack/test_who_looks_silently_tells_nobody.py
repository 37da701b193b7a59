"""A violent partner works at a source, or asks there: who looked for whose safety?

Nobody is told of a lookup for safety, by a role for safety, without the citizen
knowing, or after breaking the glass; Veilig Thuis is told of nothing and told to
nobody, whatever the catalogue says. Each of these gives no permit for a notice, so that
nothing is made.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policy.catalogue import parse_catalogue, shipped_texts
from policy.decide import Policy, load_policy
from policy.errors import LoopActDenied, NoDecision
from policy.loop import LoopQuestion, decide_loop
from policy.rules import load_rules, parse_rules, shipped_rules
from policy.vocabulary import (
    Assurance,
    CallerKind,
    LoopActId,
    OrganisationKind,
    Role,
)
from tests.policy_builders import (
    MUNICIPALITY,
    NOW,
    OTHER_MUNICIPALITY,
    a_caller,
    an_establishment,
    an_informed_code,
    an_open_policy,
    closed_policy,
    the_catalogue,
)

CATALOGUE = the_catalogue()
ROOT = Path(__file__).parents[2]
BIJSTAND = CATALOGUE.parse_category("bijstand")
DEBTS = CATALOGUE.parse_category("schuldhulpverlening")
VEILIG_THUIS = CATALOGUE.parse_category("veilig-thuis")
LOOKUP = LoopQuestion(
    LoopActId.NOTICE_OF_LOOKUP,
    MUNICIPALITY,
    (BIJSTAND,),
    a_caller(),
    CATALOGUE.parse_purpose("wmo-onderzoek"),
    an_informed_code("discussed"),
)
MATCH = LoopQuestion(LoopActId.MATCH, MUNICIPALITY, (BIJSTAND,), partner=DEBTS)
SAFETY = a_caller(roles=frozenset({Role.GENERALIST_SAFETY}))
BOTH = a_caller(roles=frozenset({Role.GENERALIST, Role.GENERALIST_SAFETY}))


def _open() -> Policy:
    return an_open_policy(list(LoopActId))


def _grounds(policy: Policy, asked: LoopQuestion) -> set[str]:
    with pytest.raises(LoopActDenied) as denied:
        decide_loop(policy, asked, now=NOW)
    assert all(ground.text and ground.remedy for ground in denied.value.grounds)
    return {ground.id for ground in denied.value.grounds}


def test_a_plain_lookup_that_the_citizen_knows_of_is_told() -> None:
    permit = decide_loop(_open(), LOOKUP, now=NOW)
    assert permit.categories == {BIJSTAND}


CASES: dict[str, tuple[LoopQuestion, dict[str, Any]]] = {
    "silent-purpose": (LOOKUP, {"purpose": CATALOGUE.parse_purpose("veiligheid")}),
    "silent-role": (LOOKUP, {"caller": BOTH}),
    "silent-exception": (LOOKUP, {"informed": an_informed_code("safety-risk")}),
    "silent-after-broken-glass": (LOOKUP, {"broken_glass": True}),
    "veilig-thuis-stays-silent": (LOOKUP, {"categories": (VEILIG_THUIS,)}),
    "loop-act-not-of-category": (
        LOOKUP,
        {"categories": (CATALOGUE.parse_category("oggz"),)},
    ),
    "loop-category-not-active": (
        LOOKUP,
        {"categories": (CATALOGUE.parse_category("ww-uitkering"),)},
    ),
    "loop-act-not-for-role": (LOOKUP, {"caller": SAFETY}),
    "loop-act-not-for-organisation": (
        LOOKUP,
        {"caller": a_caller(organisation_kind=OrganisationKind.SUPERVISOR)},
    ),
    "loop-act-other-municipality": (
        LOOKUP,
        {"caller": a_caller(municipality=OTHER_MUNICIPALITY)},
    ),
    "loop-act-needs-a-person": (LOOKUP, {"caller": a_caller(kind=CallerKind.SOURCE)}),
    "match-not-named-by-both": (
        MATCH,
        {"partner": CATALOGUE.parse_category("leerplicht")},
    ),
    "loop-act-not-established": (LOOKUP, {"municipality": OTHER_MUNICIPALITY}),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_condition_alone_keeps_an_act_from_being_done(rule: str) -> None:
    asked, changes = CASES[rule]
    assert rule in _grounds(_open(), replace(asked, **changes))


def test_every_rule_of_the_loop_that_forbids_is_attacked_here() -> None:
    elsewhere = {
        "loop-act-established-later",
        "loop-act-not-in-force",
        "loop-act-staatsblad-missing",
    }
    rules = closed_policy().book.rules.values()
    of_the_loop = {r.id for r in rules if r.file == "loop-acts.cedar"}
    forbids = {r.id for r in rules if r.effect == "forbid"} & of_the_loop
    assert forbids == CASES.keys() | elsewhere


@pytest.mark.parametrize("code", ["safety-risk", "investigation-at-risk", "urgent"])
@pytest.mark.parametrize("act", ["notice-of-lookup", "follow", "colleague"])
def test_no_exception_to_informing_is_ever_told(act: str, code: str) -> None:
    asked = replace(LOOKUP, act=LoopActId(act), informed=an_informed_code(code))
    assert "silent-exception" in _grounds(_open(), asked)


def test_as_it_ships_every_act_is_closed() -> None:
    for act in LoopActId:
        asked = replace(MATCH if act is LoopActId.MATCH else LOOKUP, act=act)
        assert "loop-act-not-established" in _grounds(load_policy(), asked)


def test_an_act_that_begins_later_is_closed_until_then() -> None:
    later = an_establishment("notice-of-lookup", on=NOW.date().replace(year=2027))
    assert "loop-act-established-later" in _grounds(an_open_policy([], later), LOOKUP)


def test_establishing_one_act_opens_no_other() -> None:
    policy = an_open_policy(["match"])
    assert "loop-act-not-established" in _grounds(policy, LOOKUP)


def test_a_match_needs_both_kinds_to_name_each_other() -> None:
    assert decide_loop(_open(), MATCH, now=NOW).partner == DEBTS
    texts = shipped_texts()
    one_way = '  "schuldhulpverlening -> bijstand",\n'
    assert one_way in texts["loop-acts.toml"]
    texts["loop-acts.toml"] = texts["loop-acts.toml"].replace(one_way, "")
    policy = Policy(parse_catalogue(texts), load_rules(), [an_establishment("match")])
    back = replace(MATCH, categories=(DEBTS,), partner=BIJSTAND)
    assert "match-not-named-by-both" in _grounds(policy, MATCH)
    assert "match-not-named-by-both" in _grounds(policy, back)


def test_naming_veilig_thuis_in_the_catalogue_does_not_open_it() -> None:
    texts = shipped_texts()
    texts["loop-acts.toml"] = texts["loop-acts.toml"].replace(
        'categories = ["bijstand",', 'categories = ["veilig-thuis", "bijstand",'
    )
    made = an_establishment("notice-of-lookup")
    policy = Policy(parse_catalogue(texts), load_rules(), [made])
    asked = replace(LOOKUP, categories=(VEILIG_THUIS, BIJSTAND))
    assert decide_loop(policy, asked, now=NOW).categories == {BIJSTAND}


def test_a_silent_lookup_costs_no_sure_login_to_stay_silent() -> None:
    asked = replace(LOOKUP, caller=replace(BOTH, assurance=Assurance.HIGH))
    assert "silent-role" in _grounds(_open(), asked)


def test_an_erring_rule_of_the_loop_is_no_decision_and_tells_nobody() -> None:
    texts = shipped_rules()
    texts["loop-acts.cedar"] += """
@id("errs") @about("question") @nl("Dit gaat fout.") @remedy("Bel de beheerder.")
forbid (principal, action, resource)
when { context.day.offset(duration("106751991167d")) > context.act.validFrom };
"""
    policy = Policy(CATALOGUE, parse_rules(texts), [an_establishment("match")])
    with pytest.raises(NoDecision):
        decide_loop(policy, MATCH, now=NOW)


def test_only_decide_loop_makes_a_permit_of_the_loop() -> None:
    places = [
        str(path.relative_to(ROOT))
        for package in ("policy", "signal_index", "sources", "desk", "deploy", "keys")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts and _makes_one(path.read_text("utf-8"))
    ]
    assert places == ["policy/loop.py"]


def _makes_one(code: str) -> bool:
    return "LoopPermit" in code and any(
        isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "LoopPermit"
        for node in ast.walk(ast.parse(code))
    )
