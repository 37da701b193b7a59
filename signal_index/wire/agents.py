"""How an agency's own agent says it is doing: its feeds, and what still waits.

It holds times, counts and codes; nothing of a record, and no text.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Count, Instant, SlugText


class FeedState(StrEnum):
    """How a feed stands."""

    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


class FeedStatus(RequestModel):
    """One feed: what still waits in it, and when it did what."""

    feed: SlugText
    state: Annotated[FeedState, Field(strict=False)]
    backlog: Count
    lastRun: Instant | None
    lastReconciled: Instant | None
    nextRun: Instant | None


class AgentStatus(RequestModel):
    """Everything one agent tells of itself."""

    feeds: Annotated[list[FeedStatus], Field(max_length=64)]


class Agent(AnswerModel):
    """What one of the own agents last said of itself, and when."""

    agent: str
    reportedAt: Instant
    feeds: list[FeedStatus]


class Agents(AnswerModel):
    """How the own agents are doing."""

    items: list[Agent]
