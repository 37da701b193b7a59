"""Reviews of lookups: the queue, one opened, and what is asked, explained and found.

The codes stand in the ledger's entries. The index accepts no other, the desk offers
these and gives each its Dutch sentence.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.remarks import Remark
from signal_index.wire.values import Count, Id, Instant, RecordedOin, unfit

Rule = Literal[
    "break-glass",
    "sample",
    "off-hours",
    "colleague-before",
    "refused-first",
    "no-outcome",
    "volume",
    "officer",
    "citizen",
]
"""Why a lookup was picked."""
ReviewState = Literal["open", "asked", "explained", "second-look", "closed"]
STATES: Final[tuple[ReviewState, ...]] = get_args(ReviewState)
Verdict = Literal["in-order", "not-in-order", "incident"]
QuestionCode = Literal[
    "why-this-person",
    "why-this-moment",
    "why-this-purpose",
    "why-again",
    "why-emergency",
    "what-came-of-it",
]
QUESTIONS: Final[tuple[QuestionCode, ...]] = get_args(QuestionCode)
ExplanationCode = Literal["own-case", "took-over", "on-duty", "mistake", "other"]
EXPLANATIONS: Final[tuple[ExplanationCode, ...]] = get_args(ExplanationCode)
FindingCode = Literal[
    "no-task",
    "more-than-needed",
    "wrong-purpose",
    "citizen-not-informed",
    "mistake",
    "other",
]
FINDINGS: Final[tuple[FindingCode, ...]] = get_args(FindingCode)


class Review(AnswerModel):
    """A lookup in the queue; nothing of what the lookup itself says."""

    id: Id
    entryId: Id
    at: Instant
    organisation: RecordedOin
    organisationName: str
    rules: Annotated[list[Rule], Field(min_length=1)]
    state: ReviewState
    verdict: Verdict | None
    pickedAt: Instant
    dueAt: Instant
    late: bool
    answerBy: Instant | None


class ReviewCount(AnswerModel):
    """How many reviews stand so."""

    state: ReviewState
    count: Count


class ReviewList(AnswerModel):
    """A page of the queue, what is due first first, and how much there is of it."""

    items: list[Review]
    next: Id | None
    counts: list[ReviewCount]
    late: Count


class ReviewAddition(RequestModel):
    """A lookup that an officer puts in the queue by hand."""

    entryId: Id


class JudgedFlag(AnswerModel):
    """A flag that the lookup showed; `takenBack` as in `ShownCategory`."""

    categoryLabel: str
    organisationName: str
    contactOutcome: str | None
    takenBack: bool


class LookupOfSomebody(AnswerModel):
    """Who looked up, when, and for what; never about whom."""

    entryId: Id
    at: Instant
    organisation: str
    organisationName: str
    user: str | None
    roles: list[str]
    team: str | None
    purposeLabel: str
    outcome: str | None


class ReviewedLookup(LookupOfSomebody):
    """The lookup that is judged: why, what was shown, and how it was decided.

    `contactOutcome` is of the lookup as a whole; each flag has its own.
    """

    purpose: str
    legalBasisLabel: str
    hasCase: bool
    informedLabel: str | None
    breakGlassLabel: str | None
    groundTexts: list[str]
    repeat: bool
    shown: list[JudgedFlag]
    contactOutcome: str | None


class NeighbouringLookup(LookupOfSomebody):
    """Another lookup of the same person; by the same user or for the same case."""

    sameUser: bool
    sameCase: bool


class ReviewAct(AnswerModel):
    """One step of a review: what was asked, explained, judged or found."""

    at: Instant
    organisation: str
    user: str | None
    act: str | None
    codes: list[str]
    text: str | None
    verdict: Verdict | None
    agrees: bool | None


class OpenedReview(AnswerModel):
    """A review with all there is to judge by.

    `lookup` is null where its content was erased after the retention period.
    `mayJudge`: the officers of the reader's organisation judge it; what the
    municipality picked, its own alone do.
    """

    review: Review
    lookup: ReviewedLookup | None
    around: list[NeighbouringLookup]
    acts: list[ReviewAct]
    mayJudge: bool
    aroundLeftOff: int = Field(
        default=0, ge=0, description="Zoveel oudere bevragingen staan er niet bij"
    )


class ReviewQuestion(RequestModel):
    """What an officer asks who looked up."""

    questions: Annotated[
        list[QuestionCode], Field(min_length=1, max_length=len(QUESTIONS))
    ]
    text: Remark


class ReviewJudgement(RequestModel):
    """What an officer finds: with a finding, unless all is in order.

    The finding `other` needs a text.
    """

    verdict: Verdict
    finding: FindingCode | None = Field(default=None, validate_default=True)
    text: Remark

    @field_validator("finding")
    @classmethod
    def _belongs(
        cls, finding: FindingCode | None, info: ValidationInfo
    ) -> FindingCode | None:
        verdict = info.data.get("verdict")
        if verdict == "in-order" and finding is not None:
            raise unfit("not-allowed")
        if verdict in {"not-in-order", "incident"} and finding is None:
            raise unfit("missing")
        return finding

    @field_validator("text")
    @classmethod
    def _says_what(cls, text: str | None, info: ValidationInfo) -> str | None:
        return _needed_where(info.data.get("finding") == "other", text)


class ReviewSecondLook(RequestModel):
    """Whether another officer agrees with a judgement; if not, why."""

    agrees: bool
    text: Remark

    @field_validator("text")
    @classmethod
    def _says_why(cls, text: str | None, info: ValidationInfo) -> str | None:
        return _needed_where(info.data.get("agrees") is False, text)


class ReviewExplanation(RequestModel):
    """How a user explains an own lookup; the code `other` needs a text."""

    explanation: ExplanationCode
    text: Remark

    @field_validator("text")
    @classmethod
    def _says_what(cls, text: str | None, info: ValidationInfo) -> str | None:
        return _needed_where(info.data.get("explanation") == "other", text)


class OwnReview(AnswerModel):
    """What a user was asked about an own lookup, and answered; by which rule is not."""

    id: Id
    entryId: Id
    at: Instant
    purposeLabel: str
    caseReference: str | None
    state: Literal["asked", "explained"]
    answerBy: Instant | None
    questions: list[QuestionCode]
    text: str | None
    explanation: ExplanationCode | None
    explanationText: str | None


class OwnReviewList(AnswerModel):
    """What a user was asked, the newest first."""

    items: list[OwnReview]
    leftOff: int = Field(default=0, ge=0, description="Zoveel oudere staan er niet bij")


def _needed_where(is_needed: bool, text: str | None) -> str | None:  # noqa: FBT001
    if is_needed and text is None:
        raise unfit("missing")
    return text
