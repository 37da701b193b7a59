"""What comes back to a source: that its flag was seen, what came of it, what is due.

- Every kind speaks of a signal by the source's own reference alone.
- `cover` says nothing: it is there so that nobody can count what does. Acknowledge it
  like the others.
- Nothing of any other organisation's signals is in it, nor that there are any.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, StringConstraints

from signal_index.wire.lookups import FlagContact
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Content,
    Count,
    Day,
    Id,
    Instant,
    Municipality,
    OinText,
)

ReturnKind = Literal[
    "cover",
    "looked-up",
    "outcome",
    "correction",
    "objection",
    "contact-stale-soon",
    "signal-expires-soon",
    "match",
    "succession",
]
"""What a notice tells: `signal_index.returning.NoticeKind`."""
ToldReturnKind = Annotated[
    str, Field(json_schema_extra={"enum": [*get_args(ReturnKind)]})
]
"""A kind in an answer: an older reader shows one that it does not know, and goes on."""

NoticesAsked = Literal["new", "all"]
HowSettled = Literal[
    "answered",
    "confirmed",
    "unused",
    "prolonged",
    "ended",
    "goes-on",
    "passed-on",
    "lead-taken",
    "agreed",
    "not-agreed",
    "done",
]
ToldHow = Annotated[str, Field(json_schema_extra={"enum": [*get_args(HowSettled)]})]
"""What was done, in an answer: an older reader says of one it does not know no more."""

SEALED_CASE_LENGTH: Final = 126
"""Characters of a sealed case name (base64url): always the same."""
MOST_CASES: Final = 1_000
"""Of how many cases of one notice the names are taken: of one act of succession."""
MOST_SEEN: Final = 1_000
"""Of how many notices that were seen a count is told at most."""
SealedCase = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9_-]+$",
        min_length=SEALED_CASE_LENGTH,
        max_length=SEALED_CASE_LENGTH,
    ),
]


class NoticedSignal(AnswerModel):
    """A signal of the source; `case` as its own machine sealed it for its desk."""

    reference: Id
    case: str | None


class Looker(AnswerModel):
    """Who looked: organisation and team, for which purpose, when.

    `own`: it was the person who reads this, whom it tells nothing.
    """

    organisation: str
    team: str | None
    purpose: str
    purposeLabel: str
    at: Instant
    own: bool = False


class Settled(AnswerModel):
    """What was done with what a notice asks for, so that it asks nothing any more.

    `answered` a correction (`label` says how); `confirmed` a contact holder, or
    `unused`: no signal names it any more; a signal `prolonged` (`on` is its new last
    day), `ended` or `passed-on`; of one that the citizen says has ended `goes-on`; of a
    match `lead-taken`, `agreed`, `not-agreed` or `done`. `on`: when, where that is
    known; `by`: which organisation.
    """

    how: ToldHow
    on: Day | None
    by: str | None
    label: str | None


class ReturnNotice(AnswerModel):
    """One notice. `madeIn` is the hour; members that its kind lacks are null.

    `saidAt`: when an outcome was said, or signals passed on. A later outcome of the
    same lookup and the same signals takes its place, and one whose `outcome` is null
    takes back what was said.

    `content` is of the entry that says who looked: without it `lookedUp` is null.

    `facts` are the short facts of kinds that other acts make: codes, days, ids. A
    succession says in `signals` how many passed on; a notice names at most a thousand.
    `settled`: as it stands when the notice is read; null where it still waits for
    somebody, or asked nothing.

    `callBack`: whom to call about it, as that organisation signed it: who looked, or
    where signals passed on the other one. A desk gives null for what does not hold.
    """

    id: Id
    kind: ToldReturnKind
    source: OinText
    municipality: Municipality
    madeIn: Instant
    expires: Day
    acknowledged: bool
    signals: list[NoticedSignal]
    lookedUp: Looker | None
    content: Content = "readable"
    outcome: str | None
    outcomeLabel: str | None
    saidAt: Instant | None = None
    callBack: FlagContact | None = None
    facts: dict[str, str]
    settled: Settled | None = None


class ReturnNotices(AnswerModel):
    """A page of notices; `next` begins the following page, `padding` rounds its length.

    `unreadable`: how many stand on this page that the index cannot open.
    """

    items: list[ReturnNotice]
    next: Id | None
    unreadable: Count
    padding: str


class WhatWasSeen(RequestModel):
    """From which hour on notices are counted, and which of them somebody has seen."""

    since: Instant
    seen: Annotated[list[Id], Field(max_length=MOST_SEEN)]


class UnreadNotices(AnswerModel):
    """How many say something that was not seen; `padding` gives all one length.

    None of them is handed out by it: one may yet become a cover.
    """

    count: Count
    padding: str


class CaseName(RequestModel):
    """How the source calls the case of a signal, sealed by its machine for its desk."""

    reference: Id
    sealed: SealedCase


class Acknowledged(RequestModel):
    """A notice that arrived at its source."""

    id: Id
    cases: Annotated[list[CaseName], Field(max_length=MOST_CASES, default_factory=list)]


class Acknowledgements(RequestModel):
    """Notices that arrived; what is not there any more is passed over."""

    notices: Annotated[list[Acknowledged], Field(min_length=1, max_length=1_000)]


class AcknowledgedCount(AnswerModel):
    """How many notices were noted as arrived."""

    acknowledged: Count
