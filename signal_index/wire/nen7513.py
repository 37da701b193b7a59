"""Lookups with the fields of NEN 7513, under the names of the norm.

The names are those of NEN 7513:2018, chapter 7, as Logius lists them in its NEN 7513
extension (https://logius-standaarden.github.io/logboek-extensie-nen7513/).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Id

Nen7513Field = Literal[
    "EventID",
    "EventActionCode",
    "EventDateTime",
    "EventOutcomeIndicator",
    "EventTypeCode",
    "UserID",
    "AlternativeUserID",
    "UserName",
    "UserIsRequestor",
    "RoleIDCode",
    "PurposeOfUse",
    "NetworkAccessPointTypeCode",
    "NetworkAccessPointID",
    "ParticipantObjectTypeCode",
    "ParticipantObjectTypeCodeRole",
    "ParticipantObjectDataLifeCycle",
    "ParticipantObjectIDTypeCode",
    "ParticipantObjectPermissionPolicySet",
    "ParticipantObjectSensitivity",
    "ParticipantObjectID",
    "ParticipantObjectName",
    "ParticipantObjectDetail",
    "ParticipantObjectDescription",
    "AuditEnterpriseSiteID",
    "AuditSourceID",
    "AuditSourceTypeCode",
    "Autorisatieprotocol",
    "Behandelrelatieprotocol",
    "Toestemmingsprofiel",
    "Controles",
]
FIELDS: Final[tuple[Nen7513Field, ...]] = get_args(Nen7513Field)
"""All fields, in the order of a CSV's columns."""
Nen7513Event = Annotated[dict[Nen7513Field, str | None], Field(min_length=len(FIELDS))]
"""One event; null is a field that the index cannot know, or that does not apply."""


class Nen7513Question(RequestModel):
    """After which entry the page begins."""

    after: Id | None = None


class Nen7513Page(AnswerModel):
    """A page of a report with persons; `fields` are the columns in their order."""

    fields: list[str]
    items: list[Nen7513Event]
    next: Id | None
