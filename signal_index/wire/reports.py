"""Reports: of a month without persons, and with persons where that was mandated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from signal_index.wire.choices import Choice
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.overview import DomainLabel, PeriodQuestion, SourceAndCategory
from signal_index.wire.persons import Account
from signal_index.wire.values import (
    AccountText,
    Count,
    Day,
    Id,
    Instant,
    RecordedOin,
    SlugText,
)

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
ReportForm = Literal["page", "csv", "pdf"]
Hidden = Annotated[
    Count | None,
    Field(
        description="null: hidden, because it is one to nine or because such a number "
        "would follow from it"
    ),
]


class GeneralReportQuestion(RequestModel):
    """A whole calendar month that is over, and the form in which it is made."""

    month: Month
    form: ReportForm


class ReportedDay(AnswerModel):
    """The lookups of one Dutch calendar day."""

    day: Day
    lookups: Hidden


class ReportedPurpose(AnswerModel):
    """The lookups with one purpose; null where they name none."""

    purpose: str | None
    label: str | None
    lookups: Hidden


class ReportedTeam(AnswerModel):
    """The lookups of one team; null where they name none."""

    team: str | None
    lookups: Hidden


class ReportedOrganisation(AnswerModel):
    """The lookups of one organisation, and of each of its teams."""

    organisation: RecordedOin
    organisationName: str
    lookups: Hidden
    teams: list[ReportedTeam]


class ReportedFollowUp(AnswerModel):
    """How often this came of a lookup; null: nobody said what came of it."""

    code: str | None
    label: str | None
    lookups: Hidden


class ReportedLookups(AnswerModel):
    """The lookups of a month; `followUp` is null until the whole month is settled."""

    total: Count
    users: Hidden
    hits: Hidden
    misses: Hidden
    refused: Hidden
    failed: Hidden
    offHours: Hidden
    breakGlass: Hidden
    repeated: Hidden
    days: list[ReportedDay]
    purposes: list[ReportedPurpose]
    organisations: list[ReportedOrganisation]
    followUp: list[ReportedFollowUp] | None


class ReportedSource(SourceAndCategory):
    """The active signals of one source in one category, and how long they are open."""

    active: Hidden
    medianDaysOpen: Hidden


class ReportedDomain(DomainLabel):
    """The active signals in one life domain, and how long they are open."""

    active: Hidden
    medianDaysOpen: Hidden


class ReportedStock(AnswerModel):
    """The signals that stood in the index at the end of the month."""

    day: Day
    active: Count
    sources: list[ReportedSource]
    domains: list[ReportedDomain]


class GeneralReport(AnswerModel):
    """A whole month without persons; small numbers are hidden, and cannot be derived.

    `lookups` or `stock` is null where there were one to nine in all, or where no stock
    was kept. A hidden number is below `hiddenBelow`, or one such would follow from it.
    """

    month: Month
    countedUntil: Instant | None
    hiddenBelow: int
    lookups: ReportedLookups | None
    stock: ReportedStock | None


class SpecificReportQuestion(PeriodQuestion):
    """A report with persons is asked: a period of at most 92 days, and why.

    `reason` is the id of an officer's purpose. Never about a person who was looked up.
    Its members are what is kept sealed, hashed and approved.
    """

    longest_days = 92

    reason: SlugText
    user: AccountText | None = None


class SpecificReport(AnswerModel):
    """A report with persons that was asked for, and where it stands.

    `digest`: the SHA-256 of what was asked, which the second person approves.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    id: Id
    from_: Day = Field(alias="from")
    until: Day
    reason: str
    reasonLabel: str
    organisation: RecordedOin | None
    organisationName: str | None
    team: str | None
    user: str | None
    purpose: str | None
    purposeLabel: str | None
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    requestedBy: Account
    requestedAt: Instant
    own: bool
    state: Literal["open", "approved", "refused", "withdrawn", "expired", "over"]
    decidedBy: Account | None
    decidedAt: Instant | None
    availableUntil: Instant | None
    available: bool


class SpecificReports(AnswerModel):
    """The newest requests, and until which day the caller has a mandate to ask."""

    mandateUntil: Day | None
    items: list[SpecificReport]
    leftOff: int = Field(default=0, ge=0, description="Zoveel oudere staan er niet bij")


class SpecificReportPageQuestion(RequestModel):
    """The form in which a report is given, and after which entry the page begins."""

    form: ReportForm
    after: Id | None = None


class SpecificReportLookup(AnswerModel):
    """One lookup of one person.

    `person` is a code that stands for one citizen within this report, and in no other;
    `followUp` is what came of its flags, in their order.
    """

    entryId: Id
    at: Instant
    offHours: bool
    organisation: RecordedOin
    organisationName: str
    sub: str | None
    team: str | None
    person: str | None
    repeated: bool
    purpose: str | None
    purposeLabel: str | None
    informed: str | None
    breakGlass: str | None
    outcome: str | None
    flags: Count
    followUp: list[Choice]


class SpecificReportPage(AnswerModel):
    """A page of a report, the oldest first; it may be short while there is a `next`."""

    request: SpecificReport
    items: list[SpecificReportLookup]
    next: Id | None
