"""What an entry gives away, and what it does not."""

import json
from collections.abc import Sequence
from dataclasses import fields

import pytest

from policy.catalogue import load_catalogue
from signal_index.ledger import (
    MARK_BYTES,
    DecisionGroup,
    DisclosureKey,
    EntryFacts,
    Kind,
    Openings,
    Outcome,
    ShownFlag,
    WhyGroup,
    break_glass_find_key,
    build_entry,
    case_find_key,
    describe_lookup,
    open_disclosures,
    open_groups,
    outcome_find_key,
    person_find_key,
    purpose_find_key,
    team_find_key,
    user_find_key,
)
from signal_index.ledger.kinds import BY_OPERATOR
from signal_index.proof import (
    DisclosureRefused,
    Group,
    JsonObject,
    Leaf,
    digest_disclosure,
    parse_disclosure,
    parse_leaf,
)
from tests.ledger_builders import (
    CHECKPOINT_KEY,
    NOON,
    OIN,
    RECEIPT_KEY,
    a_disclosure_key,
    a_person,
    a_shown,
    an_entry,
    an_id,
    some_entropy,
    some_facts,
)


def test_the_leaf_names_no_person_no_user_and_no_purpose() -> None:
    leaf = an_entry(1).leaf
    for secret in (b"user-1", b"wmo-2015", b"hmac-of-case", b"team-west", b"schuld"):
        assert secret not in leaf


def test_the_leaf_holds_the_digest_of_every_group() -> None:
    entry = an_entry(1)
    leaf = parse_leaf(entry.leaf)
    assert isinstance(leaf, Leaf)
    assert leaf.groups == {
        group: digest_disclosure(text) for group, text in entry.disclosures.items()
    }


@pytest.mark.parametrize("flags", [0, 1, 7, 20])
def test_a_hit_and_a_miss_have_disclosures_and_seals_of_one_length(flags: int) -> None:
    entry, miss = an_entry(1, what=a_shown(flags)), an_entry(1, what=a_shown(0))
    assert len(entry.sealed) == len(miss.sealed)
    for group in Group:
        assert len(entry.disclosures[group]) == len(miss.disclosures[group])


def test_twenty_flags_of_the_longest_kind_take_no_more_than_none() -> None:
    kinds = sorted(load_catalogue().categories, key=len)
    shown = ShownFlag(kinds[-1], OIN, an_id(3), bytes(MARK_BYTES))
    lengths = {
        len(an_entry(1, what=_asked_of_all(kinds, [shown] * flags)).sealed)
        for flags in (0, 20)
    }
    assert len(lengths) == 1


def _asked_of_all(kinds: Sequence[str], flags: Sequence[ShownFlag]) -> JsonObject:
    tickets = [str(an_id(1)), str(an_id(2))]
    return describe_lookup(flags=flags, categories=kinds, tickets=tickets, req="q" * 43)


def test_the_groups_say_what_the_wire_format_says() -> None:
    entry = an_entry(1)
    opened = {
        group: parse_disclosure(text).value for group, text in entry.disclosures.items()
    }
    what = dict(opened[Group.WHAT] or {})
    del what["pad"]
    assert opened[Group.WHO] == {"sub": "user-1"}
    assert opened[Group.ROLE] == {"roles": ["generalist"], "team": "team-west"}
    assert opened[Group.WHY] == {
        "purpose": "wmo-onderzoek",
        "legalBasis": "wmo-2015-2.3.2",
        "caseReference": "hmac-of-case",
        "informed": "discussed",
        "breakGlass": None,
    }
    assert opened[Group.DECISION] == {
        "outcome": "answered",
        "grounds": [],
        "repeat": False,
    }
    assert set(what) == {"flags", "marks", "categories", "tickets", "req"}
    person = opened[Group.PERSON]
    assert person is not None
    assert person["number"] == 1


def test_a_group_that_an_entry_lacks_is_still_salted() -> None:
    bare = EntryFacts(
        an_id(1), Kind.KEY, NOON, Outcome.RECORDED, who="operator:a", what={}
    )
    key = a_disclosure_key()
    one = build_entry(bare, entropy=some_entropy(1), key=key)
    two = build_entry(bare, entropy=some_entropy(2), key=key)
    for group in set(Group) - BY_OPERATOR:
        assert parse_disclosure(one.disclosures[group]).value is None
        assert one.disclosures[group] != two.disclosures[group]


def test_the_sealed_groups_open_again_byte_for_byte() -> None:
    entry = an_entry(1)
    opened = open_disclosures(entry.id, entry.sealed, key=a_disclosure_key())
    assert opened == entry.disclosures


def test_sealed_groups_moved_to_another_entry_do_not_open() -> None:
    with pytest.raises(DisclosureRefused):
        open_disclosures(an_id(2), an_entry(1).sealed, key=a_disclosure_key())


def test_the_key_of_another_year_opens_nothing() -> None:
    entry = an_entry(1)
    with pytest.raises(DisclosureRefused):
        open_disclosures(entry.id, entry.sealed, key=a_disclosure_key(2027))


