"""A sheet: what one source was matched with on one day, sealed.

- Every source that takes part gets one on each day, and all of one day and municipality
  have one length: who found nobody, one or twenty cannot be told from outside.
- A signal is named by its person, kind and reference: these stay when another source
  takes it over, so that a match goes where the signal goes and nothing is rewritten.
  Only another row key changes how the person is named.
- The two sides of a match share an id that stands in no column.
- A sheet opens with its own columns alone: one that is altered shows as unreadable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from keys.base64url import decode_b64u, encode_b64u
from keys.pseudonym import SealedRow
from signal_index.ledger import DisclosureKey
from signal_index.returning.sealing import (
    NONCE_BYTES,
    ROW_BYTES,
    TAG_BYTES,
    bind,
    seal,
    unseal,
)
from signal_index.row_keys import Rows

SHEET_BYTES: Final = 4_096
_SIDE_BYTES: Final = 336
_HEAD_BYTES: Final = 64
_LABEL: Final = b"signal-index/match-sheet/1\0"
_BRACKET: Final = 64


@dataclass(frozen=True, slots=True)
class SignalAt:
    """Where a signal may stand, whoever has it now: under each row key."""

    rows: Rows
    reference: UUID

    def __repr__(self) -> str:
        return "<SignalAt>"


@dataclass(frozen=True, slots=True, repr=False)
class SignalOf:
    """One signal of a person: its kind, and what its source calls it."""

    category: str
    reference: UUID


@dataclass(frozen=True, slots=True, repr=False)
class MatchSide:
    """One side of a match. `id` is what this source calls it, `match` what both share.

    `side`: 0 or 1, for who did a step. `person`: their embargo row with its seal.
    `entry`: the ledger entry in which it was found.
    """

    id: UUID
    match: UUID
    side: int
    own: SignalOf
    other: SignalOf
    person: SealedRow
    found: date
    entry: UUID


class SheetAt(NamedTuple):
    """The columns of a sheet; its seal opens with these alone."""

    id: UUID
    municipality: str
    source: str
    until: date

    @property
    def label(self) -> bytes:
        """Give what its seal is bound to, besides the id."""
        return bind(_LABEL, self.municipality, self.source, self.until.isoformat())


def take_bracket(count: int) -> int:
    """Give how many are made for so many: a power of two up to 64, then its multiples.

    At least one: a day on which nothing was found makes as much as one that found.
    """
    if count > _BRACKET:
        return -(-count // _BRACKET) * _BRACKET
    return 1 << max(0, count - 1).bit_length()


def seal_sheets(
    sheets: Mapping[SheetAt, Sequence[MatchSide]], key: DisclosureKey
) -> Mapping[SheetAt, bytes]:
    """Seal the sheets of one day, all at the length that the longest needs."""
    most = max((len(sides) for sides in sheets.values()), default=0)
    step = SHEET_BYTES
    while step < _HEAD_BYTES + most * _SIDE_BYTES:
        step *= 2
    return {
        at: seal(
            key.match_seal, at.id, at.label, {"m": [_pack(one) for one in sides]}, step
        )
        for at, sides in sheets.items()
    }


def open_sheet(at: SheetAt, sealed: bytes, key: DisclosureKey) -> Sequence[MatchSide]:
    """Open a sheet, or raise `DisclosureRefused`."""
    said = unseal(key.match_seal, at.id, at.label, sealed)
    return [_unpack(one) for one in said["m"]]


def reseal_sheet(
    at: SheetAt, sides: Sequence[MatchSide], sealed: bytes, key: DisclosureKey
) -> bytes:
    """Seal a sheet anew as long as it is: the others of its day stay so too."""
    plain = len(sealed) - NONCE_BYTES - TAG_BYTES
    facts = {"m": [_pack(one) for one in sides]}
    return seal(key.match_seal, at.id, at.label, facts, plain)


def _pack(one: MatchSide) -> list[Any]:
    ids = one.id.bytes + one.match.bytes + one.entry.bytes
    ids += one.own.reference.bytes + one.other.reference.bytes
    packed = encode_b64u(ids + one.person.row_key + one.person.seal)
    kinds = [one.own.category, one.other.category]
    return [packed, one.side, one.found.isoformat(), *kinds]


def _unpack(said: Sequence[Any]) -> MatchSide:
    packed = decode_b64u(said[0])
    parts = [
        packed[start : start + ROW_BYTES] for start in range(0, len(packed), ROW_BYTES)
    ]
    id_, match, entry, own, other, row, *seal_ = parts
    return MatchSide(
        id=UUID(bytes=id_),
        match=UUID(bytes=match),
        side=said[1],
        own=SignalOf(said[3], UUID(bytes=own)),
        other=SignalOf(said[4], UUID(bytes=other)),
        person=SealedRow(row, b"".join(seal_)),
        found=date.fromisoformat(said[2]),
        entry=UUID(bytes=entry),
    )
