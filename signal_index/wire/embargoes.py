"""Embargoes on a citizen's report: what is kept out of it for safety, until a day."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from signal_index.wire.choices import Choice
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.persons import NamedPerson
from signal_index.wire.values import Day, Id, Instant, SlugText


class NewEmbargo(NamedPerson):
    """Keep these categories out of one citizen's report, for a reason of the list."""

    categories: Annotated[list[SlugText], Field(min_length=1, max_length=20)]
    reason: SlugText
    until: Day


class Lifting(RequestModel):
    """Lift an embargo before its end, for a reason of the list."""

    reason: SlugText


class Embargo(AnswerModel):
    """An embargo as officers see it: about whom is not in it."""

    id: Id
    reference: str
    categories: list[Choice]
    reason: str
    reasonLabel: str
    until: Day
    placedAt: Instant
    approvalId: Id
    state: Literal["awaiting", "in-force", "refused", "lifted", "expired"]
    lifting: str | None
    liftingLabel: str | None
    liftedAt: Instant | None


class EmbargoPage(AnswerModel):
    """A page of embargoes, the newest first; `next` begins the following page."""

    items: list[Embargo]
    next: Id | None
    unreadable: int = Field(
        ge=0, description="Rijen die niet zijn zoals deze index ze schreef"
    )
