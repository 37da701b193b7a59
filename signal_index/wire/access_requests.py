"""Requests for access (inzageverzoeken): their term and how they end; no person."""

from __future__ import annotations

from typing import Literal

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Day, Id, Instant, SlugText, Yes

RequestState = Literal["open", "closed"]


class NewAccessRequest(RequestModel):
    """A citizen asked for access on this day, and was identified so."""

    receivedOn: Day
    identityCheck: SlugText


class Extension(RequestModel):
    """Two months more, for a reason of the list (GDPR art. 12(3))."""

    reason: SlugText


class OtherNumber(RequestModel):
    """The number of the report was mistyped, and nothing of it was given."""

    nothingGiven: Yes


class Closing(RequestModel):
    """How a request ended: a code of the list."""

    closing: SlugText


class AccessRequest(AnswerModel):
    """One request for access; who asked is not registered."""

    id: Id
    reference: str
    identityCheck: str
    identityLabel: str
    receivedOn: Day
    dueOn: Day
    daysLeft: int
    extension: str | None
    extensionLabel: str | None
    mayExtend: bool
    reportedAt: Instant | None
    closing: str | None
    closingLabel: str | None
    closedAt: Instant | None


class AccessRequestPage(AnswerModel):
    """A page of requests, the most urgent first; `next` begins the following page."""

    items: list[AccessRequest]
    next: Id | None
