"""What a lookup answers: one shape for hit and miss, one length for both.

- A part (one person) serialises to a multiple of 16,384 bytes, at least two of them:
  texts have bounds, so that nineteen flags of the longest kind fit in what a miss takes
  (tests/unit/signal_index/test_answers.py).
- What was withheld is never shown and never counted: nothing here knows of it.
- Per permitted category the connected sources and when they were last heard, so that
  "nothing found" means nothing. That does not depend on the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from policy.catalogue import Category
from signal_index.signals import StoredSignal
from signal_index.wire.lookups import Flag, FlagContact, Part

PART_STEP: Final = 16_384
PART_MINIMUM: Final = 2 * PART_STEP
CONTACT_STALE_AFTER: Final = timedelta(days=180)


def make_flag(
    signal: StoredSignal, row: Category, organisation: str, today: date
) -> Flag:
    """Say what an answer shows of one signal: that there is contact, whom to call."""
    return Flag(
        category=signal.category,
        categoryLabel=row.label,
        lifeDomains=[str(code) for code in row.life_domains],
        organisation=organisation,
        contactHolder=make_contact(signal.contact, signal.contact_verified, today),
        since=signal.valid_from,
        expires=signal.valid_until,
    )


def make_contact(
    details: Mapping[str, object], verified: date, today: date
) -> FlagContact:
    """Say whom to call, and whether that was not confirmed for half a year."""
    stale = today - verified > CONTACT_STALE_AFTER
    return FlagContact.model_validate({**details, "stale": stale})


def encode_part(part: Part) -> bytes:
    """Write one part as JSON, padded to two (or more) times 16,384 bytes.

    `padding` is the last member of a part, and empty until here.
    """
    bare = part.model_dump_json().encode()
    missing = max(PART_MINIMUM - len(bare), -len(bare) % PART_STEP)
    return bare[:-2] + b" " * missing + b'"}'


def encode_answer(parts: Sequence[bytes]) -> bytes:
    """Join the whole body: the parts in the order of the subjects asked about."""
    return b'{"answers":[' + b",".join(parts) + b"]}"
