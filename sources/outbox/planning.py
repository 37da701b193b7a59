"""From a read delivery to the work it asks for, or to a question, in one transaction.

Either every difference of the delivery stands in `work` and the read rows are gone, or
the delivery is held for somebody to look at, or nothing happened. References, versions
and validity are settled here, so that what is repeated later repeats the same thing.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID, uuid4

from signal_index.wire.deliveries import DeliveryKind
from signal_index.wire.signals import WithdrawalReason
from sources.clock import day_of
from sources.judging.difference import Difference
from sources.judging.rules import judge
from sources.outbox.awaited import (
    Formers,
    await_flag,
    note_refused,
    take_over_awaited,
)
from sources.outbox.closing import ENDED_FOR
from sources.outbox.deliveries import (
    OpenDelivery,
    clear_staged,
    insert_rejects,
    raise_count,
)
from sources.outbox.differences import Current, Told, compare, derive_valid_until
from sources.outbox.holding import ask, hold, replace_held, take_up
from sources.outbox.matching import (
    GONE,
    OPEN,
    OVER,
    note_parts,
    pair_closings,
    pair_left_over,
)
from sources.outbox.not_begun import note_not_begun
from sources.outbox.owed import note_said
from sources.outbox.parking import give_way
from sources.outbox.staging import BSN_LABEL, NAME_LABEL, open_person
from sources.outbox.store import Outbox
from sources.outbox.strays import plan_strays
from sources.outbox.takes import Taken, verify_taken
from sources.outbox.unchanged import note_recheck
from sources.outbox.untaken import note_refused_update, note_untaken
from sources.outbox.weighing import weigh
from sources.outbox_key import OutboxKey
from sources.reasons import Reason
from sources.values import Place, Reject

Turn = Callable[[sqlite3.Row, Literal["came", "went"]], None]

_REMEMBER: Final = """
INSERT INTO last_word SELECT case_key, told_at FROM (
  SELECT case_key, told_at FROM staged WHERE told_at <> ''
  UNION ALL SELECT case_key, told_at FROM staged_closing WHERE told_at <> '')
WHERE true ON CONFLICT DO UPDATE SET told_at = excluded.told_at"""
_PUBLISH: Final = """
INSERT INTO work (delivery, state, action, case_key, part, reference, version, line,
  record, person, fingerprint, category, municipality, contact, valid_from, valid_limit,
  valid_until, informed_code, informed_on, sealed, name)
