"""Corrections and objections: what a citizen disputes, and what came of it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from signal_index.wire.choices import Choice
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Count,
    Day,
    Id,
    Municipality,
    OinText,
    SlugText,
    Yes,
)

CorrectionKind = Literal["correction", "objection"]
CorrectionsAsked = Literal["open", "all"]

MOST_ANSWERS: Final = 10
"""How many answers a source gives to one correction; a fault takes two or three."""


class NewCorrection(RequestModel):
    """What a citizen says is wrong with one signal, or why it must stop.

    `restrict`: until it is settled no lookup shows the signal, nor what its source
    gives anew in its place (GDPR art. 18).
    """

    source: OinText
    signalReference: Id
    reason: SlugText
    receivedOn: Day
    restrict: bool


class EnteredCorrection(AnswerModel):
    """What was entered, and until when the source has for its answer."""

    id: Id
    reference: str
    dueOn: Day


class Release(RequestModel):
    """The citizen was told that the restriction ends (GDPR art. 18(3)), and why.

    `answer`: what they were told that the source answered.
    """

    citizenTold: Yes
    answer: SlugText


class CorrectionAnswer(RequestModel):
    """What the source did with it: a code of the list.

    `step`: how many answers the sender has seen. The same once more is not said twice;
    where another was given meanwhile it is refused, and nothing changes. After the
    tenth no other is taken.
    """

    answer: SlugText
    step: Count


class SeenCorrection(AnswerModel):
    """One as source and officers see it: by the source's reference, never the citizen.

    `step`: how many answers were given, to be named in the next one; `answersBefore`:
    what each said but the last, the first first. `mayAnswer`: it waits for an answer,
    or the answer was told to nobody yet and is not the tenth.
    """

    id: Id
    reference: str
    kind: CorrectionKind
    reason: str
    reasonLabel: str
    signalSource: OinText
    signalReference: Id
    category: str
    categoryLabel: str
    municipality: Municipality
    receivedOn: Day
    dueOn: Day
    isLate: bool
    isRestricted: bool
    answer: str | None
    answerLabel: str | None
    answeredOn: Day | None
    answersBefore: Annotated[list[str], Field(max_length=MOST_ANSWERS - 1)]
    step: Count
    mayAnswer: bool


class OwnCorrection(SeenCorrection):
    """One as its source sees it.

    `standing`: the references of its own that stand now about this person and category:
    another than `signalReference` where an outbox was lost, none where it ended.
    """

    standing: list[Id]


class OfficerCorrection(SeenCorrection):
    """One as officers see it: which source, and whether it can be released.

    `restrictedSignals`: so many of that source are kept from lookups now, about this
    person and category; none where it was withdrawn, more where it came anew.
    """

    source: OinText
    organisation: str
    mayRelease: bool
    restrictedSignals: int


class CorrectionPage(AnswerModel):
    """A page of a municipality's, the newest first; `next` begins the following."""

    items: list[OfficerCorrection]
    next: Id | None


class OwnCorrectionPage(AnswerModel):
    """A page of a source's, the newest first; `answers`: what it can say of one."""

    items: list[OwnCorrection]
    next: Id | None
    answers: list[Choice]
