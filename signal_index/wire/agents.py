"""How an agency's own agent says it is doing: its feeds, and what still waits.

It holds times, counts and codes; nothing of a record, and no text. A delivery that
waits until somebody looked is told by what was found and how often: which cases they
are is known at the agency alone. What its administrator answers is for the agent to
fetch when it tells how it is doing.
"""

from __future__ import annotations

import json
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final, Literal

from pydantic import Field

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.persons import Account
from signal_index.wire.values import Count, Digest, Id, Instant, OinText, SlugText

UNSENT_AT_MOST: Final = 20
UnsentHow = Literal["dropped", "replaced", "outdated", "abandoned"]


class FeedState(StrEnum):
    """How a feed stands."""

    DONE = "done"
    WAITING = "waiting"
    HELD = "held"
    FAILED = "failed"


class DeliveryFinding(RequestModel):
    """What was found about a delivery: a code, how many, of how many."""

    finding: SlugText
    count: Count
    of: Count


class HeldDelivery(RequestModel):
    """A delivery that waits until somebody looked; nothing of it was sent.

    `mark` stands for exactly what it would change, and is made at its agency alone.
    An answer is about `digest`: that, and all that is shown of it here. Whoever shows
    other counts than the agent told gets an answer that its agent does not carry out.
    """

    delivery: Id
    source: OinText
    mark: Digest
    heldAt: Instant
    findings: Annotated[list[DeliveryFinding], Field(min_length=1, max_length=32)]

    @property
    def digest(self) -> str:
        """Give the digest of every member: what an answer is about."""
        told = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return sha256(told.encode()).hexdigest()


class FeedStatus(RequestModel):
    """One feed: what still waits in it, and when it did what."""

    feed: SlugText
    state: Annotated[FeedState, Field(strict=False)]
    backlog: Count
    lastRun: Instant | None
    lastReconciled: Instant | None
    nextRun: Instant | None
    held: HeldDelivery | None


class UnsentDelivery(RequestModel):
    """A delivery that ended where its agent is without being closed, and how."""

    delivery: Id
    feed: SlugText
    how: UnsentHow


class AgentStatus(RequestModel):
    """Everything one agent tells of itself.

    `unsent`: the newest that ended without being closed, whoever said so there.
    """

    feeds: Annotated[list[FeedStatus], Field(max_length=64)]
    unsent: Annotated[list[UnsentDelivery], Field(max_length=UNSENT_AT_MOST)]


class HeldAnswer(RequestModel):
    """What an administrator says of a delivery that waits: let it go, or drop it."""

    digest: Digest
    answer: Literal["approved", "dropped"]


class ToldAnswer(AnswerModel):
    """What was answered about one delivery that still waits."""

    delivery: Id
    digest: Digest
    answer: Literal["approved", "dropped"]


class ListedUnsent(AnswerModel):
    """A delivery that ended without being closed: how, and since when it is known.

    `by`: the administrator who dropped it on a page; null where its agent told so.
    """

    delivery: Id
    feed: str
    how: UnsentHow
    notedAt: Instant
    by: Account | None


class ToldAnswers(AnswerModel):
    """What an agent is to carry out: answers about deliveries that it holds now."""

    answers: list[ToldAnswer]


class Agent(AnswerModel):
    """What one of the own agents last said of itself, and when.

    `unsent`: what ended without being closed, there or on a page, the newest first.
    """

    agent: str
    reportedAt: Instant
    feeds: list[FeedStatus]
    answers: list[ToldAnswer]
    unsent: list[ListedUnsent]


class Agents(AnswerModel):
    """How the own agents are doing.

    `unreadable`: those of which the index cannot read what they said.
    """

    items: list[Agent]
    unreadable: list[str] = Field(default_factory=list)
