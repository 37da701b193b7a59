"""A match box: where the daily run looks for others who signal the same person.

- Made at publication, for each signal that was stored, where the municipality has the
  act and the kind is named by another; whether anybody is there is not looked at.
- The rows of the other kinds are derived from the pseudonym in memory; they stand in
  the seal alone, for the days until the box is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from keys.base64url import decode_b64u, encode_b64u
from keys.pseudonym import (
    LedgerNameKey,
    RowKeySecret,
    StoredPoint,
    derive_ledger_name,
    derive_sealed_row,
)
from signal_index.citizens.embargo import derive_embargo_row
from signal_index.days import day_of
from signal_index.ledger import DisclosureKey
from signal_index.returning.sealing import seal, unseal

BOX_BYTES: Final = 768
BOX_DAYS: Final = 7
"""How long a box that nobody could open is kept."""

_LABEL: Final = b"signal-index/match-box/1\0"
_ROW_BYTES: Final = 16


@dataclass(frozen=True, slots=True, repr=False)
class MatchRows:
    """Of one person: rows of the kinds that may hear, of embargoes, ledger's names.

    `names`: by calendar year; at the end of one the next is among them, for the box may
    be opened in it.
    """

    partners: Mapping[str, bytes]
    embargo_row: bytes
    names: Mapping[int, bytes]


@dataclass(frozen=True, slots=True, repr=False)
class MatchBox:
    """Which signal it is, and where others of the same person would stand."""

    row_key: bytes
    signal: UUID
    rows: MatchRows


def derive_match_rows(
    secret: RowKeySecret,
    point: StoredPoint,
    partners: Collection[str],
    names: Mapping[int, LedgerNameKey],
    now: datetime,
) -> MatchRows:
    """Derive where others of this person would stand: about 5 us for each kind.

    For a kind that policy does not let hear of this one, never call this.
    """
    years = {
        at.astimezone(UTC).year for at in (now, now + timedelta(days=BOX_DAYS + 1))
    }
    return MatchRows(
        partners={
            category: derive_sealed_row(secret, point, category).row_key
            for category in sorted(partners)
        },
        embargo_row=derive_embargo_row(secret, point).row_key,
        names={
            year: derive_ledger_name(names[year], point)
            for year in sorted(years)
            if year in names
        },
    )


def seal_match_box(id_: UUID, box: MatchBox, key: DisclosureKey) -> bytes:
    """Close a box: one length for all that the shipped catalogue names together."""
    rows = box.rows
    facts: dict[str, Any] = {
        "s": encode_b64u(box.row_key + box.signal.bytes),
        "c": list(rows.partners),
        "r": encode_b64u(b"".join(rows.partners.values())),
        "b": encode_b64u(rows.embargo_row),
        "n": [[year, encode_b64u(name)] for year, name in rows.names.items()],
    }
    return seal(key.match_seal, id_, _LABEL, facts, BOX_BYTES)


def open_match_box(id_: UUID, sealed: bytes, key: DisclosureKey) -> MatchBox:
    """Open a box, or raise `DisclosureRefused`."""
    facts = unseal(key.match_seal, id_, _LABEL, sealed)
    place, packed = decode_b64u(facts["s"]), decode_b64u(facts["r"])
    rows = [
        packed[start : start + _ROW_BYTES]
        for start in range(0, len(packed), _ROW_BYTES)
    ]
    return MatchBox(
        row_key=place[:_ROW_BYTES],
        signal=UUID(bytes=place[_ROW_BYTES:]),
        rows=MatchRows(
            partners=dict(zip(facts["c"], rows, strict=True)),
            embargo_row=decode_b64u(facts["b"]),
            names={year: decode_b64u(name) for year, name in facts["n"]},
        ),
    )


def box_row(
    id_: UUID, municipality: str, box: MatchBox, key: DisclosureKey, now: datetime
) -> dict[str, Any]:
    """Give a closed box as a row of its table; it says no moment and no reference."""
    return {
        "id": id_,
        "municipality": municipality,
        "year": key.year,
        "sealed": seal_match_box(id_, box, key),
        "until": day_of(now) + timedelta(days=BOX_DAYS),
    }
