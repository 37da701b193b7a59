"""What a citizen sees of themselves: who looked, who signalled, what they disputed.

It holds no employee, no count of what was left out, and nothing that tells whether
anything was.
"""

from __future__ import annotations

from typing import Literal

from signal_index.wire.corrections import CorrectionKind
from signal_index.wire.lookups import FlagContact
from signal_index.wire.model import AnswerModel
from signal_index.wire.persons import NamedPerson
from signal_index.wire.values import Day, Id, Instant, OinText


class ShownSignal(AnswerModel):
    """One flag that an answer showed."""

    category: str
    categoryLabel: str
    organisation: str


class _ReportedShowing(AnswerModel):
    entryId: Id
    at: Instant
    organisation: str
    purpose: str
    purposeLabel: str
    purposeText: str | None
    legalBasis: str | None
    outcome: Literal["answered", "refused", "failed", "unreadable"]
    shown: list[ShownSignal]
    proof: str | None


class ReportedLookup(_ReportedShowing):
    """That an organisation looked: when, why, what was shown, and its proof.

    `proof` is null until the tree that holds the entry is signed, and where the entry
    is `unreadable`: its row was altered.
    """

    informed: str | None
    breakGlass: str | None
    repeat: bool


class ReportedMatch(_ReportedShowing):
    """That two organisations were told of each other; nobody looked.

    `organisation` holds both names, `shown` the signal of each.
    """


class ReportedCheck(AnswerModel):
    """That an officer checked, somebody followed the case, or the citizen looked here.

    When, and no more.
    """

    entryId: Id
    at: Instant
    organisation: str
    kind: Literal[
        "search",
        "citizen-report",
        "own-view",
        "follow-begun",
        "follow-taken-over",
        "follow-ended",
        "follow-unreadable",
    ]
    proof: str | None


class ReportedFollow(AnswerModel):
    """That an organisation follows the case now, and until when; not which employee."""

    organisation: str
    until: Day


class ReportedSignal(AnswerModel):
    """A signal about the citizen, whether or not a lookup would show it today.

    `contact` is null as `contactHolder` in `Flag`.
    """

    source: OinText
    reference: Id
    category: str
    categoryLabel: str
    categoryText: str | None
    organisation: str
    state: Literal["active", "ended", "restricted"]
    since: Day
    expires: Day
    endedOn: Day | None
    informed: str | None
    informedOn: Day
    contact: FlagContact | None
    isDisputed: bool
    takenOverFrom: str | None = None
    takenOverOn: Day | None = None


class ReportedCorrection(AnswerModel):
    """What the citizen said, until when it is answered, and what came of it."""

    reference: str
    category: str
    categoryLabel: str
    organisation: str
    kind: CorrectionKind
    reasonText: str
    receivedOn: Day
    dueOn: Day
    isRestricted: bool
    answerText: str | None
    answeredOn: Day | None


ReportedEntry = ReportedLookup | ReportedMatch | ReportedCheck
"""A line of the report that is an entry of the ledger, and has a proof."""


class OwnData(AnswerModel):
    """What one citizen may see, the newest first; recorded as entry `reportId`."""

    reportId: Id
    madeAt: Instant
    organisation: str
    firstYear: int
    ledgerOrigin: str
    lookups: list[ReportedLookup]
    matches: list[ReportedMatch]
    checks: list[ReportedCheck]
    follows: list[ReportedFollow]
    hasMore: bool
    signals: list[ReportedSignal]
    corrections: list[ReportedCorrection]


class CitizenReport(OwnData):
    """The same as an officer gives it, in answer to a request for access."""

    reference: str
    receivedOn: Day


class OwnView(OwnData):
    """The same as a citizen sees it who logged in; padded to whole steps of bytes."""

    padding: str


class OwnViewAsked(NamedPerson):
    """Whom the page for citizens asks about: who logged in there, and how surely.

    The tickets are of two key holders, for act `own-view` and this person alone.
    """

    login: Literal["substantial", "high"]
