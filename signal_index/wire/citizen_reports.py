"""What a citizen sees of themselves: who looked, who signalled, what they disputed.

It holds no employee, no count of what was left out, and nothing that tells whether
anything was.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from signal_index.wire.citizen_options import DisputeChoice
from signal_index.wire.corrections import CorrectionKind
from signal_index.wire.lookups import FlagContact
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.persons import NamedPerson
from signal_index.wire.values import (
    Day,
    Encoded32,
    Id,
    Instant,
    MessageToken,
    OinText,
    SealedWhose,
    SlugText,
)

MOST_LINES: Final = 500
"""More than anybody is looked up in five years; a report with more says so."""


class ShownSignal(AnswerModel):
    """One flag that an answer showed."""

    category: str
    categoryLabel: str
    organisation: str


class ReportedReview(AnswerModel):
    """Whether a lookup was in order, as officers judged it; their second look is over.

    `verdict` and `judgedOn` are null until then. `askedOn`: when the citizen asked for
    it, who hears by `dueOn`.
    """

    verdict: Literal["in-order", "not-in-order"] | None
    judgedOn: Day | None
    askedOn: Day | None
    dueOn: Day | None


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
    """That an organisation looked: when, in which roles, why, what was shown.

    `roles`: those of who looked that let people look up. `team`: theirs, where the
    municipality's policy tells citizens of teams. `review`: whether it was checked;
    null until it is, unless the citizen asked for it.

    `proof` is null until the tree that holds the entry is signed, where the entry is
    `unreadable` (its row was altered), and in an own view: there it is asked for.
    """

    roles: list[str]
    team: str | None
    informed: str | None
    breakGlass: str | None
    repeat: bool
    review: ReportedReview | None


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
        "own-wish-message-begun",
        "own-wish-message-ended",
        "own-wish-unreadable",
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
    """What one citizen may see, the newest first; recorded as entry `reportId`.

    `missing`: of how many entries about them nothing tells them any more.
    """

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
    missing: int
    signals: list[ReportedSignal]
    corrections: list[ReportedCorrection]


class CitizenReport(OwnData):
    """The same as an officer gives it, in answer to a request for access."""

    reference: str
    receivedOn: Day


class ViewMark(AnswerModel):
    """What lets the page speak of one thing that it was shown, for an hour.

    `about`: the entry of a line, or the reference of a signal.
    """

    about: Id
    mark: Encoded32


class OwnView(OwnData):
    """The same as a citizen sees it who logged in; padded to whole steps of bytes.

    `reasons`: why a signal can be disputed, in the words in which it is told back.
    `whose`: by which the page says within the hour what this citizen wishes.
    `messageNames`: by which it finds where messages to them go, if it keeps that.
    """

    reasons: list[DisputeChoice]
    marks: list[ViewMark]
    whose: SealedWhose
    messageNames: list[Encoded32]
    padding: str


class OwnViewAsked(NamedPerson):
    """Whom the page for citizens asks about: who logged in there, and how surely.

    The tickets are of two key holders, for act `own-view` and this person alone.
    """

    login: Literal["substantial", "high"]


class OwnDispute(RequestModel):
    """What a citizen says of a signal in the view that they read, made at `madeAt`."""

    madeAt: Instant
    source: OinText
    signalReference: Id
    reason: SlugText
    mark: Encoded32


class OwnQuestion(RequestModel):
    """That a citizen asks to have a lookup checked, of the view that they read."""

    madeAt: Instant
    entryId: Id
    mark: Encoded32


class MarkedEntry(RequestModel):
    """A line of a view that is an entry, by the mark that the view gave it."""

    about: Id
    mark: Encoded32


class OwnProofsAsked(RequestModel):
    """The lines of the view that a citizen reads, made at `madeAt`, to be proven."""

    madeAt: Instant
    lines: list[MarkedEntry] = Field(min_length=1, max_length=MOST_LINES)


class OwnProof(AnswerModel):
    """The proof of one line; null until the tree that holds the entry is signed."""

    entryId: Id
    proof: str | None


class OwnProofs(AnswerModel):
    """The proofs of lines, in the order asked; padded to whole steps of bytes."""

    proofs: list[OwnProof]
    padding: str


class OwnWish(RequestModel):
    """What whose view this is, made at `madeAt`, wishes: the path says what."""

    madeAt: Instant
    whose: SealedWhose


class OwnMessage(AnswerModel):
    """By what the page asks whether a message is due, until which day."""

    token: MessageToken
    until: Day


class MessagesAsked(RequestModel):
    """The tokens that a page keeps, and the day that it asks about: it is over."""

    day: Day
    tokens: list[MessageToken] = Field(min_length=1, max_length=MOST_LINES)


class MessageDue(AnswerModel):
    """Whether somebody looked on that day, and the name of its citizen by now.

    `name` is null of a token that says nothing any more: let it go.
    """

    isDue: bool
    name: Encoded32 | None


class MessagesDue(AnswerModel):
    """One answer for each token, in the order asked; padded to whole steps of bytes."""

    items: list[MessageDue]
    padding: str
