"""Signals as sources publish them: what is signed, what travels beside it, outcomes.

- What is signed names nobody. `subject` is SHA-256(salt || N): whoever keeps the signed
  text as evidence cannot tell who it is about without the salt.
- N and salt travel beside it, unsigned; both are checked on arrival, never stored, and
  have no repr.
- There is no field for what is in the case file. `source` is whose signal it is; who
  sends it stands in the signature (`iss`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Count,
    Day,
    Encoded16,
    Encoded32,
    Id,
    Municipality,
    Number,
    OinText,
    RecordedOin,
    SignedText,
    SlugText,
)

BATCH_MAXIMUM = 1_000
OUTBOXES_MAXIMUM = 100
State = Literal["active", "ended", "restricted"]


class WithdrawalReason(StrEnum):
    """Why a signal ends.

    What was entered in error, and what was about someone who died, is erased at once,
    also where a statute allows keeping what has ended.
    """

    ENDED = "ended"
    ENTERED_IN_ERROR = "entered-in-error"
    MOVED_AWAY = "moved-away"
    DECEASED = "deceased"
    AGE_LIMIT = "age-limit"

    @property
    def allows_keeping(self) -> bool:
        """Whether an ended signal may stay where a statute allows that."""
        return self not in {type(self).ENTERED_IN_ERROR, type(self).DECEASED}


class Informed(RequestModel):
    """That the citizen knows of the signal, or the coded reason why not yet."""

    code: SlugText
    on: Day


class Notice(RequestModel):
    """What a source publishes: that there is contact, and whom to call."""

    reference: Id
    version: Number
    source: OinText
    subject: Encoded32
    category: SlugText
    contactHolder: Id
    validFrom: Day
    validUntil: Day
    municipality: Municipality
    informed: Informed

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Notice:
        if self.validUntil < self.validFrom:
            raise InvalidField("validUntil", "before-start")
        return self


class Withdrawal(RequestModel):
    """A source takes a signal back, by reference alone."""

    reference: Id
    version: Number
    source: OinText
    reason: Annotated[WithdrawalReason, Field(strict=False)]
    on: Day


class Signed(RequestModel):
    """What any signed message holds: who submits it, and when it was signed."""

    iss: OinText
    iat: Count


class SignedNotice(Signed):
    """One notice, as it is signed."""

    notice: Notice


class SignedWithdrawal(Signed):
    """One withdrawal, as it is signed."""

    withdrawal: Withdrawal


class SignedItems(Signed):
    """Up to 1,000 notices and withdrawals under one signature.

    Each item is read on its own, so that one bad item never sinks the rest.
    """

    batch: Id
    outbox: Id | None = Field(
        default=None,
        description="Uit welk postvak van de bron dit komt: elk vergelijkt het zijne",
    )
    replaces: list[Id] = Field(
        default_factory=list,
        max_length=OUTBOXES_MAXIMUM,
        description="Postvakken die weg zijn en waarvan dit er een vervangt: van hen "
        "wordt daarna niets meer aangenomen",
    )
    notices: Annotated[list[Any], Field(max_length=BATCH_MAXIMUM)]
    withdrawals: Annotated[list[Any], Field(max_length=BATCH_MAXIMUM)]

    @model_validator(mode="after")
    def _holds_no_more_than_a_batch(self) -> SignedItems:
        items = len(self.notices) + len(self.withdrawals)
        if items > BATCH_MAXIMUM or not (items or self.replaces):
            raise InvalidField("notices", "too-many")
        if self.replaces and self.outbox in {None, *self.replaces}:
            raise InvalidField("replaces", "does-not-match")
        return self


class NoticeBody(RequestModel):
    """A single notice; the path gives its reference."""

    keyVersion: Number
    notice: SignedText
    pseudonym: Encoded32 = Field(description="N")
    salt: Encoded16


class WithdrawalBody(RequestModel):
    """A single withdrawal; the path gives its reference."""

    withdrawal: SignedText


class SubjectProof(RequestModel):
    """Who a notice is about: the pseudonym as sent (32 bytes, unchecked) and salt."""

    reference: Id
    pseudonym: Encoded32 = Field(description="N")
    salt: Encoded16


class BatchBody(RequestModel):
    """A signed batch, and who each of its notices is about.

    `keyVersion` is that of the pseudonyms: withdrawals alone name nobody and need none.
    """

    keyVersion: Number | None = None
    batch: SignedText
    subjects: Annotated[list[SubjectProof], Field(max_length=BATCH_MAXIMUM)]


class ItemProblem(AnswerModel):
    """Why one item was refused: the kind of problem, and the field if it is one."""

    type: str = Field(json_schema_extra={"format": "uri"})
    title: str
    field: str | None = None


class ItemResult(AnswerModel):
    """What became of one item; without a reference where even that was unreadable."""

    reference: Id | None
    outcome: Literal["accepted", "unchanged", "superseded", "refused"]
    problem: ItemProblem | None = None


class BatchResult(AnswerModel):
    """What became of each item, in their order, and the entry that records it."""

    batch: Id
    entryId: Id
    results: Annotated[list[ItemResult], Field(max_length=BATCH_MAXIMUM)]


class OwnPlace(AnswerModel):
    """Where one of a source's own signals belongs."""

    category: SlugText
    categoryLabel: str
    municipality: Municipality


class OwnReference(OwnPlace):
    """One of a source's own signals, under the reference that the source gave it."""

    reference: Id

    @property
    def id(self) -> UUID:
        """Where a page goes on."""
        return self.reference


class StandingSignal(OwnReference):
    """How a signal stands, as whoever tends it reads it."""

    version: Number
    state: State
    validFrom: Day
    validUntil: Day
    contactHolder: Id
    confirmedOn: Day


class OwnSignal(StandingSignal):
    """One of a source's own signals, as it may list them."""

    outbox: Id | None = None
    byHand: bool = Field(
        default=False, description="Met de hand doorgegeven; geen levering kent het"
    )
    takenOverFrom: RecordedOin | None = None
    untold: bool = Field(
        default=False,
        description="Overgenomen, en sindsdien niet zelf opnieuw gemeld; geen levering "
        "en geen vergelijking kent het",
    )


class OwnSignals(AnswerModel):
    """A page of own signals; `next` begins the following page.

    `unreadable`: the references of those on this page that the index cannot read.
    """

    items: list[OwnSignal]
    unreadable: list[Id] = Field(default_factory=list)
    next: Id | None


class SignalCount(OwnPlace):
    """How many of a source's own signals stand in one place and state."""

    state: State
    count: Count


class SignalCounts(AnswerModel):
    """The own signals, counted; `unreadable`: how many the index cannot read."""

    items: list[SignalCount]
    unreadable: Count = 0


class SignalEnding(OwnReference):
    """A signal that is gone: why, when it went, and who took it over, if anybody."""

    reason: str
    endedOn: Day
    successor: RecordedOin | None = None


class SignalEndings(AnswerModel):
    """A page of own signals that ended in the last 90 days.

    `unreadable`: how many more there are of which it does not open why they went.
    """

    items: list[SignalEnding]
    unreadable: Count
    next: Id | None
