"""What did not hold (RFC 9457): never a repetition of what was sent."""

from __future__ import annotations

from pydantic import Field

from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Id


class FieldError(AnswerModel):
    """One field that is wrong: which, how, and what to do about it, in Dutch."""

    field: str
    code: str
    message: str


class Ground(AnswerModel):
    """One ground on which a lookup was refused, with its remedy, in Dutch."""

    id: str
    text: str
    remedy: str


class Problem(AnswerModel):
    """A refusal: `type` names its kind, `title` and `detail` say it in Dutch.

    `grounds` and `entryIds` belong to a refused lookup: every ground, and the entries
    of the ledger in which the refusal stands. `references` are signals by their
    source's own names for them: those that a successor has already, or that a person's
    organisation itself told of that citizen already.
    """

    type: str = Field(json_schema_extra={"format": "uri"})
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default_factory=list)
    entryIds: list[Id] = Field(default_factory=list)
    grounds: list[Ground] = Field(default_factory=list)
    references: list[Id] = Field(default_factory=list)
