"""A delivery: a source says that it has told us everything up to a moment.

Also closed when nothing changed, for only then does "nothing found" mean nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Categories,
    Count,
    Id,
    Instant,
    Municipalities,
    Municipality,
    OinText,
    SlugText,
)


class DeliveryKind(StrEnum):
    """Whether a delivery holds everything or only what changed."""

    FULL = "full"
    DELTA = "delta"


class Hearing(StrEnum):
    """Whether a source was heard by a delivery.

    It was not where most records were rejected, or where nothing was in a form that
    the source could read: then "nothing found" must not come to mean nothing, and the
    source is shown as late until a delivery makes sense.
    """

    HEARD = "heard"
    UNHEARD = "unheard"


class DeliveryCounts(RequestModel):
    """How many records the source read, and what became of them."""

    read: Count
    accepted: Count
    unchanged: Count
    withdrawn: Count
    rejected: Count


class RejectCount(RequestModel):
    """How many records the source itself rejected for one reason, by code."""

    reason: SlugText
    count: Count


class PassedLines(RequestModel):
    """Lines of the file that the source read as no record, by code; the first of them.

    A total, a title, an empty row, a row that a filter hides.
    """

    why: SlugText
    count: Count
    lines: list[Count] = Field(max_length=12)


class Delivery(RequestModel):
    """One closed delivery of a source."""

    delivery: Id
    source: OinText
    kind: Annotated[DeliveryKind, Field(strict=False)]
    starts: Instant = Field(alias="from")
    ends: Instant = Field(alias="until")
    categories: Categories
    municipalities: Municipalities
    counts: DeliveryCounts
    hearing: Annotated[Hearing, Field(strict=False)]
    rejects: list[RejectCount] = Field(default_factory=list, max_length=64)
    passed: list[PassedLines] = Field(default_factory=list, max_length=16)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Delivery:
        if self.ends < self.starts:
            raise InvalidField("until", "before-start")
        return self


class DeliveryResult(AnswerModel):
    """The delivery is closed."""

    delivery: Id


class ClosedDelivery(AnswerModel):
    """One of a source's own deliveries, as it was closed."""

    delivery: Id
    kind: Annotated[DeliveryKind, Field(strict=False)]
    starts: Instant = Field(alias="from")
    ends: Instant = Field(alias="until")
    closedAt: Instant
    categories: list[SlugText]
    municipalities: list[Municipality]
    counts: DeliveryCounts
    hearing: Annotated[Hearing, Field(strict=False)]
    rejects: list[RejectCount]
    passed: list[PassedLines]


class ClosedDeliveries(AnswerModel):
    """The newest deliveries, the newest first.

    `unreadable`: of how many of those the index cannot read what was told.
    """

    items: list[ClosedDelivery]
    unreadable: Count = 0
