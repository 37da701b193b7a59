"""Searching the ledger: by what one can search, the question, a page of entries."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from signal_index.wire.choices import Choice, OrganisationName
from signal_index.wire.ledger_entries import EntryKind, EntryLine, ToldKind
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.persons import NamedPerson
from signal_index.wire.values import Day, Id, Instant, Number, OinText, SlugText

SearchedOutcome = Literal["answered", "refused", "failed", "break-glass"]
OUTCOMES: Final[tuple[SearchedOutcome, ...]] = get_args(SearchedOutcome)
KINDS: Final[tuple[EntryKind, ...]] = get_args(EntryKind)
PAGE_MAXIMUM: Final = 200
_Text = Annotated[str, Field(min_length=1, max_length=255)]


class Search(RequestModel):
    """A search in the ledger: why, of which days, and what else narrows it.

    - Both days are in it, in Dutch time; at most 366, unless for a citizen or a case.
    - A user, team or case is one of an organisation, which is named beside it.
    - `caseReference` is the HMAC that the organisation itself makes of a case number.
    - Without `kinds` only lookups are searched. A desk asks with what the index offered
      (`SearchOptions.kinds`), so the index judges them: a desk may be older.
    """

    why: SlugText
    from_: Day = Field(alias="from")
    until: Day
    organisation: OinText | None = None
    user: _Text | None = None
    team: _Text | None = None
    caseReference: _Text | None = None
    purpose: SlugText | None = None
    outcome: SearchedOutcome | None = None
    kinds: (
        Annotated[
            list[SlugText],
            Field(
                min_length=1,
                max_length=100,
                json_schema_extra={"items": {"type": "string", "enum": [*KINDS]}},
            ),
        ]
        | None
    ) = None
    citizen: NamedPerson | None = None
    cursor: Id | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MAXIMUM)] = 50


class SearchPage(AnswerModel):
    """A page of entries, the newest first; `next` begins the following page.

    `searchedBackTo`: as far as was looked, where that is not as far as was asked: there
    is a following page, or what is older can be read no more.
    """

    items: list[EntryLine]
    next: Id | None
    searchedBackTo: Instant | None


class SearchReason(Choice):
    """Why an officer searches; `citizen`: also by a citizen's number."""

    citizen: bool


class SearchOptions(AnswerModel):
    """By what can be searched: closed lists, and whose entries there are."""

    why: list[SearchReason]
    organisations: list[OrganisationName]
    isWholeMunicipality: bool
    purposes: list[Choice]
    outcomes: list[SearchedOutcome]
    kinds: list[ToldKind]
    daysMaximum: Number
