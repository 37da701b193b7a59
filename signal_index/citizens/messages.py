"""A message to who was looked up: by whom it is asked, and on which days it is due.

The page for citizens keeps where a message goes, and the index never hears of it. The
page keeps whom it is for as a token that only the index opens, and asks once a day
which of its tokens have a day on which somebody looked.

- Nothing about safety makes a message: no lookup for a purpose about safety, and none
  that showed what can be under embargo. So an embargo changes no message, also one that
  is placed a day late: on a day with only that, nothing is due, with and without it.
- A token names nobody, is of one municipality, and says nothing after its last day. Of
  one person no two are alike.
- The name under which the page finds a citizen's token again is of that municipality
  alone, and gives nobody to whoever has it.

Proven by tests/unit/signal_index/test_messages.py and
tests/attack/test_a_message_tells_nothing.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.pseudonym import StoredPoint
from policy.catalogue import Catalogue
from policy.errors import UnknownPurpose
from signal_index.citizens.embargo import find_embargo_categories
from signal_index.keyring import YearKeys
from signal_index.ledger.sealing import NONCE_BYTES
from signal_index.row_keys import RowKeys
from signal_index.wire.citizen_reports import (
    ReportedEntry,
    ReportedLookup,
    ReportedMatch,
)

LASTS_DAYS: Final = 365
"""How long a citizen gets messages for one wish; then they say it anew."""

DAYS_BACK: Final = 7
"""For how many days back the page may ask: it may have stood still."""

ROW: Final = "register/own-message"
"""In the place of a category, as no category can be called."""
_YEAR_BYTES: Final = 2
_POINT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """Who wants messages, in which municipality, and until which day."""

    point: StoredPoint
    municipality: str
    until: date


def seal_message(keys: YearKeys, wanted: Wanted, today: date) -> bytes:
    """Give the token of a wish: 72 bytes, different each time."""
    year, nonce = today.year.to_bytes(_YEAR_BYTES), secrets.token_bytes(NONCE_BYTES)
    said = wanted.point.encoded + wanted.until.isoformat().encode()
    seal = AESGCM(keys.get_disclosure_key(today.year).message_seal)
    return year + nonce + seal.encrypt(nonce, said, _bind(year, wanted.municipality))


def open_message(keys: YearKeys, token: bytes, municipality: str) -> Wanted | None:
    """Say who wants messages here; None for what this index sealed for nobody here.

    And where the key of its year is gone.
    """
    year, rest = token[:_YEAR_BYTES], token[_YEAR_BYTES:]
    key = keys.disclosures.get(int.from_bytes(year))
    if key is None:
        return None
    try:
        said = AESGCM(key.message_seal).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bind(year, municipality)
        )
    except (InvalidTag, ValueError):
        return None
    until = date.fromisoformat(said[_POINT_BYTES:].decode())
    return Wanted(StoredPoint(said[:_POINT_BYTES]), municipality, until)


def last_day(today: date) -> date:
    """Give the last day of a wish that is said today."""
    return today + timedelta(days=LASTS_DAYS)


def name_messages(
    rows: RowKeys, point: StoredPoint, municipality: str
) -> Sequence[bytes]:
    """Give by which names the page may have kept a citizen's token, the newest first.

    More than one only while rows move to another key.
    """
    place = municipality.encode()
    return [
        sha256(b"signal-index/own-messages/name/1\n" + place + row).digest()
        for row in rows.find(point, ROW)
    ]


def is_due(entries: Iterable[ReportedEntry], catalogue: Catalogue) -> bool:
    """Tell whether one of these is worth a message."""
    held = find_embargo_categories(catalogue)
    return any(_is_worth_one(entry, held, catalogue) for entry in entries)


def _is_worth_one(
    entry: ReportedEntry, held: frozenset[str], catalogue: Catalogue
) -> bool:
    if not isinstance(entry, ReportedLookup | ReportedMatch):
        return False
    if any(flag.category in held for flag in entry.shown):
        return False
    if isinstance(entry, ReportedMatch):
        return entry.outcome == "answered"
    try:
        purpose = catalogue.purposes[catalogue.parse_purpose(entry.purpose)]
    except UnknownPurpose:
        return False  # it left the catalogue, or does not open: nothing is known of it
    return not purpose.about_safety


def _bind(year: bytes, municipality: str) -> bytes:
    return year + municipality.encode()
