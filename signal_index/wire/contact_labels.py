"""Words for contact holders of an agency: one person asks, another decides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from signal_index.wire.choices import OrganisationName
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Id, Instant, LabelText, OinText, RecordedOin


class NewContactLabel(RequestModel):
    """Let an organisation call its contact holders so, beside the catalogue's lists."""

    organisation: OinText
    label: LabelText


class AskedContactLabel(AnswerModel):
    """A word that was asked for, and where that stands; `over`: it ended since."""

    id: Id
    organisation: RecordedOin
    organisationName: str
    label: str
    approvalId: Id
    askedAt: Instant
    state: Literal["open", "approved", "refused", "withdrawn", "expired", "over"]


class ContactLabels(AnswerModel):
    """The newest requests of a municipality, and for whom a word can be asked."""

    items: list[AskedContactLabel]
    organisations: list[OrganisationName]
    leftOff: int = Field(default=0, ge=0, description="Zoveel oudere staan er niet bij")
