"""What only the relay reads and answers; the rest are models of index and key holder.

Members are named as on the wire.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from signal_index.wire.hand_signals import MOST_PASSED, HandSignal
from signal_index.wire.lookups import HOUSEHOLD_MAXIMUM, LookupTerms
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.problem import Ground
from signal_index.wire.signals import Informed, WithdrawalReason
from signal_index.wire.values import (
    Day,
    Encoded32,
    Id,
    Municipality,
    Number,
    SlugText,
)

PREFIX: Final = "/relay/v1"
API_VERSION: Final = "1.7.0"
"""Of what is on the relay's wire; goes up with every change that a caller can see."""

_Index = Annotated[int, Field(ge=1, le=255)]


class RelayedEvaluation(RequestModel):
    """Points for one holder of a pair; the desk signs the request for them."""

    holder: _Index
    act: Literal["lookup", "officer-search", "publish"]
    pair: Annotated[list[_Index], Field(min_length=2, max_length=2)]
    keyVersion: Number
    epoch: Number
    points: Annotated[
        list[Encoded32], Field(min_length=1, max_length=HOUSEHOLD_MAXIMUM)
    ]


class RelayedLookup(LookupTerms):
    """What the index is asked, with the plain case number of this organisation."""

    caseReference: Annotated[str, Field(max_length=64)] | None = None


class RelayedHandSignal(RequestModel):
    """A signal by hand, about somebody whom the caller named by a pseudonym.

    `reference` is the caller's own, random: the same one sent again is the same signal.
    `caseReference` is the plain case number of this organisation, sealed at the desk.
    `anotherPerson`: under that number another signal of this kind stands already.
    `entryId`: the user's own lookup that it comes from, so that the organisation's list
    tells the persons of one household apart.
    `beside`: what the organisation has standing of the same citizen and kind, where
    both are to stand: the `references` that a 409 `given-already` told.
    """

    reference: Id
    keyVersion: Number
    pseudonym: Encoded32 = Field(description="N")
    category: SlugText
    municipality: Municipality
    contactHolder: Id
    informed: Informed
    since: Day | None = Field(
        default=None, description="Sinds wanneer er contact is; anders vandaag"
    )
    validUntil: Day
    caseReference: Annotated[str, Field(max_length=64)]
    anotherPerson: bool = False
    entryId: Id | None = None
    beside: Annotated[list[Id], Field(max_length=MOST_PASSED)] = Field(
        default_factory=list
    )


class RelayedEnding(RequestModel):
    """Why a signal ends."""

    reason: Annotated[WithdrawalReason, Field(strict=False)]


class RelayedOwnSignal(HandSignal):
    """A signal by hand with the own case number, where the desk has a note of it."""

    caseReference: str | None
    isOwn: bool


class RelayedHandSignals(AnswerModel):
    """What stands of what people of this organisation gave by hand.

    `unreadable`: what stands too, but the index cannot read.
    """

    items: list[RelayedOwnSignal]
    unreadable: list[Id] = Field(default_factory=list)


class PinnedKeys(AnswerModel):
    """The config keys (JWK) that this organisation pinned, in order of holder."""

    pins: list[dict[str, Any]]
    acceptedKeyOrigin: Literal["dealt", "distributed"]
    avoid: list[int]
    """Holders to ask last: one that is sick, else one whose turn it is not."""


class RelayFieldError(AnswerModel):
    """One field that is wrong; `message` where the index looked at it."""

    field: str
    code: str
    message: str | None = None


class RelayedGiven(AnswerModel):
    """A signal of this organisation that stands of the same citizen already.

    `byHand`: it is among `GET /hand-signals`; else a delivery told it.
    """

    reference: Id
    caseReference: str | None
    byHand: bool
    isOwn: bool


class RelayProblem(AnswerModel):
    """A refusal (RFC 9457) of the desk, or that of index or key holder, unchanged.

    `reference` is what a helpdesk finds it by, for a problem of the desk itself. Of
    `given-already`: what stands of that citizen, and `references` to name as `beside`.
    """

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int
    detail: str
    reference: str | None = None
    errors: list[RelayFieldError] = Field(default_factory=list)
    entryIds: list[Id] = Field(default_factory=list)
    grounds: list[Ground] = Field(default_factory=list)
    references: list[Id] = Field(default_factory=list)
    given: list[RelayedGiven] = Field(default_factory=list)
