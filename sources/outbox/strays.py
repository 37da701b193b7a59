"""Signals at the index that no case here names: told by an outbox that is gone.

The next full delivery of their category and municipality tells every open case anew,
and takes these back when that is done: nobody is without a flag meanwhile, and when it
is closed nobody has two.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from signal_index.wire.signals import OwnSignal, WithdrawalReason
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.matching import OPEN
from sources.outbox.store import Outbox

NO_CASE: Final = b""  # work about a stray: there is no case that it belongs to
_OPENED: Final = f"""
SELECT category, municipality, valid_from, count(*) AS count
FROM ({OPEN}) GROUP BY 1, 2, 3"""  # noqa: S608 - our own constant
_KNOWN: Final = """
SELECT 1 FROM signal WHERE reference = ?1 UNION ALL
SELECT 1 FROM work WHERE reference = ?1 UNION ALL
SELECT 1 FROM stray WHERE reference = ?1"""


def keep_strays(outbox: Outbox, signals: Iterable[OwnSignal]) -> None:
    """Keep which signals are to be taken back."""
    with outbox.transaction("mend") as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO stray VALUES (?, ?, ?, ?, ?)",
            [
                (
                    str(one.reference),
                    one.version,
                    one.category,
                    one.municipality,
                    one.validFrom.isoformat(),
                )
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


def is_stray(outbox: Outbox, reference: UUID) -> bool:
    """Tell whether a signal was told by an outbox that is gone, and waits to go."""
    found = outbox.connection.execute(
        "SELECT 1 FROM stray WHERE reference = ?1 UNION ALL"
        " SELECT 1 FROM work WHERE reference = ?1 AND case_key = ?2",
        (str(reference), NO_CASE),
    )
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


def count_replaced(
    connection: sqlite3.Connection, strays: Sequence[sqlite3.Row]
) -> tuple[int, int]:
    """Count the strays that open cases come in the place of, by kind and place.

    Gives how many do, and how many of those are since another day than any stray that
    is left: the same case would be since the same day. Whose they are nobody knows.
    Every open case counts: an outbox knew none when it began anew.
    """
    told = Counter((row["category"], row["municipality"]) for row in strays)
    since = Counter(
        (row["category"], row["municipality"], row["valid_from"]) for row in strays
    )
    opened: Counter[tuple[str, str]] = Counter()
    alike = 0
    for row in connection.execute(_OPENED):
        opened[row["category"], row["municipality"]] += row["count"]
        alike += min(row["count"], since[tuple(row)[:3]])
    replaced = (told & opened).total()
    return replaced, replaced - alike


def plan_strays(
    connection: sqlite3.Connection, delivery: OpenDelivery, today: date
) -> None:
    """Turn the strays of a full delivery's scope into work, in its transaction."""
    for row in find_strays(connection, delivery):
        connection.execute(
            "INSERT OR IGNORE INTO work (delivery, state, action, case_key, reference,"
            " version, category, municipality, valid_from, reason, reason_on)"
            " VALUES (?, 'ready', 'withdraw', ?,?,?,?,?,?,?,?)",
            (
                str(delivery.id),
                NO_CASE,
                row["reference"],
                row["version"] + 1,
                row["category"],
                row["municipality"],
                row["valid_from"],
                WithdrawalReason.ENDED.value,
                today.isoformat(),
            ),
        )
        connection.execute("DELETE FROM stray WHERE reference = ?", (row["reference"],))
