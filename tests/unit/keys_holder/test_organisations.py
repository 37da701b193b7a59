from typing import Any

import pytest

from keys.holder.errors import ActNotAllowed, HolderStartRefused, OrganisationUnknown
from keys.holder.organisations import (
    KIND_FOR_ACT,
    collect_organisations,
    parse_organisations,
)
from keys.jose import PrivateKey
from keys.request import REGISTRATION_ACT, STATEMENT_ACT, Act
from tests.holders_builders import (
    AUDITOR_OIN,
    LOOKUP_OIN,
    PORTAL_OIN,
    SOURCE_OIN,
    a_lookup_organisation,
    a_portal,
    a_source,
    an_auditor,
)

KNOWN = collect_organisations(
    [
        a_lookup_organisation().entry,
        a_portal().entry,
        a_source().entry,
        an_auditor().entry,
    ]
)


def an_entry(**changed: object) -> dict[str, Any]:
    entry: dict[str, object] = {
        "oin": LOOKUP_OIN,
        "name": "Gemeente Voorbeeld",
        "kind": "lookup",
        "request_key": PrivateKey.generate().public.jwk,
        "per_user_per_day": 200,
        "per_organisation_per_day": 5000,
    }
    return {"organisations": [entry | changed]}


@pytest.mark.parametrize(
    ("oin", "act"),
    [
        (LOOKUP_OIN, "lookup"),
        (PORTAL_OIN, "own-view"),
        (LOOKUP_OIN, "officer-search"),
        (LOOKUP_OIN, "archive"),
        (SOURCE_OIN, "publish"),
        (AUDITOR_OIN, "statement"),
    ],
)
def test_an_organisation_may_ask_what_its_kind_may(oin: str, act: str) -> None:
    assert KNOWN.get(oin, act).oin == oin


@pytest.mark.parametrize(
    ("oin", "act"),
    [
        (SOURCE_OIN, "lookup"),
        (LOOKUP_OIN, "own-view"),
        (PORTAL_OIN, "lookup"),
        (PORTAL_OIN, "officer-search"),
        (LOOKUP_OIN, "publish"),
        (LOOKUP_OIN, "statement"),
        (AUDITOR_OIN, "lookup"),
        (SOURCE_OIN, "statement"),
        (LOOKUP_OIN, "no-such-act"),
        (LOOKUP_OIN, None),
        (LOOKUP_OIN, ["lookup"]),
    ],
)
def test_it_may_ask_nothing_else(oin: str, act: object) -> None:
    with pytest.raises(ActNotAllowed):
        KNOWN.get(oin, act)


@pytest.mark.parametrize("oin", ["00000009999999999999", "", None, 7, [LOOKUP_OIN]])
def test_an_unknown_organisation_is_unknown(oin: object) -> None:
    with pytest.raises(OrganisationUnknown):
        KNOWN.get(oin, "lookup")


def test_every_act_belongs_to_a_kind() -> None:
    assert set(KIND_FOR_ACT) == {*Act, STATEMENT_ACT, REGISTRATION_ACT}


def test_no_organisations_serve_nobody() -> None:
    with pytest.raises(OrganisationUnknown):
        parse_organisations({}).get(LOOKUP_OIN, "lookup")


@pytest.mark.parametrize(
    "changed",
    [
        {"oin": "1"},
        {"name": ""},
        {"kind": "person"},
        {"per_user_per_day": 0},
        {"per_user_per_day": "200"},
        {"per_user_per_day": None},
        {"declared_caseload": 5},
        {"request_key": PrivateKey.generate().jwk},
        {"request_key": "key.jwk"},
        {"kind": "source"},
    ],
)
def test_an_entry_that_is_not_in_order_keeps_the_holder_from_starting(
    changed: dict[str, object],
) -> None:
    with pytest.raises(HolderStartRefused):
        parse_organisations(an_entry(**changed))


def test_one_organisation_stands_once_for_each_kind() -> None:
    twice = {"organisations": an_entry()["organisations"] * 2}
    with pytest.raises(HolderStartRefused, match="registered twice"):
        parse_organisations(twice)


def test_one_organisation_may_have_two_kinds_with_a_key_each() -> None:
    lookup, source = a_lookup_organisation(), a_source(LOOKUP_OIN)
    known = collect_organisations([lookup.entry, source.entry])
    assert known.get(LOOKUP_OIN, "lookup").request_key == lookup.key.public
    assert known.get(LOOKUP_OIN, "publish").request_key == source.key.public


def test_a_refusal_to_start_does_not_repeat_a_private_key() -> None:
    private = PrivateKey.generate().jwk
    with pytest.raises(HolderStartRefused) as refused:
        parse_organisations(an_entry(request_key=private))
    assert private["d"] not in str(refused.value)
