"""Cedar skips a rule that errs, and a skipped forbid is an open door.

Three guards close it; each test shows the door first, then that it is shut.
"""

import json
from dataclasses import replace
from datetime import date
from typing import Any, cast

import cedarpy
import pytest

from policy.catalogue import parse_catalogue, shipped_texts
from policy.coherence import verify_coherence
from policy.decide import Policy, decide
from policy.errors import (
    InvalidRules,
    LookupDenied,
    NoDecision,
    UnknownCode,
    UnknownLegalBasis,
    UnknownPurpose,
)
from policy.key import derive_keys
from policy.memory import Memory
from policy.rules import RuleBook, load_rules, parse_rules, shipped_rules
from policy.rules.judge import judge
from policy.vocabulary import (
    BreakGlassReason,
    InformedCode,
    LegalBasisId,
    PurposeId,
    Subject,
)
from policy.world import add_caller, build_entities, build_request
from tests.policy_builders import (
    NOW,
    a_pseudonym,
    a_question,
    an_establishment,
    an_open_policy,
    the_catalogue,
)

# Valid against the schema, and yet it errs when it is evaluated: the sum overflows.
ERRING = """
@id("erring") @about("question") @nl("Nee, dit mag niet.") @remedy("Niets helpt.")
forbid (principal, action, resource)
when { principal.active && 9223372036854775807 + 1 > 0 };
"""
CARELESS_PERMIT = """
@id("careless") permit (principal, action == Action::"look-up", resource);
"""


def _book(text: str) -> RuleBook:
    return parse_rules(shipped_rules() | {"extra.cedar": text})


def _ask(book: RuleBook, *, without: str = "") -> cedarpy.AuthzResult:
    """Ask Cedar itself one permitted question, leaving out one kind of entity."""
    question = a_question()
    made = an_establishment()
    entities = build_entities(
        the_catalogue(), {question.purpose: made}, book.lookups.schema
    )
    (key,) = derive_keys(
        question,
        [question.subjects[0].informed],
        [the_catalogue().parse_category("bijstand")],
        day=NOW.date(),
        digest="",
    )
    rows: list[dict[str, Any]] = json.loads(str(add_caller(entities, key)))
    kept = [row for row in rows if row["uid"]["type"] != without]
    return cedarpy.is_authorized(build_request(key), book.lookups.policies, kept)


# --- Guard one: allowed means Allow AND no errors ---------------------------------


def test_cedar_itself_allows_what_an_erring_rule_would_forbid() -> None:
    result = _ask(_book(ERRING))
    assert result.allowed
    assert result.diagnostics.errors


def test_an_erring_rule_means_no_decision() -> None:
    book = _book(ERRING)
    policy = Policy(the_catalogue(), book, [an_establishment()])
    with pytest.raises(NoDecision):
        decide(policy, a_question(), now=NOW)


def test_an_erring_rule_means_no_decision_also_where_another_rule_refuses() -> None:
    policy = Policy(the_catalogue(), _book(ERRING), [an_establishment()])
    with pytest.raises(NoDecision):
        decide(policy, a_question(case_reference=None), now=NOW)


def test_no_decision_is_never_remembered() -> None:
    memory = Memory()
    policy = Policy(the_catalogue(), _book(ERRING), [an_establishment()], memory=memory)
    for _ in range(2):
        with pytest.raises(NoDecision):
            decide(policy, a_question(), now=NOW)
    assert len(memory) == 0


@pytest.mark.parametrize(
    "response",
    [
        {"decision": "NoDecision", "diagnostics": {}},
        {"decision": "Allow", "diagnostics": {"reason": []}},
        {"decision": "Allow", "diagnostics": {"reason": ["policy0"]}},
        {"decision": "Allow", "diagnostics": {"reason": ["account-suspended"]}},
        {"decision": "Deny", "diagnostics": {"reason": ["permit-look-up"]}},
        {
            "decision": "Allow",
            "diagnostics": {"reason": ["permit-look-up"], "errors": ["x"]},
        },
    ],
)
def test_an_answer_that_does_not_add_up_is_no_decision(
    response: dict[str, object],
) -> None:
    with pytest.raises(NoDecision):
        judge(load_rules(), cedarpy.AuthzResult(response))


# --- Guard two: whatever breaks a forbid breaks every permit ------------------------


@pytest.mark.parametrize("missing", ["Caller", "Purpose", "Category"])
def test_without_an_entity_the_shipped_permits_fall_away_by_themselves(
    missing: str,
) -> None:
    assert not _ask(load_rules(), without=missing).allowed


def test_a_permit_that_touches_nothing_would_stay_standing() -> None:
    """The door: forbids that read the missing entity are skipped, the permit is not."""
    shipped = load_rules()
    careless = shipped.lookups.policies.with_added_str(CARELESS_PERMIT)
    chapter = replace(shipped.lookups, policies=careless)
    assert _ask(replace(shipped, lookups=chapter), without="Purpose").allowed


def test_a_permit_that_does_not_read_what_a_forbid_reads_is_refused() -> None:
    with pytest.raises(InvalidRules) as fault:
        _book(CARELESS_PERMIT)
    said = [finding.message for finding in fault.value.findings]
    assert said == [
        "careless (context.purpose): een permit moet ook lezen wat een forbid leest",
        "careless (principal): een permit moet ook lezen wat een forbid leest",
        "careless (resource): een permit moet ook lezen wat een forbid leest",
    ]


@pytest.mark.parametrize(
    "clause",
    [
        "when { true || principal.active }",
        "when { !(false && principal.active) }",
        "unless { principal.active }",
    ],
)
def test_reading_in_a_place_that_may_be_skipped_does_not_count(clause: str) -> None:
    text = CARELESS_PERMIT.replace(";", f"{clause};")
    with pytest.raises(InvalidRules, match=r"careless \(principal\): een permit"):
        _book(text)


