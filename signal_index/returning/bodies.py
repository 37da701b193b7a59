"""The body of a notice as it is kept: small facts at one length, and how it is found.

- Who looked, when and why is not in it: that stands in the ledger's entry, and is read
  there when the notice is handed out. A body says which entry, and of which signals.
- A cover has the length of any other body and says nothing; only what says that signals
  passed on is longer.
- A cover may remember of which signals it would have told (`Body.known`); no reader
  of notices is shown that.
- A notice that must be found again is named by a keyed hash: without the key such names
  link nothing, and are like the random ones of all others.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from keys.pseudonym import SealedRow
from signal_index.ledger import DisclosureKey
from signal_index.returning.sealing import pack_person, seal, unpack_person, unseal

BODY_BYTES: Final = 1024
SIGNALS_AT_MOST: Final = 2
"""Signals of one source that one notice names; more get a second notice."""
PASSED_AT_MOST: Final = 1_000
"""The same of one that says that signals passed on: one act is one notice."""

_LABEL: Final = b"signal-index/notice/1\0"
_STEP_LABEL: Final = b"signal-index/notice-step/1\0"
_STEP_BYTES: Final = 64
_NAME_BYTES: Final = 16


class NoticeKind(StrEnum):
    """What a notice tells."""

    COVER = "cover"
    LOOKED_UP = "looked-up"
    OUTCOME = "outcome"
    CORRECTION = "correction"
    OBJECTION = "objection"
    CONTACT_STALE_SOON = "contact-stale-soon"
    SIGNAL_EXPIRES_SOON = "signal-expires-soon"
    MATCH = "match"
    SUCCESSION = "succession"


@dataclass(frozen=True, slots=True)
class Shown:
    """One signal of the source, by its own reference; its place in an answer.

    `case` is how the source calls the case, sealed by its own machine for its desk.
    """

    reference: UUID
    place: int | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """What one notice says. `more`: the short facts of its kind, as on the wire.

    `person`: the embargo row of the person whom it is about, with its seal. While an
    embargo holds it is not told, whichever act made it; None where no act about a
    person made it.
    `known`: signals of which it tells nothing, for who looked knows them already; kept
    for what may still be said of them. With `signals` no more than one notice names.
    """

    kind: NoticeKind
    signals: tuple[Shown, ...] = ()
    entry: UUID | None = None
    more: Mapping[str, str | None] = field(default_factory=dict)
    person: SealedRow | None = None
    known: tuple[Shown, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Give it as it is sealed."""
        return {
            "k": self.kind.value,
            "s": [[one.reference.hex, one.place, one.case] for one in self.signals],
            "e": self.entry.hex if self.entry else None,
            "m": dict(self.more),
            "b": pack_person(self.person) if self.person else None,
            "n": [[one.reference.hex, one.place] for one in self.known],
        }


COVER: Final = Body(NoticeKind.COVER)


def parse_body_facts(facts: Mapping[str, Any]) -> Body:
    """Give a body from what was sealed."""
    return Body(
        kind=NoticeKind(facts["k"]),
        signals=tuple(
            Shown(UUID(reference), place, case) for reference, place, case in facts["s"]
        ),
        entry=UUID(facts["e"]) if facts["e"] else None,
        more=facts["m"],
        person=unpack_person(facts["b"]) if facts["b"] else None,
        known=tuple(Shown(UUID(reference), place) for reference, place in facts["n"]),
    )


def seal_body(id_: UUID, body: Body, key: DisclosureKey) -> bytes:
    """Seal a body for its row: of one length, whatever it says.

    One that says how many signals passed on is as much longer: how many did stands in
    the clear in `signal_transfer`.
    """
    parts = max(1, -(-len(body.signals) // SIGNALS_AT_MOST))
    return seal(key.notice_seal, id_, _LABEL, body.facts(), BODY_BYTES * parts)


def open_body(id_: UUID, sealed: bytes, key: DisclosureKey) -> Body:
    """Open the body of a row, or raise `DisclosureRefused`."""
    return parse_body_facts(unseal(key.notice_seal, id_, _LABEL, sealed))


def derive_name(key: DisclosureKey, entry: UUID, source: str, part: int) -> UUID:
    """Name a source's notice of a lookup: this one of those that its signals take."""
    return _name(key, b"entry", entry.bytes, source.encode(), part.to_bytes(4))


def derive_answer(key: DisclosureKey, told: UUID, source: str) -> UUID:
    """Name a source's notice of what was said once of a flag: there it is answered."""
    return _name(key, b"answer", told.bytes, source.encode())


Between = tuple[str, str, UUID]
"""Who looks, whose signal, its reference."""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody said of a signal at a moment: that it is known already, or else."""

    at: datetime
    is_known: bool


def derive_step(
    key: DisclosureKey, between: Between, month: date, number: int
) -> bytes:
    """Give the name of what these two said of one signal: in a month, as which."""
    organisation, source, reference = between
    told = (organisation.encode(), source.encode(), reference.bytes)
    which = (month.isoformat().encode(), number.to_bytes(4))
    return _derive(key, b"damping", *told, *which)


def seal_step(name: bytes, step: Step, key: DisclosureKey) -> bytes:
    """Seal what was said under its name: always of one length."""
    facts = {"k": step.is_known, "t": step.at.isoformat()}
    return seal(key.notice_seal, UUID(bytes=name), _STEP_LABEL, facts, _STEP_BYTES)


def open_step(name: bytes, sealed: bytes, key: DisclosureKey) -> Step:
    """Open what was said under a name, or raise `DisclosureRefused`."""
    facts = unseal(key.notice_seal, UUID(bytes=name), _STEP_LABEL, sealed)
    return Step(datetime.fromisoformat(facts["t"]), facts["k"])


def derive_once(key: DisclosureKey, kind: NoticeKind, source: str, what: str) -> UUID:
    """Name a notice that must be told once."""
    return _name(key, b"once", kind.value.encode(), source.encode(), what.encode())


def _name(key: DisclosureKey, *about: bytes) -> UUID:
    """Give a name that looks like those that chance gives (RFC 9562, version 4)."""
    return UUID(bytes=_derive(key, *about), version=4)


def _derive(key: DisclosureKey, *parts: bytes) -> bytes:
    told = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hmac.digest(key.notice_find, told, "sha256")[:_NAME_BYTES]
