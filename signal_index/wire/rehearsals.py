"""A rehearsal: twenty named cases that a source runs at the index before it is live.

The source says under which references it is going to publish official test persons,
runs the cases, withdraws all of it, and hands in what came of each case.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, model_validator

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Count, Id, Instant, Label, OinText, SlugText


class RehearsalCase(StrEnum):
    """What is tried; in this order."""

    SOURCE_IN_TRIAL = "source-in-trial"
    CONTACT_ACCEPTED = "contact-accepted"
    CONTACT_REFUSED = "contact-refused"
    SIGNAL_PUBLISHED = "signal-published"
    SECOND_SIGNAL = "second-signal"
    SAME_BATCH_AGAIN = "same-batch-again"
    CONTACT_CHANGED = "contact-changed"
    END_CHANGED = "end-changed"
    PERSON_CORRECTED = "person-corrected"
    UNKNOWN_CATEGORY = "unknown-category"
    UNKNOWN_MUNICIPALITY = "unknown-municipality"
    ONE_WRONG_ITEM = "one-wrong-item"
    OTHER_KEY_VERSION = "other-key-version"
    FOREIGN_SIGNATURE = "foreign-signature"
    DELIVERY_AHEAD = "delivery-ahead"
    DELIVERY_CLOSED = "delivery-closed"
    INDEX_HOLDS_THEM = "index-holds-them"
    UNKNOWN_WITHDRAWAL = "unknown-withdrawal"
    ALL_WITHDRAWN = "all-withdrawn"
    LATE_COPY = "late-copy"


REHEARSED_SIGNALS: Final = 3
REHEARSED_FUNCTION: Final = Label("Oefening, niet bellen")
"""What the contact holders of a rehearsal are called, and nobody else is."""
"""How many signals the cases publish; the index must have seen them end."""
MOST_REFERENCES: Final = 64


class NewRehearsal(RequestModel):
    """A source begins: under which references it publishes test persons, and no other.

    What still stands under them when it ends is erased, also by going live. Closing
    `delivery` does not make the source one that was heard.
    """

    rehearsal: Id
    source: OinText
    delivery: Id
    references: Annotated[
        list[Id], Field(min_length=REHEARSED_SIGNALS, max_length=MOST_REFERENCES)
    ]


class RehearsalOpened(AnswerModel):
    """It has begun. `erased`: what an earlier one had left behind."""

    rehearsal: Id
    erased: Count


class CaseResult(RequestModel):
    """What came of one case; `seen` is a code, such as that of a refusal."""

    case: Annotated[RehearsalCase, Field(strict=False)]
    passed: bool
    seen: SlugText


class RehearsalResult(RequestModel):
    """What came of each of the cases."""

    cases: Annotated[
        list[CaseResult],
        Field(min_length=len(RehearsalCase), max_length=len(RehearsalCase)),
    ]

    @model_validator(mode="after")
    def _each_case_once(self) -> RehearsalResult:
        if {one.case for one in self.cases} != set(RehearsalCase):
            raise InvalidField("cases", "doubled")
        return self


class RehearsalRecorded(AnswerModel):
    """What stands recorded: whether all passed, and what the index itself saw of it.

    `ended`: signals of this rehearsal that were published and are gone. `erased`: those
    that the source had left, which is a fault.
    """

    passed: bool
    ended: Count
    erased: Count
    entryId: Id


class Lack(StrEnum):
    """What stands in the way of going live."""

    NOT_REHEARSED = "not-rehearsed"
    REHEARSAL_FAILED = "rehearsal-failed"
    REHEARSAL_OLD = "rehearsal-old"
    KEYS_CHANGED = "keys-changed"


class LastRehearsal(AnswerModel):
    """The newest rehearsal that ended."""

    closedAt: Instant
    passed: bool
    failed: list[str]
