"""Entries of the ledger with the fields of NEN 7513 (logging of access to files).

The names are those of `signal_index.wire.nen7513`; the codes are those of RFC 3881 and
DICOM PS3.15 that the norm builds on.

- A field that the index cannot know stays empty, and is not made up: the name of a
  user or a client, the workstation.
- The client's identifier is a code that means something in one export only.
- It names employees by their account, as the norm asks. Whoever takes an export out is
  recorded before it leaves (`signal-index nen7513`, `/v1/specific-reports/…/nen7513`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from signal_index.ledger.kinds import KINDS
from signal_index.proof import Group, JsonObject, Kind, Outcome
from signal_index.wire import nen7513 as wire

PERSON_TYPE: Final = "urn:signal-index:client-in-this-export:1"
USER_TYPE: Final = "urn:signal-index:account"

_INDICATORS: Final = {
    Outcome.ANSWERED: "0",  # success
    Outcome.RECORDED: "0",
    Outcome.REFUSED: "4",  # minor failure: the request was not allowed
    Outcome.FAILED: "8",  # serious failure
}
_URI, _PERSON, _CLIENT, _ACCESS, _APPLICATION = "5", "1", "1", "6", "4"


FIELDS: Final = wire.FIELDS


@dataclass(frozen=True, slots=True, repr=False)
class Logged:
    """An entry, opened; `person` is the code of the client in this export."""

    entry: UUID
    kind: Kind
    outcome: Outcome
    recorded_at: datetime
    organisation: str | None
    municipality: str | None
    policy: str | None
    groups: Mapping[Group, JsonObject | None]
    person: str | None
    source: str


def describe_event(logged: Logged) -> Mapping[str, str | None]:
    """Give the fields of one entry, each a text or None, in the order of `FIELDS`."""
    found = {**_event(logged), **_user(logged), **_client(logged), **_source(logged)}
    return {name: found.get(name) for name in FIELDS}


def _event(logged: Logged) -> Mapping[str, str | None]:
    event = KINDS[logged.kind].nen7513
    if event is None:
        raise ValueError(f"entries of kind {logged.kind} are not events of NEN 7513")
    return {
        "EventID": event.id,
        "EventActionCode": event.action,
        "EventDateTime": logged.recorded_at.astimezone(UTC).isoformat(
            timespec="milliseconds"
        ),
        "EventOutcomeIndicator": _INDICATORS[logged.outcome],
        "EventTypeCode": logged.kind.value,
    }


def _user(logged: Logged) -> Mapping[str, str | None]:
    role, why = _group(logged, Group.ROLE), _group(logged, Group.WHY)
    return {
        "UserID": _text(_group(logged, Group.WHO).get("sub")),
        "AlternativeUserID": _text(role.get("team")),
        "UserIsRequestor": "true",
        "RoleIDCode": _list(role.get("roles")),
        "PurposeOfUse": _text(why.get("purpose")),
        "NetworkAccessPointTypeCode": _URI,
        "NetworkAccessPointID": f"urn:nl:oin:{logged.organisation}",
        "Autorisatieprotocol": logged.policy,
        "Behandelrelatieprotocol": _text(why.get("legalBasis")),
        "Toestemmingsprofiel": _text(why.get("informed")),
        "Controles": _checks(logged),
    }


def _checks(logged: Logged) -> str | None:
    """Give the reason of an emergency, or the grounds of a refusal."""
    broken = _text(_group(logged, Group.WHY).get("breakGlass"))
    if broken is not None:
        return f"noodknop:{broken}"
    return _list(_group(logged, Group.DECISION).get("grounds"))


def _client(logged: Logged) -> Mapping[str, str | None]:
    if logged.person is None:
        return {}
    return {
        "ParticipantObjectTypeCode": _PERSON,
        "ParticipantObjectTypeCodeRole": _CLIENT,
        "ParticipantObjectDataLifeCycle": _ACCESS,
        "ParticipantObjectIDTypeCode": PERSON_TYPE,
        "ParticipantObjectID": logged.person,
        "ParticipantObjectPermissionPolicySet": logged.policy,
        "ParticipantObjectDetail": _shown(logged),
        "ParticipantObjectDescription": str(logged.entry),
    }


def _shown(logged: Logged) -> str | None:
    flags = _group(logged, Group.WHAT).get("flags")
    if not isinstance(flags, Sequence) or isinstance(flags, str):
        return None
    shown = {str(flag["category"]) for flag in flags if isinstance(flag, Mapping)}
    return " ".join(sorted(shown)) or None


def _source(logged: Logged) -> Mapping[str, str | None]:
    return {
        "AuditEnterpriseSiteID": logged.municipality,
        "AuditSourceID": logged.source,
        "AuditSourceTypeCode": _APPLICATION,
    }


def _group(logged: Logged, group: Group) -> JsonObject:
    return logged.groups.get(group) or {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _list(value: object) -> str | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return _text(value)
    return " ".join(str(one) for one in value) or None