def test_in_one_reading_an_entry_is_opened_once_and_refused_the_same_again() -> None:
    entry, other, key = an_entry(1), an_entry(2), a_disclosure_key()
    openings = Openings()
    asked = (entry.id, entry.leaf, entry.sealed, key)
    assert openings.open(*asked) is openings.open(*asked)
    assert openings.open(*asked) == open_groups(*asked)
    for _ in range(2):
        with pytest.raises(DisclosureRefused):
            openings.open(other.id, other.leaf, entry.sealed, key)


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_changed_seal_does_not_open(place: int) -> None:
    entry = an_entry(1)
    changed = bytearray(entry.sealed)
    changed[place] ^= 1
    with pytest.raises(DisclosureRefused):
        open_disclosures(entry.id, bytes(changed), key=a_disclosure_key())


def test_an_entry_is_sealed_with_the_key_of_its_own_year_only() -> None:
    with pytest.raises(ValueError, match="not of the entry's year"):
        build_entry(some_facts(1), entropy=some_entropy(1), key=a_disclosure_key(2027))


def test_an_entry_takes_fresh_randomness_of_the_full_length() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        build_entry(some_facts(1), entropy=b"x" * 16, key=a_disclosure_key())


def test_the_find_keys_are_those_that_a_search_derives() -> None:
    key, entry = a_disclosure_key(), an_entry(1)
    person = some_facts(1).person
    assert person is not None
    assert entry.find_keys.user == user_find_key(key, OIN, "user-1")
    assert entry.find_keys.case == case_find_key(key, OIN, "hmac-of-case")
    kind = entry.facts.kind
    assert entry.find_keys.person == person_find_key(key, person.name, kind)
    assert entry.find_keys.team == team_find_key(key, OIN, "team-west")
    assert entry.find_keys.purpose == purpose_find_key(key, "9901", "wmo-onderzoek")


def test_only_what_is_rare_is_found_by_its_outcome() -> None:
    key = a_disclosure_key()
    assert an_entry().find_keys.outcome is None
    refused = an_entry(outcome=Outcome.REFUSED).find_keys.outcome
    assert refused == outcome_find_key(key, "9901", Outcome.REFUSED)


def test_only_an_emergency_is_found_as_one() -> None:
    why = WhyGroup("wmo-onderzoek", "wmo-2015-2.3.2", break_glass="acute-crisis")
    assert an_entry().find_keys.break_glass is None
    found = an_entry(why=why).find_keys.break_glass
    assert found == break_glass_find_key(a_disclosure_key(), "9901")


def test_find_keys_of_two_municipalities_do_not_link() -> None:
    key = a_disclosure_key()
    of_here = purpose_find_key(key, "9901", "wmo-onderzoek")
    assert of_here != purpose_find_key(key, "9902", "wmo-onderzoek")


def test_the_find_keys_of_two_years_or_organisations_do_not_link() -> None:
    found = {
        user_find_key(a_disclosure_key(year), oin, "user-1")
        for year in (2026, 2027)
        for oin in (OIN, "9" * 20)
    }
    assert len(found) == 4


def test_an_organisation_and_a_user_never_run_into_each_other() -> None:
    key = a_disclosure_key()
    assert user_find_key(key, "12", "3") != user_find_key(key, "1", "23")


def test_what_may_not_be_padded_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="padding"):
        an_entry(1, what={"pad": "x"})


def test_nothing_secret_has_a_repr() -> None:
    entry = an_entry(1)
    shown = [
        repr(secret)
        for secret in (
            a_disclosure_key(),
            CHECKPOINT_KEY,
            RECEIPT_KEY,
            entry.find_keys,
            entry.facts.person,
            entry,
        )
    ]
    text = json.dumps(shown)
    assert shown[:3] == ["<DisclosureKey>", "<CheckpointKey>", "<ReceiptKey>"]
    assert "user-1" not in text
    assert "\\x07" not in text


def test_a_disclosure_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DisclosureKey(2026, b"short")


def test_the_year_of_an_entry_is_its_utc_year() -> None:
    assert some_facts(1).year == 2026


def test_every_fact_but_the_groups_stands_in_the_leaf() -> None:
    in_groups = {"person", "who", "role", "why", "what", "decision"}
    leaf = parse_leaf(an_entry(1).leaf)
    assert isinstance(leaf, Leaf)
    clear = {field.name for field in fields(EntryFacts)} - in_groups
    renamed = {"recorded_at": "minute"}
    facts = some_facts(1)
    for name in clear:
        assert getattr(leaf, renamed.get(name, name)) == getattr(facts, name)


def test_a_refusal_records_its_grounds() -> None:
    decision = DecisionGroup(Outcome.REFUSED, ("purpose-not-established",), repeat=True)
    entry = an_entry(1, outcome=Outcome.REFUSED, decision=decision)
    assert parse_disclosure(entry.disclosures[Group.DECISION]).value == {
        "outcome": "refused",
        "grounds": ["purpose-not-established"],
        "repeat": True,
    }


def test_a_person_group_holds_name_and_number() -> None:
    assert a_person(3, b"\x00" * 32).value() == {"name": "A" * 43, "number": 3}
