"""Signals at the index that no case here names: told by an outbox that is gone.

The next full delivery of their category and municipality tells every open case anew,
and takes these back when that is done: nobody is without a flag meanwhile, and when it
is closed nobody has two.
"""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from signal_index.wire.signals import OwnSignal, WithdrawalReason
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.store import Outbox

NO_CASE: Final = b""  # work about a stray: there is no case that it belongs to
_KNOWN: Final = """
SELECT 1 FROM signal WHERE reference = ?1 UNION ALL
SELECT 1 FROM work WHERE reference = ?1 UNION ALL
SELECT 1 FROM stray WHERE reference = ?1"""


def keep_strays(outbox: Outbox, signals: Iterable[OwnSignal]) -> None:
    """Keep which signals are to be taken back."""
    with outbox.transaction("mend") as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO stray VALUES (?, ?, ?, ?)",
            [
                (str(one.reference), one.version, one.category, one.municipality)
                for one in signals
            ],
        )


def count_strays(outbox: Outbox) -> int:
    """Give how many signals wait to be taken back."""
    return int(outbox.connection.execute("SELECT count(*) FROM stray").fetchone()[0])


def is_ours(outbox: Outbox, reference: UUID) -> bool:
    """Tell whether this outbox knows a signal, or knows that it is a stray."""
    found = outbox.connection.execute(_KNOWN, (str(reference),))
    return found.fetchone() is not None


def find_strays(
    connection: sqlite3.Connection, delivery: OpenDelivery
) -> list[sqlite3.Row]:
    """Give the strays of a delivery's kinds and municipalities."""
    return [
        row
        for row in connection.execute("SELECT * FROM stray")
        if row["category"] in delivery.categories
        and row["municipality"] in delivery.municipalities
    ]


def plan_strays(
    connection: sqlite3.Connection, delivery: OpenDelivery, today: date
) -> None:
    """Turn the strays of a full delivery's scope into work, in its transaction."""
    for row in find_strays(connection, delivery):
        connection.execute(
            "INSERT OR IGNORE INTO work (delivery, state, action, case_key, reference,"
            " version, category, municipality, reason, reason_on)"
            " VALUES (?, 'ready', 'withdraw', ?,?,?,?,?,?,?)",
            (
                str(delivery.id),
                NO_CASE,
                row["reference"],
                row["version"] + 1,
                row["category"],
                row["municipality"],
                WithdrawalReason.ENDED.value,
                today.isoformat(),
            ),
        )
        connection.execute("DELETE FROM stray WHERE reference = ?", (row["reference"],))
