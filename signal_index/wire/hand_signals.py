"""Signals that a person gives by hand, at the desk of an organisation without export.

What is signed, and what travels beside it, is that of any notice
(`signal_index.wire.signals`); who gives it is a person, whose name the entry holds.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from signal_index.wire.choices import Choice
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.signals import NoticeBody, OwnPlace, StandingSignal
from signal_index.wire.values import Count, Day, Id, OinText

MOST_PASSED = 500
"""How many signals pass to a colleague at once."""

References = Annotated[list[Id], Field(min_length=1, max_length=MOST_PASSED)]


class HandPlace(OwnPlace):
    """A kind of signal that the caller may give by hand, and what it asks for.

    `latestEnd`: the last day until which one given or confirmed today may show.
    `shownAfterEnd`: for how many months at most others still see that there was contact
    once it has ended; 0 where it is erased then.
    """

    latestEnd: Day
    shownAfterEnd: Count
    informed: list[Choice]


class HandContact(AnswerModel):
    """A contact holder of the own organisation, by which people know it."""

    id: Id
    function: str
    name: str | None
    phone: str


class HandNoticeBody(NoticeBody):
    """A single notice that a person gives.

    `beside`: what the own organisation has standing of the same citizen and kind, by
    its references, where both are to stand: those that a 409 told.
    """

    beside: Annotated[list[Id], Field(max_length=MOST_PASSED)] = Field(
        default_factory=list
    )


class HandSignalOptions(AnswerModel):
    """What a person may signal by hand; no place where nothing is open."""

    source: OinText
    places: list[HandPlace]
    contacts: list[HandContact]


class HandSignal(StandingSignal):
    """A signal that somebody of the own organisation gave by hand, as it stands.

    `confirmBy`: the day on which half a year has passed since somebody said that it
    still holds.
    """

    confirmBy: Day


class HandSignals(AnswerModel):
    """A page of them, as `OwnSignals`."""

    items: list[HandSignal]
    unreadable: list[Id] = Field(default_factory=list)
    next: Id | None


class HandConfirmation(RequestModel):
    """That a signal still holds; perhaps until a later day than was said before."""

    validUntil: Day | None = Field(
        default=None, description="Tot en met welke dag; zonder blijft die gelijk"
    )


class HandSignalsOffered(RequestModel):
    """Which signals by hand a colleague may take over."""

    references: References


class HandSignalOffer(AnswerModel):
    """The entry that says so: what is taken over is held against it, for a week."""

    entryId: Id
    until: Day


class HandSignalsTaken(RequestModel):
    """Take over signals that a colleague offered; all of them, or what still stands.

    `contactHolder`: whom others call about them from now on; null leaves each as it is.
    """

    offer: Id
    references: References
    contactHolder: Id | None = None
