"""What a lookup answers: one shape for hit and miss, one length for both.

- A part (one person) serialises to a multiple of 16,384 bytes, at least two of them:
  texts have bounds, so that twenty flags of the longest kind fit in what a miss takes
  (tests/unit/signal_index/test_answers.py).
- What was withheld is never shown and never counted: nothing here knows of it.
- Per permitted category the connected sources and when they were last heard, so that
  "nothing found" means nothing. That does not depend on the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from signal_index.notice.fields import encode_instant
from signal_index.notice.text import encode_compact
from signal_index.signals import StoredSignal

PART_STEP: Final = 16_384
PART_MINIMUM: Final = 2 * PART_STEP
CONTACT_STALE_AFTER: Final = timedelta(days=180)
_CONTACT_FIELDS: Final = (
    "function",
    "name",
    "phone",
    "outOfHoursPhone",
    "officeHours",
    "deputy",
    "absentUntil",
    "lastVerified",
)


@dataclass(frozen=True, slots=True)
class CategoryText:
    """How a category is shown."""

    label: str
    life_domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a connected source was last heard about a category."""

    category: str
    organisation: str
    last_heard: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The answer about one person."""

    entry: UUID
    scope: str
    flags: Sequence[Mapping[str, object]]
    sources: Sequence[Mapping[str, object]]
    receipt: Mapping[str, object]


def is_stale(last_heard: datetime | None, rhythm_days: int, now: datetime) -> bool:
    """Tell whether a source has been silent for more than twice its rhythm."""
    return last_heard is None or now - last_heard > timedelta(days=2 * rhythm_days)


def render_flag(
    signal: StoredSignal, text: CategoryText, organisation: str, today: date
) -> Mapping[str, object]:
    """Give what an answer shows of one signal: that there is contact, whom to call."""
    contact = {name: signal.contact.get(name) for name in _CONTACT_FIELDS}
    contact["stale"] = today - signal.contact_verified > CONTACT_STALE_AFTER
    return {
        "category": signal.category,
        "categoryLabel": text.label,
        "lifeDomains": text.life_domains,
        "organisation": organisation,
        "contactHolder": contact,
        "since": signal.valid_from.isoformat(),
        "expires": signal.valid_until.isoformat(),
    }


def render_freshness(one: Freshness, label: str) -> Mapping[str, object]:
    """Give how recent the word of one source is."""
    return {
        "category": one.category,
        "categoryLabel": label,
        "organisation": one.organisation,
        "lastHeard": None if one.last_heard is None else encode_instant(one.last_heard),
        "stale": one.stale,
    }


def encode_part(part: Part) -> bytes:
    """Give the JSON of one part, padded to two (or more) times 16,384 bytes."""
    bare = encode_compact(
        {
            "entryId": str(part.entry),
            "scope": part.scope,
            "flags": part.flags,
            "sources": part.sources,
            "receipt": part.receipt,
            "padding": "",
        }
    )
    missing = max(PART_MINIMUM - len(bare), -len(bare) % PART_STEP)
    return bare[:-2] + b" " * missing + b'"}'


def encode_answer(parts: Sequence[bytes]) -> bytes:
    """Give the whole body: the parts in the order of the subjects asked about."""
    return b'{"answers":[' + b",".join(parts) + b"]}"
