"""Following a case: told on one's own page that something changed, and no more."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    CodeText,
    Count,
    Day,
    Encoded32,
    Id,
    Instant,
    Number,
)

OPEN_PER_USER = 50
"""A follow is for a case that is open, not for keeping watch."""


class FollowTerms(RequestModel):
    """Whom to follow, as the lookup named them, and how this citizen knows of it.

    `informed` is asked anew: knowing of a lookup is not knowing of being followed.
    """

    keyVersion: Number
    pseudonym: Encoded32
    informed: CodeText


class Offered(AnswerModel):
    """The code by which a follow can be taken over: its mark, and its last day.

    The mark tells one code from another, and gives none: nothing is taken over by it.
    """

    mark: str
    until: Day


class Follow(AnswerModel):
    """An open follow of the caller; about whom is not in it.

    `changed`: an answer would now name another organisation, or one fewer. null: it
    could not be looked at, because the act is closed or not this caller's any more.
    `offered`: null once its code was used, or is past its last day.
    """

    id: Id
    entryId: Id
    since: Instant
    until: Day
    purpose: str
    purposeLabel: str
    offered: Offered | None
    changed: bool | None


class GivenFollow(AnswerModel):
    """A follow that was the caller's: which colleague took it over, and when.

    As their own provider calls them; null where it does not say.
    """

    entryId: Id
    purposeLabel: str
    by: str | None
    team: str | None
    on: Day


class Follows(AnswerModel):
    """The caller's open follows, those that end first before the others.

    `unreadable`: how many of them the index cannot open. `given`: what colleagues took
    over in the last two weeks, and still follow.
    """

    items: list[Follow]
    unreadable: Count = 0
    given: list[GivenFollow] = Field(default_factory=list)


class FollowsOffered(RequestModel):
    """Which own follows a colleague may take over."""

    follows: Annotated[list[Id], Field(min_length=1, max_length=OPEN_PER_USER)]


class FollowOffer(AnswerModel):
    """The code by which a colleague of the same organisation takes them over, once."""

    code: str
    until: Day


class FollowTakeOver(RequestModel):
    """The code that a colleague gave; capitals, spaces and hyphens do not matter."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