@pytest.mark.parametrize(
    ("clause", "fault"),
    [
        ("when { principal has active && !principal.active }", "openzetten"),
        ("when { principal in resource }", "openzetten"),
        ("when { principal is Caller }", "openzetten"),
        ("when { if principal.active then false else true }", "openzetten"),
        ('when { context.day > datetime("2026-01-01T00:00:00.1234Z") }', "tijdstip"),
        ('when { context.day > datetime("2026-01-01T00:00:00+0100") }', "tijdstip"),
        ("when { resource.active }", "maar leest de resource"),
    ],
)
def test_a_forbid_written_in_a_way_that_can_fail_open_is_refused(
    clause: str, fault: str
) -> None:
    text = '@id("x") @about("question") @nl("Nee.") @remedy("Niets.") '
    text += f"forbid (principal, action, resource) {clause};"
    with pytest.raises(InvalidRules, match=fault):
        _book(text)


@pytest.mark.parametrize(
    "scope",
    [
        "principal is Caller, action, resource",
        'principal, action, resource == Category::"bijstand"',
        'principal, action in [Action::"look-up"], resource',
    ],
)
def test_a_forbid_may_be_narrowed_by_one_action_only(scope: str) -> None:
    text = '@id("x") @about("question") @nl("Nee.") @remedy("Niets.") '
    with pytest.raises(InvalidRules, match=r"alleen een actie|één actie"):
        _book(f"{text} forbid ({scope}) unless {{ principal.active }};")


def test_a_caller_that_does_not_fit_the_schema_is_no_decision() -> None:
    """Cedar would skip every forbid that reads the attribute that is not there."""
    question = a_question(
        caller=replace(a_question().caller, active=cast("bool", None))
    )
    with pytest.raises(NoDecision):
        decide(an_open_policy(), question, now=NOW)


# --- Guard three: ids are enums made from the catalogue ------------------------------


def test_a_purpose_that_the_catalogue_did_not_make_is_no_question() -> None:
    question = a_question()
    stranger = replace(question, purpose=cast("PurposeId", "wmo-onderzoek-2"))
    with pytest.raises(UnknownPurpose):
        decide(an_open_policy(), stranger, now=NOW)


def test_a_legal_basis_that_the_catalogue_did_not_make_is_no_question() -> None:
    stranger = a_question(legal_basis=cast("LegalBasisId", "gemeentewet"))
    with pytest.raises(UnknownLegalBasis):
        decide(an_open_policy(), stranger, now=NOW)


def test_codes_that_the_catalogue_did_not_make_are_no_question() -> None:
    subject = Subject(a_pseudonym(), cast("InformedCode", "of-course"))
    reason = cast("BreakGlassReason", "curious")
    for stranger in (a_question(subjects=(subject,)), a_question(break_glass=reason)):
        with pytest.raises(UnknownCode):
            decide(an_open_policy(), stranger, now=NOW)


def test_a_rule_that_names_what_does_not_exist_is_refused() -> None:
    """A forbid for a category with a slip of the pen would never hold."""
    texts = shipped_rules()
    rule = texts["veilig-thuis.cedar"]
    texts["veilig-thuis.cedar"] = rule.replace(
        'Category::"veilig-thuis"', 'Category::"veilig-thuiss"'
    )
    with pytest.raises(InvalidRules, match="wat de catalogus niet heeft"):
        verify_coherence(the_catalogue(), parse_rules(texts))


def test_a_rule_that_tests_for_a_role_that_does_not_exist_is_refused() -> None:
    texts = shipped_rules()
    rule = texts["veilig-thuis.cedar"]
    texts["veilig-thuis.cedar"] = rule.replace('"generalist-safety"', '"generalist-s"')
    with pytest.raises(InvalidRules, match="een woord dat wij niet kennen"):
        verify_coherence(the_catalogue(), parse_rules(texts))


# --- Nothing at all: deny -----------------------------------------------------------


def test_no_rules_are_no_policy() -> None:
    schema = {"schema.cedarschema": shipped_rules()["schema.cedarschema"]}
    with pytest.raises(InvalidRules, match="geen enkele regel laat iets toe"):
        parse_rules(schema)


def test_rules_that_permit_nothing_refuse_with_a_ground() -> None:
    shipped = load_rules()
    nothing = replace(shipped.lookups, policies=cedarpy.PolicySet.from_str(""))
    empty = replace(shipped, lookups=nothing)
    policy = Policy(the_catalogue(), empty, [an_establishment()])
    with pytest.raises(LookupDenied, match="no-rule-permits"):
        decide(policy, a_question(), now=NOW)


def test_a_policy_without_establishments_refuses_every_purpose() -> None:
    policy = Policy(the_catalogue(), load_rules())
    for purpose in the_catalogue().purposes:
        with pytest.raises(LookupDenied, match="purpose-not-established"):
            decide(policy, a_question(str(purpose)), now=NOW)


def test_a_category_that_is_switched_off_stays_out_of_every_permit() -> None:
    texts = shipped_texts()
    texts["categories.toml"] = texts["categories.toml"].replace(
        'publishers = ["income-support"]',
        'publishers = ["income-support"]\nvalid_until = 2026-11-21',
    )
    catalogue = parse_catalogue(texts)
    purpose = catalogue.parse_purpose("wmo-onderzoek")
    made = replace(an_establishment(on=date(2026, 1, 1)), opens=purpose)
    permit = decide(Policy(catalogue, load_rules(), [made]), a_question(), now=NOW)
    assert "bijstand" not in {category.id for category in permit.categories}
