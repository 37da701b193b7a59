"""Completeness: the report of a judged day, what was found, and closing it.

- An alarm is something that cannot happen while all parties do as they should. A
  finding happens in good faith too (a closed tab); a person closes it with a reason.
- A finding names organisation, user and entry, never a person who was asked about: the
  groups that tell of one are not among what reconciling reads.
- A report is read strictly: it comes from a file that a person chose. Nothing in it is
  believed beyond its form; whoever sends it is recorded with it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, Self, get_args
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from keys.restoration import RestoredBecause
from keys.security.rules import RuleId
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.persons import Account
from signal_index.wire.values import (
    Count,
    Day,
    Encoded32,
    Id,
    Instant,
    RecordedOin,
    unfit,
)

REPORT_FORMAT: Final = "signal-index/reconciliation/1"
MOST_ABANDONED: Final = 50
MOST_FINDINGS: Final = 5_000
MOST_ALARMS: Final = 200

FindingState = Literal["open", "all"]
ClosingReason = Literal["explained", "technical-fault", "test", "passed-on", "incident"]
CLOSING_REASONS: Final[tuple[ClosingReason, ...]] = get_args(ClosingReason)

_LAX: Final = Field(strict=False)
_Text = Annotated[str, Field(min_length=1, max_length=256)]
_Texts = Annotated[list[_Text], Field(max_length=MOST_FINDINGS)]


class Weight(StrEnum):
    """How a finding is to be taken."""

    ALARM = "alarm"
    FINDING = "finding"


class Misfit(StrEnum):
    """All that reconciling can find, and what the index finds of its own rows."""

    TICKET_NOT_STATED = "ticket-not-stated"
    HOLDER_RESTORED = "holder-restored"
    RESTORED_CONTRADICTED = "restored-contradicted"
    RESTORED_LONG = "restored-long"
    RESTORED_AGAIN = "restored-again"
    TICKET_DIFFERS = "ticket-differs"
    TICKET_STATED_TWICE = "ticket-stated-twice"
    ISSUERS_NOT_TWO = "issuers-not-two"
    ANSWERED_TWICE = "answered-twice"
    POSITION_MISSING = "position-missing"
    REPEAT_WITHOUT_ANSWER = "repeat-without-answer"
    OPENED_WITHOUT_LEAF = "opened-without-leaf"
    RECEIPT_WITHOUT_ENTRY = "receipt-without-entry"
    ENTRY_CLOSED = "entry-closed"
    ENTRY_WITHOUT_RECEIPT = "entry-without-receipt"
    ENTRY_ALTERED = "entry-altered"
    ABANDONED_USER = "abandoned-user"
    ABANDONED_ORGANISATION = "abandoned-organisation"

    @property
    def weight(self) -> Weight:
        """Tell whether this can happen in good faith."""
        return Weight.FINDING if self in _IN_GOOD_FAITH else Weight.ALARM


_IN_GOOD_FAITH = frozenset(
    {
        Misfit.HOLDER_RESTORED,
        Misfit.ENTRY_CLOSED,
        Misfit.ENTRY_WITHOUT_RECEIPT,
        Misfit.ABANDONED_USER,
        Misfit.ABANDONED_ORGANISATION,
    }
)


class AbandonedRequests(RequestModel):
    """Requests of the caller's own that never came to an answer."""

    reqs: Annotated[list[Encoded32], Field(min_length=1, max_length=MOST_ABANDONED)]


class HolderGap(RequestModel):
    """What a key holder says that its record lacks, since a backup was put back."""

    holder: _Text
    since: Instant
    until: Instant
    because: RestoredBecause


class _Found(RequestModel):
    """What every finding says; members that do not apply are null.

    `count` of `total` requests have no entry; `reported` of them were reported by the
    client that asked. Of a `gap`: `count` tickets of the day were lost in it.
    """

    organisation: RecordedOin | None
    user: _Text | None
    entryId: Id | None
    req: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,64}$")] | None
    count: Count | None
    total: Count | None
    reported: Count | None
    gap: HolderGap | None


class ReconciledFinding(_Found):
    """One thing that does not fit; `weight` is that of the code: another is refused."""

    code: Annotated[Misfit, Field(strict=False)]
    weight: Annotated[Weight, Field(strict=False)]

    @classmethod
    def of(
        cls,
        code: Misfit,
        *,
        organisation: str | None = None,
        user: str | None = None,
        entry: UUID | None = None,
        req: str | None = None,
        count: int | None = None,
        total: int | None = None,
        reported: int | None = None,
        gap: HolderGap | None = None,
    ) -> Self:
        """Make a finding, with the weight of its code."""
        return cls(
            code=code,
            weight=code.weight,
            organisation=organisation,
            user=user,
            entryId=entry,
            req=req,
            count=count,
            total=total,
            reported=reported,
            gap=gap,
        )

    @field_validator("weight")
    @classmethod
    def _is_that_of_its_code(cls, weight: Weight, info: ValidationInfo) -> Weight:
        code = info.data.get("code")
        if code is not None and weight is not code.weight:
            raise unfit("does-not-match")
        return weight


class JudgedDay(RequestModel):
    """How much was judged, and what was left open."""

    entries: Count
    requests: Count
    receipts: Count
    stillOpen: Count


class JudgedReport(RequestModel):
    """A judged day, as `signal-index reconcile` writes it: however much it found."""

    format: Literal["signal-index/reconciliation/1"]
    day: Day
    origin: _Text
    holders: _Texts
    organisations: _Texts
    judged: JudgedDay
    findings: list[ReconciledFinding]


class ReconciliationReport(JudgedReport):
    """The report of a judged day, as the index takes it in."""

    findings: Annotated[list[ReconciledFinding], Field(max_length=MOST_FINDINGS)]


class FindingClosing(RequestModel):
    """Why a finding needs no more attention, or where it went."""

    reason: ClosingReason


class ReportTaken(AnswerModel):
    """The day of a report that was taken in, and how many of its findings are new."""

    day: Day
    new: Count


class CompletenessFinding(_Found):
    """A finding as it stands; to whom it is about it is not shown.

    Of a reconciled day, or an alarm about what an account did (`RuleId`): then `count`
    is how many persons, or refusals, in one window, and `entryId` the last of its acts.
    """

    model_config = ConfigDict(extra="ignore")

    code: Annotated[Misfit, _LAX] | Annotated[RuleId, _LAX]
    weight: Annotated[Weight, Field(strict=False)]
    id: Id
    day: Day
    organisationName: str | None
    foundAt: Instant
    closedAt: Instant | None
    closedBy: Account | None
    reason: ClosingReason | None


class ReconciledDay(AnswerModel):
    """A day whose report was taken, and what it counted."""

    day: Day
    entries: Count
    requests: Count
    receipts: Count
    alarms: Count
    findings: Count
    takenAt: Instant


class OpenFindings(AnswerModel):
    """How many findings are open, by weight."""

    alarm: Count
    finding: Count


class Completeness(AnswerModel):
    """What was judged and found; all alarms come with the first page."""

    days: list[ReconciledDay]
    open: OpenFindings
    alarms: Annotated[list[CompletenessFinding], Field(max_length=MOST_ALARMS)]
    items: list[CompletenessFinding]
    next: Id | None