VALUES (?, 'sealed', 'publish', ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"""
_TELL_CONTACTS: Final = """
INSERT INTO contact (id, mark, body, state)
SELECT id, mark, body, 'pending' FROM staged_contact WHERE true
ON CONFLICT (mark) DO UPDATE SET state = CASE
  WHEN body = excluded.body AND state = 'sent' THEN 'sent' ELSE 'pending' END,
  body = excluded.body"""
_TURN: Final = "INSERT OR REPLACE INTO turnover VALUES (?, ?, ?, ?, ?)"
_FORGET_LEFT: Final = (
    "DELETE FROM turnover WHERE profile = ? AND way = 'left' AND noted < ?"
)
_FORGET_CAME: Final = "DELETE FROM turnover WHERE profile = ? AND way = 'came'"
_LEFT: Final = (
    "UPDATE OR REPLACE turnover SET way = 'left' WHERE profile = ? AND way = 'went'"
)
_WITHDRAW: Final = """
INSERT OR REPLACE INTO work (delivery, state, action, case_key, reference, version,
  category, municipality, reason, reason_on, replaced_by)
VALUES (?, 'ready', 'withdraw', ?,?,?,?,?,?,?,?)"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is made under; `approved` is the digest that somebody let through.

    `takes`: what the index takes of this source; None where nobody asked it.
    """

    months: int
    now: datetime
    has_header: bool = True
    approved: bytes | None = None
    takes: Taken | None = None

    @property
    def today(self) -> date:
        """Give the day on which the plan is made."""
        return day_of(self.now)

    def is_empty(self, delivery: OpenDelivery) -> bool:
        """Tell whether a file held nothing that its format knows, not even a header."""
        return not (delivery.counts.read or self.has_header)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where work is written, whose it is, and who remembers what came and went.

    `formers`: what stood before what a case awaits.
    """

    connection: sqlite3.Connection
    delivery: OpenDelivery
    turn: Turn
    formers: Formers


def plan_delivery(
    outbox: Outbox,
    delivery: OpenDelivery,
    terms: Terms,
    settle: Callable[[sqlite3.Connection], None] = lambda _: None,
) -> bool:
    """Turn what was read into work; or hold it and give False, where one must ask.

    `settle` notes, in the same transaction, how far the registration was read. A
    delivery that was held before is judged anew: what somebody approved goes through
    only if it is still the same difference. Raises `NotRegistered`, and nothing
    happened, where the index would refuse what known cases go on as, or all.
    """
    with outbox.transaction("plan") as connection:
        if delivery.state == "held":
            take_up(connection, delivery.id)
        pair_left_over(connection)
        if terms.takes is not None:
            verify_taken(connection, delivery, terms.takes)
        is_full = delivery.kind is DeliveryKind.FULL
        unclear = [] if is_full else pair_closings(connection)
        replace_held(connection, outbox.key, delivery)
        difference = weigh(
            connection,
            delivery,
            today=terms.today,
            is_empty=terms.is_empty(delivery),
        )
        if findings := judge(difference):
            judged = (difference, findings)
            question = ask(connection, outbox.key, delivery, judged, today=terms.today)
            if question.digest != terms.approved:
                hold(connection, delivery, question, at=terms.now, months=terms.months)
                return False
        _reject_unclear(connection, delivery, unclear)
        _plan(connection, outbox.key, delivery, (terms, difference))
        settle(connection)
        clear_staged(connection)
    return True


def _plan(
    connection: sqlite3.Connection,
    key: OutboxKey,
    delivery: OpenDelivery,
    under: tuple[Terms, Difference],
) -> None:
    terms, difference = under
    is_full = delivery.kind is DeliveryKind.FULL
    turn = _note_turnover(connection, delivery.profile, difference, terms.today)
    formers = take_over_awaited(connection, delivery)
    plan = _Plan(connection, delivery, turn, formers)
    give_way(connection, delivery)
    connection.execute(_TELL_CONTACTS)
    note_untaken(connection, delivery)
    unchanged = _plan_open(plan, key, terms)
    _plan_over(plan, is_full=is_full)
    if is_full:
        if not difference.spared:
            _plan_gone(plan, delivery.profile, terms)
            plan_strays(connection, delivery, terms.today)
        note_recheck(
            connection, delivery.profile, months=terms.months, today=terms.today
        )
    note_parts(connection)
    note_not_begun(connection, delivery)
    note_said(connection, delivery)
    connection.execute(_REMEMBER)
    raise_count(connection, delivery.id, "unchanged", unchanged)
    connection.execute(
        "UPDATE delivery SET state = 'planned', spared = ?, empty = ?, persons = ?,"
        " contacts = ?,"
        " not_begun_told = ? WHERE id = ?",
        (
            difference.spared,
            terms.is_empty(delivery),
            difference.persons,
            difference.contacts,
            difference.not_begun,
            str(delivery.id),
        ),
    )


def _reject_unclear(
    connection: sqlite3.Connection,
    delivery: OpenDelivery,
    unclear: Sequence[sqlite3.Row],
) -> None:
    """Say of which rows that are over nobody knows which signal they mean."""
    _reject(connection, delivery, unclear, Reason.CLOSING_UNCLEAR)
    raise_count(connection, delivery.id, "ended", -len(unclear))


def _reject(
    connection: sqlite3.Connection,
    delivery: OpenDelivery,
    rows: Sequence[sqlite3.Row],
    reason: Reason,
) -> None:
    rejects = [Reject(Place(row["line"], row["record"]), "", reason) for row in rows]
    insert_rejects(connection, delivery.id, rejects)
    raise_count(connection, delivery.id, "rejected", len(rejects))


def _note_turnover(
    connection: sqlite3.Connection, profile: str, difference: Difference, today: date
) -> Turn:
    """Remember which cases came and went last: an older file would turn them back.

    Which went before is remembered for a month and some days: more than a few that are
    open again are asked about. A first delivery turns nothing, and one without a change
    leaves what was.
    """
    since = (today - ENDED_FOR).isoformat()
    connection.execute(_FORGET_LEFT, (profile, since))
    if not (difference.new + difference.gone + difference.ended):
        return lambda _row, _way: None
    connection.execute(_FORGET_CAME, (profile,))
    connection.execute(_LEFT, (profile,))
    if not difference.known:
        return lambda _row, _way: None

    def turn(row: sqlite3.Row, way: Literal["came", "went"]) -> None:
        which = (profile, row["case_key"], row["part"], way)
        connection.execute(_TURN, (*which, today.isoformat()))

    return turn


def count_work(outbox: Outbox, delivery: UUID | None = None) -> int:
    """Give how many notices and withdrawals are left, of one delivery or of all."""
    row = outbox.connection.execute(
        "SELECT count(*) FROM work WHERE ?1 IS NULL OR delivery = ?1",
        (delivery and str(delivery),),
    ).fetchone()
    return int(row[0])


def _plan_open(plan: _Plan, key: OutboxKey, terms: Terms) -> int:
    unchanged = 0
    for row in plan.connection.execute(OPEN):
        limit = row["valid_limit"] and date.fromisoformat(row["valid_limit"])
        if not limit or limit >= terms.today:
            unchanged += _plan_case(plan, key, terms, (row, limit))
        elif row["reference"]:
            # It ended while its delivery was held: nothing to tell any more.
            _insert_withdrawal(plan, row, WithdrawalReason.ENDED, limit)
            plan.turn(row, "went")
    return unchanged


def _plan_case(
    plan: _Plan, key: OutboxKey, terms: Terms, case: tuple[sqlite3.Row, date | None]
) -> bool:
    """Plan what an open case asks for; tells whether that is nothing."""
    row, limit = case
    until = derive_valid_until(limit, terms.months, today=terms.today)
    difference = compare(
        _told(row), _current(row, until), months=terms.months, today=terms.today
    )
    placed = None
    refusal = _find_refusal(terms, row) if difference.publish else None
    if refusal:
        _reject(plan.connection, plan.delivery, [row], refusal)
        note_refused_update(plan.connection, row["reference"])
    elif difference.publish:
        again = None if difference.withdraw else row["reference"]
        placed = _insert_publication(plan, key, row, (until, again))
    if difference.withdraw:
        # Whom a case never was about, loses the flag at once.
        after = placed if difference.withdraw is WithdrawalReason.ENDED else None
        _insert_withdrawal(
            plan, row, difference.withdraw, terms.today, replaced_by=after
        )
    if row["reference"] is None or difference.withdraw:
        _await(plan, key, row, refusal)
    if row["reference"] is None:
        plan.turn(row, "came")
    return difference.is_nothing


def _find_refusal(terms: Terms, row: sqlite3.Row) -> Reason | None:
    """Give why the index would refuse an open row; None where it takes it, or may."""
    if terms.takes is None:
        return None
    return terms.takes.find_refusal(row["category"], row["municipality"])


def _await(
    plan: _Plan, key: OutboxKey, row: sqlite3.Row, refusal: Reason | None
) -> None:
    """Note of a case that was known, that the flag which is told now does not stand."""
    if former := plan.formers.find(row):
        await_flag(plan.connection, key, row, plan.delivery.profile, former)
        if refusal:
            note_refused(plan.connection, row, refusal)


def _plan_over(plan: _Plan, *, is_full: bool) -> None:
    for row in plan.connection.execute(OVER, {"full": is_full}):
        on = date.fromisoformat(row["closed_on"])
        _insert_withdrawal(plan, row, WithdrawalReason(row["reason"]), on)
        plan.turn(row, "went")


def _plan_gone(plan: _Plan, profile: str, terms: Terms) -> None:
    for row in plan.connection.execute(GONE, {"profile": profile}):
        _insert_withdrawal(plan, row, WithdrawalReason.ENDED, terms.today)
        plan.turn(row, "went")


def _insert_publication(
    plan: _Plan,
    key: OutboxKey,
    row: sqlite3.Row,
    told: tuple[date, str | None],
) -> str:
    """Note what is to be told; gives under which reference."""
    until, known = told
    case_key, reference = row["case_key"], known or str(uuid4())
    digits, name = open_person(key, case_key, row["sealed"])
    plan.connection.execute(
        _PUBLISH,
        (
            str(plan.delivery.id),
            case_key,
            row["part"],
            reference,
            row["version"] + 1 if known else 1,
            row["line"],
            row["record"],
            row["person"],
            row["fingerprint"],
            row["category"],
            row["municipality"],
            row["contact"],
            row["valid_from"],
            row["valid_limit"],
            until.isoformat(),
            row["informed_code"],
            row["informed_on"],
            key.seal(digits.encode(), label=BSN_LABEL, row=case_key),
            key.seal(name.encode(), label=NAME_LABEL, row=case_key) if name else None,
        ),
    )
    return reference


def _insert_withdrawal(
    plan: _Plan,
    row: sqlite3.Row,
    reason: WithdrawalReason,
    on: date,
    *,
    replaced_by: str | None = None,
) -> None:
    """Note what is taken back; with `replaced_by` only once that one stands."""
    # Category and municipality as they were told; of what is replaced, as it goes on:
    # the profile delivers that, and takes back what is left.
    told = "told_category" in row.keys() and not replaced_by  # noqa: SIM118 - a row iterates its values
    plan.connection.execute(
        _WITHDRAW,
        (
            str(plan.delivery.id),
            row["case_key"],
            row["reference"],
            row["version"] + 1,
            row["told_category"] if told else row["category"],
            row["told_municipality"] if told else row["municipality"],
            reason.value,
            on.isoformat(),
            replaced_by,
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
