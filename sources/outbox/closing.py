"""The end of a delivery: the index knows that it is complete."""

import sqlite3
from datetime import timedelta
from typing import Final

from signal_index.wire.deliveries import DeliveryKind
from sources.clock import day_of
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.store import Outbox
from sources.outbox.unchanged import forget_known, keep_known

_DAYS_DIFFER: Final = timedelta(
    days=1
)  # to be sure: what is forgotten cannot be withdrawn
ENDED_FOR: Final = timedelta(days=35)
"""A notice about a signal may wait at the index for a month."""
_STANDING: Final = """
UPDATE delivery SET standing = (
  SELECT count(*) FROM signal k WHERE k.profile = delivery.profile) WHERE id = ?"""


def close_delivery(
    outbox: Outbox,
    done: OpenDelivery,
    *,
    is_read: bool = False,
    rows: bytes | None = None,
) -> None:
    """Note that the index knows the delivery is complete.

    A full delivery that this run read is known again, by its bytes and by its rows;
    any other makes what was known of that profile's file worthless.
    """
    with outbox.transaction("close-delivery") as connection:
        connection.execute(
            "UPDATE delivery SET state = 'closed' WHERE id = ?", (str(done.id),)
        )
        _forget_expired(connection, done)
        connection.execute(_STANDING, (str(done.id),))
        if is_read and done.kind is DeliveryKind.FULL:
            keep_known(connection, done, rows)
        else:
            forget_known(connection, done.profile)


def _forget_expired(connection: sqlite3.Connection, done: OpenDelivery) -> None:
    """Forget what the index dropped on its last day: there is nothing to withdraw.

    And what it was called, of any profile, when that has lain long enough.

    The day is that of a delivery which the index took: it takes none that ends in its
    future, so that a clock ahead of the index's forgets nothing.
    """
    day = day_of(done.ends) - _DAYS_DIFFER
    connection.execute(
        "DELETE FROM signal WHERE profile = ? AND valid_until < ?",
        (done.profile, day.isoformat()),
    )
    today = day_of(done.ends)
    connection.execute(
        "UPDATE ended SET noted = ? WHERE noted IS NULL", (today.isoformat(),)
    )
    connection.execute(
        "DELETE FROM ended WHERE noted < ?", ((today - ENDED_FOR).isoformat(),)
    )
