"""Know an older copy of the outbox by the delivery that the index last heard of it.

A backup that is put back knows less than the index does. Believed, it would call what
was withdrawn unchanged, and tell what was told under another reference. So the id of a
delivery begins as its outbox's does: the index lists deliveries, and one of ours that
is not known here was made after this copy. No id says anything of a person.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid4

from sources.outbox.store import Outbox, get_meta, put_meta

_HEARD: Final = "heard"
_SHARED: Final = 6  # bytes, before those that say which kind of UUID it is


def make_delivery_id(outbox: UUID) -> UUID:
    """Make a new id of a delivery that shows which outbox it is of."""
    return UUID(bytes=outbox.bytes[:_SHARED] + uuid4().bytes[_SHARED:])


def find_newest_own(outbox: Outbox, newest_first: Iterable[UUID]) -> UUID | None:
    """Find the newest delivery of this outbox among those of its source."""
    mark = outbox.id.bytes[:_SHARED]
    own = (one for one in newest_first if one.bytes[:_SHARED] == mark)
    return next(own, None)


def is_heard_here(outbox: Outbox, delivery: UUID) -> bool:
    """Tell whether this copy of the outbox knows of a delivery."""
    found = outbox.connection.execute(
        # Of one that was let go of, the end may have reached the index.
        "SELECT 1 FROM delivery WHERE id = ?1 UNION ALL"
        " SELECT 1 FROM let_go WHERE id = ?1",
        (str(delivery),),
    )
    known = found.fetchone() is not None
    return known or get_meta(outbox.connection, _HEARD) == delivery.bytes


def keep_heard(connection: sqlite3.Connection, delivery: UUID) -> None:
    """Keep that a delivery is known here which has no row, in its transaction."""
    put_meta(connection, _HEARD, delivery.bytes)
