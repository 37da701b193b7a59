"""The view against the fields of NEN 7513:2018, chapter 7.

Names and groups as in https://logius-standaarden.github.io/logboek-extensie-nen7513/.
`True`: the norm asks it of every event about a client; `False`: where it applies.
"""

import re
from dataclasses import replace

import pytest

from signal_index.ledger.nen7513 import FIELDS, Logged, describe_event
from signal_index.proof import Group, Kind, Outcome
from tests.ledger_builders import NOON, OIN, an_id

TABLE = {
    # the event (7.2)
    "EventID": (r"DCM 11\d{4}", True),
    "EventActionCode": (r"[CRUDE]", True),
    "EventDateTime": (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", True),
    "EventOutcomeIndicator": (r"0|4|8|12", True),
    "EventTypeCode": (r"[a-z-]+", False),
    # the user and the access point (7.3)
    "UserID": (r".+", True),
    "AlternativeUserID": (r".+", False),
    "UserName": (r".+", False),
    "UserIsRequestor": (r"true|false", True),
    "RoleIDCode": (r"[a-z -]+", True),
    "PurposeOfUse": (r"[a-z-]+", False),
    "NetworkAccessPointTypeCode": (r"[1-5]", True),
    "NetworkAccessPointID": (r"urn:nl:oin:\d{20}", True),
    # the client (7.4)
    "ParticipantObjectTypeCode": (r"[1-4]", True),
    "ParticipantObjectTypeCodeRole": (r"\d{1,2}", True),
    "ParticipantObjectDataLifeCycle": (r"\d{1,2}", False),
    "ParticipantObjectIDTypeCode": (r"urn:\S+", True),
    "ParticipantObjectPermissionPolicySet": (r".+", False),
    "ParticipantObjectSensitivity": (r".+", False),
    "ParticipantObjectID": (r".+", True),
    "ParticipantObjectName": (r".+", False),
    "ParticipantObjectDetail": (r".+", False),
    "ParticipantObjectDescription": (r"[0-9a-f-]{36}", False),
    # the system that logs (7.5)
    "AuditEnterpriseSiteID": (r"\d{4}", True),
    "AuditSourceID": (r".+", True),
    "AuditSourceTypeCode": (r"[1-9]", True),
    # protocols (7.4.3) and what was checked
    "Autorisatieprotocol": (r".+", False),
    "Behandelrelatieprotocol": (r".+", False),
    "Toestemmingsprofiel": (r".+", False),
    "Controles": (r".+", False),
}
UNKNOWN_TO_THE_INDEX = (
    "UserName",
    "ParticipantObjectName",
    "ParticipantObjectSensitivity",
)


def a_logged(**changes: object) -> Logged:
    logged = Logged(
        entry=an_id(1),
        kind=Kind.LOOKUP,
        outcome=Outcome.ANSWERED,
        recorded_at=NOON,
        organisation=OIN,
        municipality="9901",
        policy="digest",
        groups={
            Group.WHO: {"sub": "fatima"},
            Group.ROLE: {"roles": ["generalist"], "team": "west"},
            Group.WHY: {
                "purpose": "wmo-onderzoek",
                "legalBasis": "wmo-2015-2.3.2",
                "caseReference": "hmac-of-case",
                "informed": "discussed",
                "breakGlass": None,
            },
            Group.WHAT: {
                "flags": [{"category": "bijstand", "source": OIN}],
                "tickets": ["a", "b"],
            },
            Group.DECISION: {"outcome": "answered", "grounds": [], "repeat": False},
        },
        person="1A2B3-C4D5E",
        source="index.example/ledger",
    )
    return replace(logged, **changes)  # type: ignore[arg-type] # the caller's names


def test_the_view_has_the_fields_of_the_norm_and_no_others() -> None:
    assert set(FIELDS) == set(TABLE)
    assert list(describe_event(a_logged())) == list(FIELDS)


@pytest.mark.parametrize("name", TABLE)
def test_each_field_has_its_form(name: str) -> None:
    form, is_required = TABLE[name]
    value = describe_event(a_logged())[name]
    if value is None:
        assert not is_required
    else:
        assert re.fullmatch(form, value)


@pytest.mark.parametrize("name", UNKNOWN_TO_THE_INDEX)
def test_what_the_index_does_not_know_stays_empty(name: str) -> None:
    assert describe_event(a_logged())[name] is None


@pytest.mark.parametrize(
    ("outcome", "indicator"),
    [
        (Outcome.ANSWERED, "0"),
        (Outcome.REFUSED, "4"),
        (Outcome.FAILED, "8"),
        (Outcome.RECORDED, "0"),
    ],
)
def test_a_refusal_is_a_minor_failure(outcome: Outcome, indicator: str) -> None:
    event = describe_event(a_logged(outcome=outcome))
    assert event["EventOutcomeIndicator"] == indicator


def test_an_emergency_is_told_as_the_emergency_button() -> None:
    groups = {**a_logged().groups, Group.WHY: {"breakGlass": "danger-to-life"}}
    event = describe_event(a_logged(groups=groups))
    assert event["Controles"] == "noodknop:danger-to-life"


def test_the_grounds_of_a_refusal_are_what_was_checked() -> None:
    groups = {**a_logged().groups, Group.DECISION: {"grounds": ["training", "case"]}}
    assert describe_event(a_logged(groups=groups))["Controles"] == "training case"


def test_which_kinds_of_flags_were_shown_is_told_once_each() -> None:
    flags = [{"category": name, "source": OIN} for name in ("wmo", "bijstand", "wmo")]
    groups = {**a_logged().groups, Group.WHAT: {"flags": flags}}
    event = describe_event(a_logged(groups=groups))
    assert event["ParticipantObjectDetail"] == "bijstand wmo"


def test_reading_the_log_itself_is_an_event_without_a_client() -> None:
    event = describe_event(a_logged(kind=Kind.SEARCH, person=None))
    assert event["EventID"] == "DCM 110101"
    assert event["ParticipantObjectID"] is None


def test_no_ticket_and_no_case_is_in_it() -> None:
    told = " ".join(value or "" for value in describe_event(a_logged()).values())
    assert "hmac-of-case" not in told
