"""What a population register says about a person: died, moved away, moved in again.

One event touches the signals of every source about that person in that municipality.
Like a notice it names nobody: what is signed holds a salted commitment to N, and N and
salt travel beside it, are checked on arrival and never stored.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.signals import Signed
from signal_index.wire.values import (
    Day,
    Encoded16,
    Encoded32,
    Id,
    Municipality,
    Number,
    OinText,
    SignedText,
)


class PersonEventKind(StrEnum):
    """What happened to the person."""

    DECEASED = "deceased"
    MOVED_AWAY = "moved-away"
    MOVED_IN = "moved-in"


class PersonEvent(RequestModel):
    """One event; `event` is the register's own random UUID for it."""

    event: Id
    source: OinText
    subject: Encoded32
    kind: Annotated[PersonEventKind, Field(strict=False)]
    municipality: Municipality
    on: Day


class SignedPersonEvent(Signed):
    """One event, as it is signed."""

    event: PersonEvent


class PersonEventBody(RequestModel):
    """A signed event (a compact JWS with a `PersonEvent`), and who it is about."""

    keyVersion: Number
    event: SignedText
    pseudonym: Encoded32 = Field(description="N")
    salt: Encoded16


class PersonEventResult(AnswerModel):
    """The event, and the entry of the ledger that records it."""

    event: Id
    entryId: Id
