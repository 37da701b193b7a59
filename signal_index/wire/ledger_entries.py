"""Entries of the ledger as an officer sees them: never about whom."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, JsonValue

from signal_index.wire.choices import Choice
from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Content, Count, Id, Instant, Number, RecordedOin

EntryKind = Literal[
    "lookup",
    "publication",
    "withdrawal",
    "delivery",
    "administration",
    "establishment",
    "policy",
    "key",
    "erasure",
    "outcome",
    "print",
    "ticket-refused",
    "own-history",
    "search",
    "report",
    "access-request",
    "citizen-report",
    "own-view",
    "own-wish",
    "review",
    "approval",
    "correction",
    "embargo",
    "completeness",
    "witness",
    "person-event",
    "reconciliation",
    "rehearsal",
    "notice",
    "follow",
    "match",
]
"""What sort of act an entry records: `signal_index.proof.Kind` without first leaves."""
ToldKind = Annotated[str, Field(json_schema_extra={"enum": [*get_args(EntryKind)]})]
"""A kind in an answer: a reader that is older than the index shows one that it does not
know by its code, and loses no page over it."""


class EntryLine(AnswerModel):
    """An entry as a list shows it; a code that nothing names any more is its label.

    `contactOutcomes` is what came of the flags, in their order. Of what was erased, or
    cannot be read, there is the header alone.
    """

    entryId: Id
    at: Instant
    kind: ToldKind
    organisation: RecordedOin | None
    organisationName: str | None
    user: str | None
    team: str | None
    purpose: str | None
    purposeLabel: str | None
    outcome: Literal["answered", "refused", "failed", "recorded"]
    grounds: list[str]
    repeat: bool
    breakGlass: str | None
    flagCount: Count | None
    contactOutcomes: list[str]
    content: Content


class ShownCategory(AnswerModel):
    """A flag that an answer showed: which category, which source, what came of it.

    `takenBack`: something was said of it once, and counts no more.
    """

    category: str
    categoryLabel: str
    source: str
    sourceName: str
    contactOutcome: str | None
    takenBack: bool


class EntryPlace(AnswerModel):
    """A leaf's place in a calendar year's tree, counted from 0."""

    year: Number
    position: Count
    isSigned: bool


class LedgerEntry(EntryLine):
    """An entry with all that an officer may see of it.

    `groundTexts` are the sentences of the rules as they are now; `said` is what the act
    itself recorded; `place` is null until the entry stands in a tree.
    """

    roles: list[str]
    legalBasis: str | None
    legalBasisLabel: str | None
    hasCaseReference: bool
    informed: str | None
    informedLabel: str | None
    breakGlassLabel: str | None
    groundTexts: list[str]
    activity: str
    policy: str | None
    permitted: list[Choice]
    shown: list[ShownCategory]
    said: dict[str, JsonValue]
    place: EntryPlace | None
