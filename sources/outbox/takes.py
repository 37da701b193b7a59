"""What the index takes of a source, by how it said that it knows it: asked first.

- A known case that goes on as what is not taken stops the delivery, and so does a first
  delivery of which nothing would be taken: nothing is gained by sending the rest.
- Any other record of what is not taken is a reject with the index's own reason, of whom
  no holder evaluates anything. So what ended is withdrawn all the same.

Proven by tests/unit/sources/test_what_is_not_taken.py.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from sources.errors import NotRegistered
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.matching import OPEN
from sources.reasons import Reason

_KINDS: Final = f"""
SELECT DISTINCT category, municipality, reference IS NOT NULL
  AND told_person = person
  AND (category <> told_category OR municipality <> told_municipality) AS changed
FROM ({OPEN}) ORDER BY category, municipality"""  # noqa: S608 - our own constant
_STANDS: Final = "SELECT 1 FROM signal WHERE profile = ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Taken:
    """The kinds, each with its municipality, that a source is registered for.

    `today`: those of them that the index takes now.
    """

    registered: frozenset[tuple[str, str]]
    today: frozenset[tuple[str, str]]

    def find_refusal(self, category: str, municipality: str) -> Reason | None:
        """Give why the index would refuse a notice of this; None where it takes it."""
        if (category, municipality) in self.today:
            return None
        if (category, municipality) in self.registered:
            return Reason.REFUSED_CATEGORY
        if any(kind == category for kind, _ in self.registered):
            return Reason.REFUSED_UNREGISTERED_PLACE
        return Reason.REFUSED_UNREGISTERED_CATEGORY


def verify_taken(
    connection: sqlite3.Connection, delivery: OpenDelivery, taken: Taken
) -> None:
    """Raise `NotRegistered` where known cases, or all of a first file, are not taken.

    The delivery's rows are staged, and paired.
    """
    kinds = connection.execute(_KINDS).fetchall()
    refused = [
        (row["category"], row["municipality"], bool(row["changed"]))
        for row in kinds
        if taken.find_refusal(row["category"], row["municipality"])
    ]
    if changed := [(kind, place) for kind, place, known in refused if known]:
        raise NotRegistered(delivery.profile, changed, is_known=True)
    is_first = connection.execute(_STANDS, (delivery.profile,)).fetchone() is None
    if refused and is_first and len(refused) == len(kinds):
        named = [(kind, place) for kind, place, _ in refused]
        raise NotRegistered(delivery.profile, named, is_known=False)
