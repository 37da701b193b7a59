"""What a person may ask for in a municipality, in words for the screen."""

from __future__ import annotations

from signal_index.wire.choices import Choice
from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Count, Day, Municipality


class OfferedBasis(AnswerModel):
    """A legal basis on which a purpose may rest."""

    id: str
    label: str


class OfferedCategory(AnswerModel):
    """A category that a purpose shows, and the life domains that it belongs to.

    `short` is its name within a sentence; `coordinates`: who tells of it coordinates
    what the others do, and is the first to call. `stopped`: a source that told of it
    takes part no more; whether another does, `told` says: that somebody who takes part
    tells of it, of whom an answer would speak.
    """

    id: str
    label: str
    short: str
    lifeDomains: list[str]
    coordinates: bool
    stopped: bool
    told: bool


class OfferedPurpose(AnswerModel):
    """A purpose that is open to the caller: what it shows and what it needs.

    `beyond`: the kinds, by their `short`, that it does not show and of which somebody
    who takes part tells: an answer without flags says nothing of those.
    `aboutSafety`: who is asked about may be in danger when somebody reads along.
    """

    id: str
    label: str
    text: str
    scope: str
    legalBases: list[OfferedBasis]
    categories: list[OfferedCategory]
    beyond: list[str]
    lookBackMonths: int
    needsCaseReference: bool
    needsInformed: bool
    informedCodes: list[Choice]
    exceptions: list[Choice]
    breakGlassReasons: list[Choice]
    aboutSafety: bool


class OfferedReasons(AnswerModel):
    """For which reasons the glass may be broken."""

    reasons: list[Choice]


class Catalogue(AnswerModel):
    """The purposes open to the caller, and the lists that a form needs.

    `openQuestions`: how many of the caller's own lookups wait for an explanation.
    `openCalls`: at how many flags that they saw today nobody was reached yet.
    `closedDays`: the public holidays of a year from today, on which no contact holder
    has office hours.
    """

    municipality: Municipality
    openQuestions: Count
    openCalls: Count
    purposes: list[OfferedPurpose]
    lifeDomains: list[Choice]
    outcomes: list[Choice]
    breakGlass: OfferedReasons
    closedDays: list[Day]
