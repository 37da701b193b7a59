"""Signals that pass from one source to another: agencies merge, or lose a task.

About whom the signals are is in none of it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from signal_index.wire.choices import Choice
from signal_index.wire.contact_holders import OfficeHours
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Count,
    Digest,
    Id,
    Instant,
    OinText,
    RecordedOin,
    SlugText,
)

MOST_CONTACTS = 200
TransferReason = Literal["merger", "task-moved", "team-split", "organisation-ends"]
"""Why signals pass on: two merge, another does the work, a team parts, one ends."""


class NewTransfer(RequestModel):
    """Let a source take over another's signals of these categories.

    `contacts`: only the signals of these contact holders, when a team splits off; null
    is all. `contactHolder`: whom the successor names for each of them; null lets the
    contact holders come along.
    """

    source: OinText
    successor: OinText
    categories: Annotated[list[SlugText], Field(min_length=1, max_length=50)]
    contacts: (
        Annotated[list[Id], Field(min_length=1, max_length=MOST_CONTACTS)] | None
    ) = None
    contactHolder: Id | None = None
    reason: TransferReason

    @model_validator(mode="after")
    def _goes_to_another(self) -> NewTransfer:
        if self.source == self.successor:
            raise InvalidField("successor", "same-source")
        return self


class NamedContact(AnswerModel):
    """A contact holder as officers see one; one that is gone has its id alone.

    With what its own organisation tells two apart by: `officeHours` too.
    """

    id: Id
    function: str | None
    name: str | None
    phone: str | None
    officeHours: list[OfficeHours] | None = None


class TransferContact(NamedContact):
    """A contact holder of a source, and how many signals are meant that name it."""

    signals: Count


class Passing(AnswerModel):
    """What passes on: signals, their contact holders, corrections that are not done."""

    signals: Count
    contacts: list[TransferContact]
    corrections: Count


class Transfer(AnswerModel):
    """A transfer as officers see it; `signals` once it was carried out.

    `passing`: what would pass on at this moment, while it waits. `shown`: the digest of
    all of this: who approves it says so.
    """

    id: Id
    approvalId: Id
    source: RecordedOin
    sourceName: str
    successor: RecordedOin
    successorName: str
    categories: list[Choice]
    contacts: list[NamedContact] | None
    contactHolder: NamedContact | None
    reason: TransferReason | None
    passing: Passing | None
    askedAt: Instant
    state: Literal["open", "approved", "refused", "withdrawn", "expired"]
    carriedOutAt: Instant | None
    signals: Count | None
    shown: Digest | None


class TransferCategory(Choice):
    """A category that a source publishes in the municipality, and how many it has."""

    signals: Count


class TransferSource(AnswerModel):
    """A live source that can give signals, or take them over.

    `corrections`: how many it has not done yet.
    """

    oin: RecordedOin
    name: str
    categories: list[TransferCategory]
    contacts: list[TransferContact]
    corrections: Count


class Transfers(AnswerModel):
    """The municipality's transfers, newest first, and between whom there can be one."""

    items: list[Transfer]
    sources: list[TransferSource]
    leftOff: int = Field(default=0, ge=0, description="Zoveel oudere staan er niet bij")
