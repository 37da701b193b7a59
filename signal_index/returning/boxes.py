"""A box: what the leader must tell, sealed, for the seconds until it is opened.

- A lookup puts one in for each person asked about, hit or miss, told or silent alike;
  its length does not depend on what was found (32 signals fit).
- What is in it names no person to who lacks h: a signal by its id, an entry by its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from keys.base64url import decode_b64u, encode_b64u
from keys.pseudonym import SealedRow
from signal_index.ledger import DisclosureKey
from signal_index.returning.bodies import Body, parse_body_facts
from signal_index.returning.sealing import pack_person, seal, unpack_person, unseal
from signal_index.wire.contact_holders import ContactSignature

CALLED: Final = "called"
"""The fact of a body that says whom to call back, as `CallBack.facts` in JSON."""
BOX_BYTES: Final = 2048
_LABEL: Final = b"signal-index/notice-box/1\0"
_PLACE_BYTES: Final = 2
_MARK_BYTES: Final = 1 + 16 + _PLACE_BYTES


@dataclass(frozen=True, slots=True)
class CallBack:
    """Whom to call back about a lookup: a function and its number, never a name.

    As who asked signed it, about itself: it needs no more to be shown and verified.
    """

    function: str
    phone: str
    verified: str
    signature: ContactSignature

    def facts(self) -> tuple[str, ...]:
        """Give it as it is sealed."""
        signed = self.signature
        return (
            *(self.function, self.phone, self.verified),
            *(str(signed.at), signed.kid, signed.value),
        )


def parse_call_back(facts: Sequence[str], organisation: str) -> CallBack:
    """Give it from what was sealed; by whom, the box and its entry say."""
    function, phone, verified, at, kid, value = facts
    signed = {"by": organisation, "at": int(at), "kid": kid, "value": value}
    signature = ContactSignature.model_validate(signed)
    return CallBack(function, phone, verified, signature)


@dataclass(frozen=True, slots=True, repr=False)
class Mark:
    """A signal that a lookup showed and may tell of: its kind, and its place there."""

    category: str
    signal: UUID
    place: int


@dataclass(frozen=True, slots=True, repr=False)
class LookedUp:
    """A lookup of one person. `person`: their embargo row with its seal.

    Without marks it tells nobody: a miss, or one that looks silently.
    """

    entry: UUID
    organisation: str
    purpose: str
    person: SealedRow
    marks: Sequence[Mark]
    call_back: CallBack | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SaidOutcome:
    """What a user said came of the flag at one place in a lookup.

    `outcome` None: what was said there, `before`, is taken back. `place` None: it is of
    no flag that a source heard of, and none is told. `told`: by what its notices are
    found again (`derive_answer`).
    """

    entry: UUID
    organisation: str
    outcome: str | None
    before: str | None
    place: int | None
    at: datetime
    told: UUID


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """A notice for one source, made by another act; covers go to the others named."""

    source: str
    body: Body
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """Signals passed to another source, in this transfer: both hear of each."""

    transfer: UUID


BoxContent = LookedUp | SaidOutcome | Told | Passed


@dataclass(frozen=True, slots=True, repr=False)
class SealedBox:
    """A box as it is stored."""

    id: UUID
    year: int
    municipality: str
    sealed: bytes


def seal_box(
    id_: UUID, municipality: str, content: BoxContent, key: DisclosureKey
) -> SealedBox:
    """Close a box: one length, whatever is in it."""
    sealed = seal(key.notice_seal, id_, _LABEL, _facts(content), BOX_BYTES)
    return SealedBox(id_, key.year, municipality, sealed)


def box_row(box: SealedBox) -> dict[str, Any]:
    """Give a box as a row of its table."""
    return {
        "id": box.id,
        "year": box.year,
        "municipality": box.municipality,
        "sealed": box.sealed,
    }


def open_box(id_: UUID, sealed: bytes, key: DisclosureKey) -> BoxContent:
    """Open a box, or raise `DisclosureRefused`."""
    facts = unseal(key.notice_seal, id_, _LABEL, sealed)
    match facts["k"]:
        case "looked-up":
            return LookedUp(
                entry=UUID(facts["e"]),
                organisation=facts["o"],
                purpose=facts["p"],
                person=unpack_person(facts["b"]),
                marks=_unpack(facts["g"], decode_b64u(facts["m"])),
                call_back=parse_call_back(facts["c"], facts["o"])
                if facts["c"]
                else None,
            )
        case "outcome":
            return SaidOutcome(
                UUID(facts["e"]),
                facts["o"],
                facts["x"],
                facts["w"],
                facts["p"],
                datetime.fromisoformat(facts["t"]),
                UUID(facts["u"]),
            )
        case "passed":
            return Passed(UUID(facts["t"]))
        case _:
            body = parse_body_facts(facts["f"])
            return Told(facts["s"], body, tuple(facts["v"]))


def _facts(content: BoxContent) -> dict[str, object]:
    match content:
        case LookedUp():
            called = content.call_back
            return {
                "k": "looked-up",
                "e": content.entry.hex,
                "o": content.organisation,
                "p": content.purpose,
                "b": pack_person(content.person),
                "g": _kinds(content.marks),
                "m": encode_b64u(_pack(content.marks)),
                "c": called.facts() if called else None,
            }
        case SaidOutcome():
            return {
                "k": "outcome",
                "e": content.entry.hex,
                "o": content.organisation,
                "x": content.outcome,
                "w": content.before,
                "p": content.place,
                "t": content.at.isoformat(),
                "u": content.told.hex,
            }
        case Passed():
            return {"k": "passed", "t": content.transfer.hex}
        case Told():
            return {
                "k": "told",
                "s": content.source,
                "f": content.body.facts(),
                "v": list(content.covers),
            }


def _kinds(marks: Sequence[Mark]) -> list[str]:
    return sorted({mark.category for mark in marks})


def _pack(marks: Sequence[Mark]) -> bytes:
    kinds = _kinds(marks)
    return b"".join(
        bytes([kinds.index(mark.category)])
        + mark.signal.bytes
        + mark.place.to_bytes(_PLACE_BYTES)
        for mark in marks
    )


def _unpack(kinds: Sequence[str], packed: bytes) -> tuple[Mark, ...]:
    return tuple(
        Mark(kinds[one[0]], UUID(bytes=one[1:17]), int.from_bytes(one[17:]))
        for one in (
            packed[start : start + _MARK_BYTES]
            for start in range(0, len(packed), _MARK_BYTES)
        )
    )
