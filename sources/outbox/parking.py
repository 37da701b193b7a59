"""A delivery that cannot be evaluated now steps aside for the next one.

    planned --park--> parked --take_back--> planned

- What needs no evaluation of it was sent: what is parked are new notices, each BSN
  sealed, until holders evaluate again. So what another file ends is withdrawn today.
- It is finished later, oldest first, and closed then.
- A newer delivery goes before it: a case that it names is told as it has it, and what
  was left of the older word is dropped, counted as overtaken. A full one of the same
  profile says everything again, and takes its place.

Proven by tests/unit/sources/test_what_waits_for_evaluation.py.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.outbox.abandoning import abandon_within
from sources.outbox.deliveries import OpenDelivery, find_in_state
from sources.outbox.matching import OPEN
from sources.outbox.settling import keep_replaced
from sources.outbox.store import Outbox

_STATE: Final = "UPDATE delivery SET state = ? WHERE id = ?"
_LEFT: Final = """
SELECT w.id, w.delivery, w.case_key, w.part, w.reference,
  EXISTS (SELECT 1 FROM signal k WHERE k.reference = w.reference) AS known,
  (SELECT o.reference FROM work o WHERE o.replaced_by = w.reference) AS replaces
FROM work w JOIN delivery d ON d.id = w.delivery
WHERE d.state = 'parked' AND d.profile = ? AND w.action = 'publish'
AND (EXISTS (SELECT 1 FROM staged s WHERE s.case_key = w.case_key AND s.event = 'open')
  OR EXISTS (SELECT 1 FROM staged_closing c WHERE c.case_key = w.case_key))
ORDER BY w.case_key, w.id"""
_NAMED: Final = f"SELECT part, reference FROM ({OPEN}) WHERE case_key = ?"  # noqa: S608 - our own constant
_CLOSED: Final = "SELECT part FROM staged_closing WHERE case_key = ?"
_OVERTAKE: Final = "UPDATE delivery SET overtaken = overtaken + 1 WHERE id = ?"
_ANY: Final = b"?"


def park(outbox: Outbox, delivery: UUID) -> None:
    """Let a planned delivery wait until holders evaluate again."""
    with outbox.transaction("park") as connection:
        connection.execute(_STATE, ("parked", str(delivery)))


def take_back(outbox: Outbox, delivery: UUID) -> None:
    """Go on with a delivery that was parked; none may be under way."""
    with outbox.transaction("park") as connection:
        connection.execute(_STATE, ("planned", str(delivery)))


def find_parked(outbox: Outbox) -> list[OpenDelivery]:
    """Give the deliveries that wait for evaluation, oldest first."""
    return find_in_state(outbox, "parked")


def give_way(connection: sqlite3.Connection, delivery: OpenDelivery) -> None:
    """Drop what a delivery that is planned now says anew; its rows are staged.

    Of a case that was never told, one row left over on both sides is a correction, as
    between a file and what was told (`matching.pair_left_over`).
    """
    if delivery.kind is DeliveryKind.FULL:
        older = connection.execute(
            "SELECT id FROM delivery WHERE state = 'parked' AND profile = ?",
            (delivery.profile,),
        ).fetchall()
        for row in older:
            at = UUID(row["id"])
            abandon_within(connection, at, delivery.profile, "replaced")
        return
    cases: dict[bytes, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute(_LEFT, (delivery.profile,)).fetchall():
        cases[row["case_key"]].append(row)
    for case_key, left in cases.items():
        named = connection.execute(_NAMED, (case_key,)).fetchall()
        closed = [row["part"] for row in connection.execute(_CLOSED, (case_key,))]
        for row in _find_overtaken(left, named, closed):
            connection.execute("DELETE FROM work WHERE id = ?", (row["id"],))
            keep_replaced(connection, row["reference"])
            connection.execute(_OVERTAKE, (row["delivery"],))


def _find_overtaken(
    left: Sequence[sqlite3.Row],
    named: Sequence[sqlite3.Row],
    closed: Collection[bytes],
) -> list[sqlite3.Row]:
    """Give what of an older word about a case a newer one replaces or ends."""
    parts = {row["part"] for row in named}
    references = {row["reference"] for row in named} - {None}
    over: list[sqlite3.Row] = []
    rest: list[sqlite3.Row] = []
    for row in left:
        is_closed = any(part == _ANY or row["part"].startswith(part) for part in closed)
        is_known = row["reference"] in references or row["replaces"] in references
        is_named = row["part"] in parts or is_known
        (over if is_closed or is_named else rest).append(row)
    new = {row["part"] for row in named if row["reference"] is None}
    unmatched = new - {row["part"] for row in left}
    untold = [row for row in rest if not row["known"]]
    if len(unmatched) == len(untold) == 1:
        over += untold
    return over
