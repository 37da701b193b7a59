"""What a lookup answers: one shape for hit and miss, one length for both.

- A part (one person) serialises to 49,152 bytes, or to a multiple of 16,384 more:
  texts have bounds, so that nineteen flags of the longest kind fit in what a miss takes
  (tests/unit/signal_index/test_answers.py).
- What was withheld is never shown and never counted: nothing here knows of it.
- Per permitted category the connected sources and when they were last heard, so that
  "nothing found" means nothing. That does not depend on the person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from policy.catalogue import Category
from signal_index.signals import StoredSignal
from signal_index.wire.errors import InvalidField
from signal_index.wire.lookups import Flag, FlagContact, Part

PART_STEP: Final = 16_384
PART_MINIMUM: Final = 49_152
CONTACT_STALE_AFTER: Final = timedelta(days=180)

Contact = tuple[UUID, Mapping[str, object], date]
"""A contact holder, what is told of it, and when it was last confirmed."""


def make_flag(
    signal: StoredSignal, row: Category, organisation: str, today: date
) -> Flag:
    """Say what an answer shows of one signal: that there is contact, whom to call."""
    return Flag(
        category=signal.category,
        categoryLabel=row.label,
        lifeDomains=[str(code) for code in row.life_domains],
        organisation=organisation,
        contactHolder=make_contact(
            (signal.contact_id, signal.contact, signal.contact_verified),
            signal.source,
            today,
        ),
        since=signal.valid_from,
        expires=signal.valid_until,
    )


def make_contact(contact: Contact, source: str, today: date) -> FlagContact:
    """Say whom to call about a source's flag, and whether that was long ago confirmed.

    The signature goes along as it was stored: whoever reads this verifies it. Of a row
    that cannot be read nothing is said and nothing is signed, so that whoever verifies
    refuses that one; the rest of the answer stands.
    """
    id_, details, verified = contact
    stale = today - verified > CONTACT_STALE_AFTER
    known = {"id": id_, "source": source, "stale": stale}
    try:  # as JSON: half a character is no text there
        return _read_contact(json.dumps({**details, **known}, default=str))
    except (InvalidField, TypeError, ValidationError):
        nothing = {"function": "", "phone": "", "lastVerified": verified}
        return FlagContact.model_validate(nothing | known)


@lru_cache(maxsize=4_096)
def _read_contact(said: str) -> FlagContact:
    """Read it once: a contact holder stands at thousands of signals."""
    return FlagContact.model_validate_json(said)


def encode_part(part: Part) -> bytes:
    """Write one part as JSON, padded to 49,152 bytes, or 16,384 more at a time.

    `padding` is the last member of a part, and empty until here.
    """
    bare = part.model_dump_json().encode()
    missing = PART_MINIMUM - len(bare)
    if missing < 0:
        missing %= PART_STEP
    return bare[:-2] + b" " * missing + b'"}'


def encode_answer(parts: Sequence[bytes]) -> bytes:
    """Join the whole body: the parts in the order of the subjects asked about."""
    return b'{"answers":[' + b",".join(parts) + b"]}"
