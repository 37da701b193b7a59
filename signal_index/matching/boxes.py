"""A match box: where the daily run looks for others who signal the same person.

- Made at publication, for each signal that was stored, where the municipality has the
  act and the kind is named by another; whether anybody is there is not looked at.
- Which kinds may hear stands in the seal alone, for the days until the box is opened;
  where rows of these kinds stand is derived then, from the person's sealed row.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from keys.base64url import decode_b64u, encode_b64u
from keys.pseudonym import (
    LedgerNameKey,
    SealedRow,
    StoredPoint,
    derive_ledger_name,
)
from signal_index.citizens.embargo import derive_embargo_row
from signal_index.days import day_of
from signal_index.ledger import AboutGroup, DisclosureKey
from signal_index.proof import ABOUT_SALT_BYTES, HASH_BYTES
from signal_index.returning.sealing import ROW_BYTES, bind, seal, unseal
from signal_index.row_keys import RowKeys

BOX_BYTES: Final = 768
BOX_DAYS: Final = 7
"""How long a box that nobody could open is kept."""

_LABEL: Final = b"signal-index/match-box/1\0"
_SEAL_BYTES: Final = 32
_NAME_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class MatchRows:
    """Of one person: which kinds may hear, who it is, and the ledger's names.

    `person`: their embargo row with its seal. `names`: by calendar year; at the end of
    one the next is among them, for the box may be opened in it. `about`: what an entry
    says of whom it is about; whoever opens the box knows no pseudonym.
    """

    partners: tuple[str, ...]
    person: SealedRow
    about: AboutGroup
    names: Mapping[int, bytes]


@dataclass(frozen=True, slots=True, repr=False)
class MatchBox:
    """Which signal it is, of which kind, and where to look beside it.

    `stood`: made of what stood before, not at publication; it finds nothing anew.
    """

    category: str
    signal: UUID
    rows: MatchRows
    stood: bool = False


class BoxAt(NamedTuple):
    """The columns of a box; its seal opens with these alone."""

    id: UUID
    municipality: str
    until: date

    @property
    def label(self) -> bytes:
        """Give what its seal is bound to, besides the id."""
        return bind(_LABEL, self.municipality, self.until.isoformat())


def derive_match_rows(
    keys: RowKeys,
    point: StoredPoint,
    partners: Collection[str],
    names: Mapping[int, LedgerNameKey],
    about: AboutGroup,
) -> MatchRows:
    """Say of a person which kinds may hear: about 5 us, and as much for each year."""
    return MatchRows(
        partners=tuple(partners),
        person=derive_embargo_row(keys, point),
        about=about,
        names={year: derive_ledger_name(key, point) for year, key in names.items()},
    )


def pick_names(
    names: Mapping[int, LedgerNameKey], now: datetime
) -> Mapping[int, LedgerNameKey]:
    """Give the ledger's keys of the years in which a box of now may be opened."""
    last = now + timedelta(days=BOX_DAYS + 1)
    years = sorted({now.astimezone(UTC).year, last.astimezone(UTC).year})
    return {year: names[year] for year in years if year in names}


def seal_match_box(at: BoxAt, box: MatchBox, key: DisclosureKey) -> bytes:
    """Close a box: one length for all that the shipped catalogue names together."""
    rows = box.rows
    packed = (
        box.signal.bytes,
        rows.person.row_key,
        rows.person.seal,
        rows.about.salt,
        rows.about.mark,
        *rows.names.values(),
    )
    facts: dict[str, Any] = {
        "k": box.category,
        "c": list(rows.partners),
        "y": list(rows.names),
        "s": int(box.stood),
        "v": rows.about.key_version,
        "p": encode_b64u(b"".join(packed)),
    }
    return seal(key.match_seal, at.id, at.label, facts, BOX_BYTES)


def open_match_box(at: BoxAt, sealed: bytes, key: DisclosureKey) -> MatchBox:
    """Open a box, or raise `DisclosureRefused`."""
    facts = unseal(key.match_seal, at.id, at.label, sealed)
    packed = io.BytesIO(decode_b64u(facts["p"]))
    return MatchBox(
        category=facts["k"],
        signal=UUID(bytes=packed.read(ROW_BYTES)),
        rows=MatchRows(
            person=SealedRow(packed.read(ROW_BYTES), packed.read(_SEAL_BYTES)),
            about=AboutGroup(
                facts["v"], packed.read(ABOUT_SALT_BYTES), packed.read(HASH_BYTES)
            ),
            partners=tuple(facts["c"]),
            names={year: packed.read(_NAME_BYTES) for year in facts["y"]},
        ),
        stood=bool(facts["s"]),
    )


def box_row(
    id_: UUID, municipality: str, box: MatchBox, key: DisclosureKey, now: datetime
) -> dict[str, Any]:
    """Give a closed box as a row of its table; it says no moment and no reference."""
    at = BoxAt(id_, municipality, day_of(now) + timedelta(days=BOX_DAYS))
    sealed = seal_match_box(at, box, key)
    return {**at._asdict(), "year": key.year, "sealed": sealed}
