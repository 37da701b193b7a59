"""Which purposes a caller is offered, and what each says of itself."""

from datetime import date

from policy.catalogue import load_catalogue
from policy.decide import decide
from policy.offers import PurposeOffer, all_purposes, open_purposes
from policy.vocabulary import Assurance, Caller, CallerKind, Role, Training
from tests.policy_builders import (
    MUNICIPALITY,
    NOW,
    OTHER_MUNICIPALITY,
    a_caller,
    a_question,
    a_safety_caller,
    an_open_policy,
    closed_policy,
)


def test_a_generalist_is_offered_what_is_established_and_fits_the_role() -> None:
    offered = [str(offer.id) for offer in _offers(a_caller())]
    assert offered == ["wmo-onderzoek", "schuldhulp-toegang", "jeugdhulp-toegang"]


def test_what_can_be_mended_does_not_hide_a_purpose_but_says_its_grounds() -> None:
    tired = a_safety_caller(
        trainings=(Training("veilig-thuis-2026", date(2026, 6, 30)),),
        assurance=Assurance.LOW,
    )
    safety = next(offer for offer in _offers(tired) if offer.id == "veiligheid")
    grounds = {ground.id for ground in safety.grounds}
    assert grounds == {"training-missing", "login-not-sure-enough"}
    assert "Veilig Thuis" in safety.scope_text


def test_a_source_is_offered_nothing() -> None:
    source = a_caller(kind=CallerKind.SOURCE, roles=frozenset({Role.SOURCE_PUBLISHER}))
    assert _offers(source) == ()


def test_in_another_municipality_nothing_is_offered() -> None:
    policy = an_open_policy()
    assert open_purposes(policy, a_caller(), OTHER_MUNICIPALITY, now=NOW) == ()


def test_where_nothing_is_established_nothing_is_offered() -> None:
    assert open_purposes(closed_policy(), a_caller(), MUNICIPALITY, now=NOW) == ()


def test_closed_purposes_say_why_they_are_closed() -> None:
    offers = all_purposes(closed_policy(), a_caller(), MUNICIPALITY, now=NOW)
    assert {offer.id for offer in offers} == set(load_catalogue().purposes)
    for offer in offers:
        assert offer.categories == ()
        assert "purpose-not-established" in {ground.id for ground in offer.grounds}


def test_an_offer_shows_the_sentence_that_the_answer_will_show() -> None:
    policy = an_open_policy()
    permit = decide(policy, a_question(), now=NOW)
    offer = _offers(a_caller())[0]
    assert offer.scope_text == permit.scope_text
    assert [row.id for row in offer.categories] == [row.id for row in permit.categories]


def test_an_offer_says_what_it_needs() -> None:
    offer = next(o for o in _offers(a_caller()) if o.id == "jeugdhulp-toegang")
    assert offer.needs_case_reference
    assert offer.needs_informed
    assert [c.id for c in offer.informed_choices if c.exception] == ["safety-risk"]
    assert offer.legal_bases[0].id == "jeugdwet-2.3"
    assert offer.break_glass_reasons
    assert offer.categories[0].life_domains[0].label == "Huiselijke relaties"


def _offers(caller: Caller) -> tuple[PurposeOffer, ...]:
    return open_purposes(an_open_policy(), caller, MUNICIPALITY, now=NOW)
