"""By which the page for citizens may speak of what it was shown, and of nothing else.

A mark says what its line is (`Use`): so also which groups a proof of it opens.

The page's machine has a token that says nothing of a citizen. What a citizen says of a
line of their view comes with the mark that the view gave it: made by the index alone,
of that view, municipality and line, and over after an hour. So whoever has the page's
token and no tickets of two holders disputes nothing of anybody.

Whose view it was travels with it, sealed by the index for this view (`seal_whose`):
what a citizen wishes is recorded about them, and the page needs no number for it.

Proven by tests/attack/test_nobody_disputes_for_another.py and
tests/attack/test_a_message_tells_nothing.py.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.instants import write_instant
from keys.pseudonym import StoredPoint
from signal_index.citizens.reported import Use
from signal_index.errors import ViewOver
from signal_index.keyring import YearKeys
from signal_index.ledger.sealing import NONCE_BYTES
from signal_index.wire.citizen_reports import OwnData, ReportedEntry, ViewMark

LASTS: Final = timedelta(hours=1)
"""Longer than a page for citizens keeps a view."""


@dataclass(frozen=True, slots=True)
class SeenView:
    """A view that was given: its entry, its municipality and its moment."""

    id: UUID
    municipality: str
    at: datetime


def mark_lines(keys: YearKeys, seen: SeenView, data: OwnData) -> list[ViewMark]:
    """Give a mark for each line of a view: what it is about, and what it is."""
    named: list[tuple[UUID, str]] = [
        (one.reference, str(one.source)) for one in data.signals
    ]
    entries: list[ReportedEntry] = [*data.lookups, *data.matches, *data.checks]
    named += [(one.entryId, Use.of(one)) for one in entries]
    return [
        ViewMark(about=about, mark=_derive(keys, seen, about, use))
        for about, use in named
    ]


def find_use(
    keys: YearKeys, seen: SeenView, about: UUID, mark: bytes, *, now: datetime
) -> Use:
    """Say what an entry that stood in that view is there, or raise `ViewOver`."""
    _verify_fresh(seen, now)
    marks = {use: _derive(keys, seen, about, use) for use in Use}
    found = [use for use in Use if hmac.compare_digest(marks[use], mark)]
    if not found:
        raise ViewOver
    return found[0]


def verify_mark(
    keys: YearKeys,
    seen: SeenView,
    about: UUID,
    mark: bytes,
    *,
    now: datetime,
    use: str = Use.LOOKUP,
) -> None:
    """Hold that this line stood in that view, within the last hour, or `ViewOver`.

    `use`: of a signal its source.
    """
    _verify_fresh(seen, now)
    if not hmac.compare_digest(_derive(keys, seen, about, use), mark):
        raise ViewOver


def seal_whose(keys: YearKeys, seen: SeenView, point: StoredPoint) -> bytes:
    """Seal whose view this is, for this view: of two views it is never the same."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    seal = AESGCM(keys.get_disclosure_key(seen.at.year).view_seal)
    return nonce + seal.encrypt(nonce, point.encoded, _write(seen))


def open_whose(
    keys: YearKeys, seen: SeenView, sealed: bytes, *, now: datetime
) -> StoredPoint:
    """Say whose view this was within the last hour, or raise `ViewOver`."""
    _verify_fresh(seen, now)
    seal = AESGCM(keys.get_disclosure_key(seen.at.year).view_seal)
    try:
        return StoredPoint(
            seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _write(seen))
        )
    except (InvalidTag, ValueError):
        raise ViewOver from None


def _write(seen: SeenView) -> bytes:
    return "\n".join(_parts(seen)).encode()


def _parts(seen: SeenView) -> tuple[str, ...]:
    return str(seen.id), seen.municipality, write_instant(seen.at)


def _verify_fresh(seen: SeenView, now: datetime) -> None:
    if not timedelta() <= now - seen.at <= LASTS:
        raise ViewOver


def _derive(keys: YearKeys, seen: SeenView, about: UUID, use: str) -> bytes:
    key = keys.get_disclosure_key(seen.at.year).view_mark
    return key.digest("\n".join((*_parts(seen), str(about), use)).encode())
