"""The rules as text: cut, named, explained and lifted."""

from typing import Any

import pytest

from policy.errors import InvalidRules
from policy.rules import RuleBook, load_rules, parse_rules, shipped_rules
from policy.rules.statements import parse_statements
from tests.policy_builders import NOW, an_open_policy

GOOD = (
    '@id("x") @about("question") @nl("Dit mag niet.") @remedy("Vraag het na.") '
    "forbid (principal, action, resource) unless { principal.active };"
)


def _book(text: str) -> RuleBook:
    return parse_rules(shipped_rules() | {"extra.cedar": text})


def test_every_forbid_says_in_dutch_what_failed_and_what_helps() -> None:
    for rule in load_rules().rules.values():
        if rule.effect == "forbid":
            assert rule.text.endswith(".")
            assert rule.remedy.endswith((".", "nacht."))


def test_breaking_the_glass_lifts_exactly_two_conditions() -> None:
    lifted = {rule.id for rule in load_rules().rules.values() if rule.lifted}
    assert lifted == {"case-reference-missing", "citizen-not-informed"}


def test_each_action_of_a_lookup_has_a_permit_and_the_loop_has_one() -> None:
    permits = [r.id for r in load_rules().rules.values() if r.effect == "permit"]
    assert permits == [
        "permit-loop-act",
        "permit-look-up",
        "permit-break-glass",
    ]


def test_cedar_knows_the_rules_by_their_own_ids() -> None:
    book = load_rules()
    asked = [
        name
        for chapter in (book.lookups, book.loop)
        for name in chapter.policies.to_pst().static_policies
    ]
    assert sorted(asked) == sorted(book.rules)


def test_a_statement_begins_where_its_first_word_stands() -> None:
    text = f"// a ; in a comment\n\n{GOOD}\n\n// end\n{GOOD.replace('x', 'y;', 1)}\n"
    found = parse_statements({"a.cedar": text})
    assert [(rule.id, rule.line) for rule in found] == [("x", 3), ("y;", 6)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"\n{GOOD}\n{GOOD}", r"extra.cedar:3: x: een tweede regel met deze @id"),
        (
            GOOD.replace('@id("x")', ""),
            r"extra.cedar:1: deze regel heeft een @id nodig",
        ),
        (
            GOOD.replace('@nl("Dit mag niet.")', ""),
            r"x: een forbid heeft een Nederlandse @nl",
        ),
        (
            GOOD.replace("Vraag het na.", " "),
            r"x: een forbid heeft een Nederlandse @remedy",
        ),
        (GOOD.replace('"question"', '"caller"'), r"x: een forbid heeft @about"),
        (GOOD.replace('"question"', '"category"'), r"x: .*leest de resource niet"),
        (GOOD.replace("active }", "activ }"), r"extra.cedar:1: x: .*activ"),
        (GOOD.replace("unless", "unles"), r"extra.cedar:1: Cedar kan deze regel"),
        ("// nothing\n\nforbid (", r"extra.cedar:3: Cedar kan deze regel"),
        (
            "forbid (principal == ?principal, action, resource);",
            r"extra.cedar:1: een sjabloon .* is geen regel",
        ),
    ],
)
def test_a_faulty_rule_is_refused_on_its_line(text: str, said: str) -> None:
    with pytest.raises(InvalidRules, match=said):
        _book(text)


def test_a_faulty_schema_is_refused() -> None:
    with pytest.raises(InvalidRules, match=r"schema.cedarschema:1"):
        parse_rules(shipped_rules() | {"schema.cedarschema": "entity {"})


def test_changing_a_word_of_a_rule_changes_the_digest() -> None:
    assert _book(GOOD).digest != _book(GOOD.replace("Vraag", "Zoek")).digest


def test_nothing_that_holds_the_policy_shows_its_insides() -> None:
    policy = an_open_policy()
    shown: list[Any] = [policy, policy.book, policy.catalogue]
    assert [str(thing)[0] for thing in shown] == ["<", "<", "<"]
    assert NOW.tzinfo is not None
