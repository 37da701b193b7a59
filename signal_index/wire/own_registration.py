"""How the organisation that calls is registered: its sources and signing keys.

Nothing in it is about a person, and nothing about another organisation but the name of
a source that the caller sends for.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from signal_index.wire.model import AnswerModel
from signal_index.wire.rehearsals import LastRehearsal
from signal_index.wire.sources import SourceState
from signal_index.wire.values import Count, Id, Instant


class OwnCoverage(AnswerModel):
    """That a source publishes a category in a municipality, and how often.

    `informedCodes`: how a citizen whom it publishes there may have been informed.
    `maximumLifeMonths`: how far ahead the last day of a signal may lie. `mayPublish`:
    whether a notice of it is taken today; it is not while no purpose that names the
    category is established there, or the category is closed to this kind of source.
    """

    municipality: str
    category: str
    rhythmDays: int
    informedCodes: list[str]
    maximumLifeMonths: Count
    mayPublish: bool


class OwnSource(AnswerModel):
    """A source that the caller may send for, and how it stands.

    `lacks`: what stands in the way of going live; empty where nothing does, and of a
    source that is live. `liveUntil`: when it was taken back to trial, or
    ended.
    """

    source: str
    kind: str
    active: bool
    state: Annotated[SourceState, Field(strict=False)]
    coverage: list[OwnCoverage]
    liveUntil: Instant | None
    lastRehearsal: LastRehearsal | None
    lacks: list[str]


class OwnSigner(AnswerModel):
    """A public key that the caller may sign with: its name, and the key (Ed25519)."""

    kid: str
    x: str


class OutboxSignals(AnswerModel):
    """How many signals of one source stand that one of its outboxes delivered."""

    source: str
    outbox: Id
    category: str
    municipality: str
    count: Count


class ReplacedOutbox(AnswerModel):
    """An outbox that its organisation called lost, and the one in its place."""

    outbox: Id
    replacedBy: Id


class OwnRegistration(AnswerModel):
    """Everything the index knows of the organisation that asks.

    `contactFunctions`: what its contact holders may be called, but for those of a
    rehearsal. `contactNames`: what its
    municipality approved for it alone, functions and names of persons.
    """

    organisation: str
    name: str
    signers: list[OwnSigner]
    sources: list[OwnSource]
    contactFunctions: list[str] = Field(default_factory=list)
    contactNames: list[str] = Field(default_factory=list)
    outboxes: list[OutboxSignals] = Field(default_factory=list)
    replacedOutboxes: list[ReplacedOutbox] = Field(default_factory=list)
