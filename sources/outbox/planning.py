"""From a read delivery to the work it asks for, in one transaction.

Either every difference of the delivery stands in `work` and the read rows are gone, or
nothing happened. References, versions and validity are settled here, so that whatever
is repeated later repeats the same thing.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import uuid4

from signal_index.wire.deliveries import DeliveryKind
from signal_index.wire.signals import WithdrawalReason
from sources.errors import TooManyGone
from sources.outbox.deliveries import OpenDelivery, raise_count
from sources.outbox.differences import Current, Told, compare, derive_valid_until
from sources.outbox.store import Outbox
from sources.outbox.unchanged import note_recheck

GONE_SHARE: Final = 5  # more than one in five at once is asked about first

_OPEN: Final = """
SELECT s.*, k.reference, k.version, k.person AS told_person,
  k.fingerprint AS told_fingerprint, k.category AS told_category,
  k.municipality AS told_municipality, k.valid_until AS told_until
FROM staged s
LEFT JOIN staged_closing c ON c.case_key = s.case_key AND c.closed_on >= s.valid_from
LEFT JOIN signal k ON k.case_key = s.case_key
WHERE s.event = 'open' AND c.case_key IS NULL"""
_OVER: Final = """
SELECT k.*, c.closed_on, c.reason FROM staged_closing c
JOIN signal k ON k.case_key = c.case_key
LEFT JOIN staged s ON s.case_key = c.case_key
WHERE s.case_key IS NULL OR s.event = 'kept' OR c.closed_on >= s.valid_from"""
_GONE: Final = """
SELECT k.* FROM signal k WHERE k.profile = ?
AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.case_key = k.case_key)
AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.case_key = k.case_key)"""
_REMEMBER: Final = """
INSERT INTO last_word SELECT case_key, told_at FROM (
  SELECT case_key, told_at FROM staged WHERE told_at <> ''
  UNION ALL SELECT case_key, told_at FROM staged_closing WHERE told_at <> '')
WHERE true ON CONFLICT DO UPDATE SET told_at = excluded.told_at"""
_PUBLISH: Final = """
INSERT INTO work (state, action, case_key, reference, version, line, record, person,
  fingerprint, category, municipality, contact, valid_from, valid_until,
  informed_code, informed_on, sealed)
VALUES ('sealed', 'publish', ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"""
_WITHDRAW: Final = """
INSERT INTO work (state, action, case_key, reference, version, category,
  municipality, reason, reason_on) VALUES ('ready', 'withdraw', ?,?,?,?,?,?,?)"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is made under."""

    months: int
    today: date
    confirmed: bool


def plan_delivery(
    outbox: Outbox,
    delivery: OpenDelivery,
    terms: Terms,
    settle: Callable[[sqlite3.Connection], None] = lambda _: None,
) -> None:
    """Turn what was read into work, or raise `TooManyGone` and leave all as it was.

    `settle` notes, in the same transaction, how far the registration was read.
    """
    with outbox.transaction("plan") as connection:
        unchanged = _plan_open(connection, terms)
        _plan_over(connection)
        if delivery.kind is DeliveryKind.FULL:
            _plan_gone(connection, delivery.profile, terms)
            note_recheck(
                connection, delivery.profile, months=terms.months, today=terms.today
            )
        connection.execute(_REMEMBER)
        settle(connection)
        connection.execute("DELETE FROM staged")
        connection.execute("DELETE FROM staged_closing")
        raise_count(connection, delivery.id, "unchanged", unchanged)
        connection.execute(
            "UPDATE delivery SET state = 'planned' WHERE id = ?", (str(delivery.id),)
        )


def count_work(outbox: Outbox) -> int:
    """Give how many notices and withdrawals are left."""
    row = outbox.connection.execute("SELECT count(*) FROM work").fetchone()
    return int(row[0])


def _plan_open(connection: sqlite3.Connection, terms: Terms) -> int:
    unchanged = 0
    for row in _rows(connection, _OPEN):
        limit = row["valid_limit"] and date.fromisoformat(row["valid_limit"])
        until = derive_valid_until(limit, terms.months, today=terms.today)
        difference = compare(
            _told(row), _current(row, until), months=terms.months, today=terms.today
        )
        if difference.withdraw:
            _insert_withdrawal(connection, row, difference.withdraw, terms.today)
        if difference.publish:
            _insert_publication(connection, row, until, afresh=difference.withdraw)
        unchanged += difference.is_nothing
    return unchanged


def _plan_over(connection: sqlite3.Connection) -> None:
    for row in _rows(connection, _OVER):
        on = date.fromisoformat(row["closed_on"])
        _insert_withdrawal(connection, row, WithdrawalReason(row["reason"]), on)


def _plan_gone(connection: sqlite3.Connection, profile: str, terms: Terms) -> None:
    active = connection.execute(
        "SELECT count(*) FROM signal WHERE profile = ?", (profile,)
    ).fetchone()[0]
    gone = connection.execute(
        f"SELECT count(*) FROM ({_GONE})",  # noqa: S608 - our own constant
        (profile,),
    ).fetchone()[0]
    if gone * GONE_SHARE > active and not terms.confirmed:
        raise TooManyGone(gone, active)
    for row in _rows(connection, _GONE, profile):
        _insert_withdrawal(connection, row, WithdrawalReason.ENDED, terms.today)


def _insert_publication(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    until: date,
    *,
    afresh: WithdrawalReason | None,
) -> None:
    known = row["reference"] if afresh is None else None
    connection.execute(
        _PUBLISH,
        (
            row["case_key"],
            known or str(uuid4()),
            row["version"] + 1 if known else 1,
            row["line"],
            row["record"],
            row["person"],
            row["fingerprint"],
            row["category"],
            row["municipality"],
            row["contact"],
            row["valid_from"],
            until.isoformat(),
            row["informed_code"],
            row["informed_on"],
            row["sealed"],
        ),
    )


def _insert_withdrawal(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    reason: WithdrawalReason,
    on: date,
) -> None:
    # Category and municipality as they were told, not as the record has them now.
    told = "told_category" in row.keys()  # noqa: SIM118 - a row iterates its values
    connection.execute(
        _WITHDRAW,
        (
            row["case_key"],
            row["reference"],
            row["version"] + 1,
            row["told_category"] if told else row["category"],
            row["told_municipality"] if told else row["municipality"],
            reason.value,
            on.isoformat(),
        ),
    )


def _told(row: sqlite3.Row) -> Told | None:
    if row["reference"] is None:
        return None
    return Told(
        person=row["told_person"],
        fingerprint=row["told_fingerprint"],
        category=row["told_category"],
        municipality=row["told_municipality"],
        valid_until=date.fromisoformat(row["told_until"]),
    )


def _current(row: sqlite3.Row, until: date) -> Current:
    return Current(
        person=row["person"],
        fingerprint=row["fingerprint"],
        category=row["category"],
        municipality=row["municipality"],
        valid_until=until,
    )


def _rows(
    connection: sqlite3.Connection, query: str, *values: str
) -> Iterator[sqlite3.Row]:
    """Give rows of a query that reads none of the tables being written."""
    yield from connection.execute(query, values)
