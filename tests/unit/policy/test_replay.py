"""Recorded questions asked of two policies: what more, what less, counted."""

from dataclasses import replace
from datetime import date

from keys.municipality import MunicipalityCode
from policy.bundle import load_bundle, shipped_bundle
from policy.change import CategorySwitch, switch_category
from policy.policy import Policy
from policy.replay import RecordedQuestion, replay
from policy.vocabulary import Establishment, OrganisationKind, Role

DAY = date(2026, 11, 22)
PLACE = MunicipalityCode("9901")
ASKED = RecordedQuestion(
    municipality=PLACE,
    organisation_kind=OrganisationKind.NEIGHBOURHOOD_TEAM,
    roles=frozenset({Role.GENERALIST}),
    purpose="schuldhulp-toegang",
    legal_basis="wgs-4",
    has_case_reference=True,
    informed="discussed",
    break_glass=None,
    grounds=frozenset(),
)
WW = ("schuldhulp-toegang", "ww-uitkering")


def _opened(policy: Policy) -> Policy:
    return policy.with_establishments(
        Establishment(purpose, PLACE, "college", date(2026, 1, 1))
        for purpose, row in policy.catalogue.purposes.items()
        if not row.needs_staatsblad
    )


def _two() -> tuple[Policy, Policy]:
    switch = CategorySwitch(
        category="ww-uitkering",
        active=True,
        purposes=("schuldhulp-toegang",),
        statute="Wet SUWI",
        article="62",
    )
    shipped = shipped_bundle()
    changed = switch_category(shipped, switch)
    return _opened(load_bundle(shipped)), _opened(load_bundle(changed))


def test_the_same_policy_shows_the_same() -> None:
    old, _ = _two()
    found = replay(old, old, {ASKED: 7}, DAY)
    assert (found.questions, found.wider, found.narrower) == (7, 0, 0)


def test_what_more_would_be_seen_is_counted_by_purpose_and_category() -> None:
    old, new = _two()
    other = replace(ASKED, purpose="wmo-onderzoek", legal_basis="wmo-2015-2.3.2")
    found = replay(old, new, {ASKED: 7, other: 5}, DAY)
    assert (found.questions, found.wider, found.narrower) == (12, 7, 0)
    assert found.gained == {WW: 7}
    assert found.lost == {}


def test_turned_around_it_is_narrower() -> None:
    old, new = _two()
    found = replay(new, old, {ASKED: 7}, DAY)
    assert (found.wider, found.narrower) == (0, 7)
    assert found.lost == {WW: 7}


def test_a_question_that_was_refused_stays_refused_for_the_recorded_ground() -> None:
    old, new = _two()
    for ground in ("account-suspended", "login-not-sure-enough", "other-municipality"):
        refused = replace(ASKED, grounds=frozenset({ground}))
        found = replay(old, new, {refused: 3}, DAY)
        assert (found.questions, found.wider) == (3, 0)


def test_a_missing_case_number_is_seen_in_the_question_itself() -> None:
    old, new = _two()
    asked = replace(ASKED, has_case_reference=False)
    assert replay(old, new, {asked: 3}, DAY).wider == 0


def test_a_question_whose_purpose_is_gone_is_refused_by_that_policy() -> None:
    old, new = _two()
    gone = replace(ASKED, purpose="was-once")
    assert replay(old, new, {gone: 3}, DAY).questions == 3


def test_newly_answered_and_newly_refused_are_told_apart() -> None:
    old, _ = _two()
    closed = old.with_establishments(())
    assert replay(old, closed, {ASKED: 2}, DAY).newly_refused == 2
    assert replay(closed, old, {ASKED: 2}, DAY).newly_answered == 2
