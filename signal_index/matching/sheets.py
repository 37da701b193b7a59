"""A sheet: what one source was matched with on one day, sealed.

- Every source that takes part gets one on each day, and all of one day and municipality
  have one length: who found nobody, one or twenty cannot be told from outside.
- A signal is named by its row and its reference: both stay when another source takes it
  over, so that a match goes where the signal goes and nothing is rewritten.
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
from signal_index.ledger import DisclosureKey
from signal_index.returning.sealing import bind, seal, unseal

SHEET_BYTES: Final = 4_096
_SIDE_BYTES: Final = 288
_HEAD_BYTES: Final = 64
_LABEL: Final = b"signal-index/match-sheet/1\0"
_ROW_BYTES: Final = 16
_BRACKET: Final = 64


@dataclass(frozen=True, slots=True)
class SignalAt:
    """Where a signal stands, whoever has it now."""

    row_key: bytes
    reference: UUID

    def __repr__(self) -> str:
        return "<SignalAt>"


@dataclass(frozen=True, slots=True, repr=False)
class MatchSide:
    """One side of a match. `id` is what this source calls it, `match` what both share.

    `side`: 0 or 1, for who did a step. `entry`: the ledger entry in which it was found.
    """

    id: UUID
    match: UUID
    side: int
    own: SignalAt
    other: SignalAt
    embargo_row: bytes
    found: date
    entry: UUID

    @property
    def pair(self) -> frozenset[SignalAt]:
        """The two signals, in no order."""
        return frozenset({self.own, self.other})


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


def _pack(one: MatchSide) -> list[Any]:
    ids = one.id.bytes + one.match.bytes + one.entry.bytes
    places = one.own.row_key + one.own.reference.bytes
    places += one.other.row_key + one.other.reference.bytes
    packed = encode_b64u(ids + places + one.embargo_row)
    return [packed, one.side, one.found.isoformat()]


def _unpack(said: Sequence[Any]) -> MatchSide:
    packed = decode_b64u(said[0])
    parts = [
        packed[start : start + _ROW_BYTES]
        for start in range(0, len(packed), _ROW_BYTES)
    ]
    id_, match, entry, own_row, own, other_row, other, embargo_row = parts
    return MatchSide(
        id=UUID(bytes=id_),
        match=UUID(bytes=match),
        side=said[1],
        own=SignalAt(own_row, UUID(bytes=own)),
        other=SignalAt(other_row, UUID(bytes=other)),
        embargo_row=embargo_row,
        found=date.fromisoformat(said[2]),
        entry=UUID(bytes=entry),
    )
