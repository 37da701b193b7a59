"""The key of the register as officers see it: what is in use, and what was done.

Nothing here is secret, and nothing names a citizen or somebody who looks up.
"""

from __future__ import annotations

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
    """The key in use, and the newest steps; `complete`: there are no older ones."""

    inUse: KeyInUse
    acts: list[KeyAct]
    complete: bool
