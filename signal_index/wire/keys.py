"""The key of the register as officers see it: what is in use, and what was done.

Nothing here is secret, and nothing names a citizen or somebody who looks up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from keys.validity import KeyValidity
from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Content, Count, Digest, Id, Instant, Number


class KeyRecord(AnswerModel):
    """The record of a ceremony, which this index checked and keeps.

    A `kind` that a reader does not know is a ceremony to it, of whatever kind.
    """

    kind: str
    keptAt: Instant


class KeyCeremony(AnswerModel):
    """A ceremony, by SHA-256 of its transcript; its holders read `digits` aloud.

    `record` is null until somebody hands it in.
    """

    transcript: Digest
    digits: str
    record: KeyRecord | None


class RotationStage(StrEnum):
    """How far it is; `row-key-…` of the row key, `key-…` of the holders' key.

    Announced, required: nothing stands under the next row key yet. Moving, closed: rows
    leave the former one. Finished: none stands there any more, and its file may still
    be here. Asked: the holders are to hold a ceremony. Made: the index has what the
    next version takes, and nobody uses it. Overlap: both versions are answered for.
    Over: the former one is not, and what it takes is here still.
    """

    ROW_KEY_ANNOUNCED = "row-key-announced"
    ROW_KEY_REQUIRED = "row-key-required"
    ROW_KEY_MOVING = "row-key-moving"
    ROW_KEY_CLOSED = "row-key-closed"
    ROW_KEY_FINISHED = "row-key-finished"
    KEY_ASKED = "key-asked"
    KEY_MADE = "key-made"
    KEY_OVERLAP = "key-overlap"
    KEY_OVER = "key-over"


STAGES = [one.value for one in RotationStage]


class KeyRotation(AnswerModel):
    """A rotation that is not over, from one number to the next; `stage`: how far it is.

    Of row keys (`row-key-…`) or of key versions (`key-…`). `since`: when it came so
    far; `until`: until when the former version is answered for; null where that is not
    known, or not so yet. A `stage` that a reader does not know says that one goes on.
    """

    stage: Annotated[str, Field(json_schema_extra={"enum": STAGES})]
    former: Number
    following: Number
    since: Instant | None
    until: Instant | None


class KeyInUse(AnswerModel):
    """The key config in use; each of `holders` signed it.

    `since`: when this index took the version and epoch up; `renewedAt`: when its dates
    or ticket keys last changed since then; null where they did not. `ceremony` is null
    where a key was dealt.
    """

    serial: Number
    keyVersion: Number
    epoch: Number
    threshold: Count
    holders: list[str]
    since: Instant | None
    renewedAt: Instant | None
    validity: KeyValidity
    ceremony: KeyCeremony | None


class KeyAct(AnswerModel):
    """One step in the life of a key, as the ledger has it.

    `by` is who ran the command, or the index itself. Members that a step does not have
    are null; `act` is null where the entry cannot be read any more (`content`).
    """

    entryId: Id
    at: Instant
    content: Content
    act: str | None
    by: str | None
    serial: Number | None
    keyVersion: Number | None
    epoch: Number | None
    rowKey: Number | None
    rows: Count | None
    years: list[Number]
    ceremony: KeyCeremony | None


class KeyOfRegister(AnswerModel):
    """The key in use, what is under way, and the newest steps.

    `complete`: there are no older ones.
    """

    inUse: KeyInUse
    rotations: list[KeyRotation]
    acts: list[KeyAct]
    complete: bool
