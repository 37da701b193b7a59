"""What was looked up in a period: the question, and exact counts for a screen.

Nothing here is protected: it is for an officer's own screen. What leaves the desk is a
report (`signal_index.wire.reports`).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from signal_index.wire.choices import OrganisationName
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Count,
    Day,
    Instant,
    LabelText,
    OinText,
    RecordedOin,
    SlugText,
    unfit,
)


class LookupFilter(RequestModel):
    """Whose lookups, and with which purpose; what is absent or null keeps all."""

    organisation: OinText | None = None
    team: LabelText | None = None
    purpose: SlugText | None = None


class PeriodQuestion(LookupFilter):
    """Lookups of a period; both days are in it."""

    model_config = ConfigDict(serialize_by_alias=True)
    longest_days: ClassVar[int]

    from_: Day = Field(alias="from")
    until: Day

    @field_validator("until")
    @classmethod
    def _lasts(cls, until: Day, info: ValidationInfo) -> Day:
        first: Day | None = info.data.get("from_")
        if first is not None and until < first:
            raise unfit("before-start")
        if first is not None and (until - first).days >= cls.longest_days:
            raise unfit("period-too-long")
        return until


class OverviewQuestion(PeriodQuestion):
    """A period of at most 366 days; both days are in it."""

    longest_days = 366


class LookupCounts(AnswerModel):
    """How many lookups, and how many of them were what."""

    lookups: Count
    hits: Count
    misses: Count
    refused: Count
    offHours: Count
    breakGlass: Count


class DayCounts(LookupCounts):
    """The lookups of one Dutch calendar day."""

    day: Day


class TotalCounts(LookupCounts):
    """The lookups of the whole period, and how many users made them.

    `repeated`: somebody was shown the same person shortly before. `retries` are second
    entries of a lookup that was answered again, which nothing else counts.
    """

    failed: Count
    repeated: Count
    retries: Count
    users: Count


class PurposeCounts(LookupCounts):
    """The lookups with one purpose; null where they name none."""

    purpose: str | None
    label: str | None


class TeamCounts(LookupCounts):
    """The lookups of one team of an organisation; null where they name none."""

    organisation: RecordedOin
    organisationName: str
    team: str | None


class FollowUpCount(AnswerModel):
    """How often users said that this came of a lookup, and of a flag."""

    code: str
    label: str
    lookups: Count
    flags: Count


class FollowUpCounts(AnswerModel):
    """What came of lookups that showed a flag, and of their flags; of settled days.

    A day is settled when nobody can say anything more of it (after two weeks). A lookup
    counts once: where different things came of its flags, under the one that stands
    first in the catalogue. `missing`: nobody said anything of any of its flags.
    """

    asked: Count
    missing: Count
    flags: Count
    flagsMissing: Count
    said: list[FollowUpCount]


class UserCounts(AnswerModel):
    """One user beside the median of the peers."""

    organisation: RecordedOin
    organisationName: str
    sub: str
    team: str | None
    lookups: Count
    peersMedian: float
    offHours: Count
    refused: Count
    breakGlass: Count
    repeated: Count
    standsOut: bool


class SourceAndCategory(AnswerModel):
    """Whose signals, and of which category."""

    source: RecordedOin
    sourceName: str
    category: str
    label: str


class DomainLabel(AnswerModel):
    """One life domain of the catalogue."""

    domain: str
    label: str


class SourceStock(SourceAndCategory):
    """The active signals of one source in one category, and how long they are open."""

    active: Count
    medianDaysOpen: Count | None


class DomainStock(DomainLabel):
    """The active signals in one life domain, and how long they are open."""

    active: Count
    medianDaysOpen: Count | None


class OverviewStock(AnswerModel):
    """The signals that stood in the index on a day."""

    day: Day
    active: Count
    sources: list[SourceStock]
    domains: list[DomainStock]


class PurposeName(AnswerModel):
    """One purpose that lookups of the period had."""

    id: str
    label: str


class OverviewChoices(AnswerModel):
    """By what the period can be narrowed: what occurs in it."""

    organisations: list[OrganisationName]
    teams: list[str]
    purposes: list[PurposeName]


class OpenFollows(AnswerModel):
    """How many follows are open in one organisation today, and of how many users."""

    organisation: OinText
    organisationName: str
    follows: Count
    users: Count


class MatchCounts(AnswerModel):
    """How many matches of one organisation stand today, and what came of them.

    A match counts at both organisations. `unanswered`: ten working days passed in which
    nothing followed; `settled`: agreed, not agreed or done.
    """

    organisation: OinText
    organisationName: str
    matches: Count
    unanswered: Count
    settled: Count


class Overview(AnswerModel):
    """Exact counts of a period, for an officer's screen.

    `matchesUnreadable`: how many matches of the municipality, or sheets of these, do
    not open at least, or are gone: altered in the database, in no count of `matches`.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    from_: Day = Field(alias="from")
    until: Day
    countedUntil: Instant | None
    daysCounted: Count
    daysSettled: Count
    days: list[DayCounts]
    totals: TotalCounts
    purposes: list[PurposeCounts]
    teams: list[TeamCounts]
    followUp: FollowUpCounts
    users: Annotated[list[UserCounts], Field(max_length=10)]
    stock: OverviewStock | None
    openFollows: list[OpenFollows]
    matches: list[MatchCounts]
    matchesUnreadable: Count
    choices: OverviewChoices
