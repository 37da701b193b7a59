"""Find out, within a day, whether every entry promised to us is in the tree.

The desk asks with a token of its own, not of a person. A proof that holds marks the
receipt proven, once the tree it is of counts (`desk.ledger_watch`). An entry that the
index does not know, or a proof that does not hold, marks it broken and raises the alarm
in the log: receipt and promise convict the index. A proof that is late is asked again,
up to a day. One that only keys signed that this desk does not know stays open: it
convicts nobody, for a successor may not have been taken here. After a day that is an
alarm too, at each check, as is a proof whose tree too few witnesses cosigned.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

from desk.desk import Desk
from desk.errors import DeskError, IndexUnreachable
from desk.events import Event, log_event
from desk.holders import Passed
from desk.receipts import KeptReceipt, ReceiptRules, ReceiptState
from signal_index.proof import (
    ProofError,
    SignerUnknown,
    parse_tlog_proof,
    verify_tlog_proof,
)

SETTLED_AFTER: Final = timedelta(seconds=90)
LATEST: Final = timedelta(hours=24)
ROUND_SECONDS: Final = 60.0


async def check_receipts(
    desk: Desk, now: datetime, count_seconds: Callable[[], float] = monotonic
) -> dict[ReceiptState, int]:
    """Ask the proofs that are due; give how many were proven, broken, left open.

    All of them, a batch at a time, for a minute; the next check goes on behind the last
    one that was asked, also where its answer said nothing. `open` in the log counts
    all that are not proven, asked or not; `unasked` those for which no time was left.
    """
    counts = dict.fromkeys(ReceiptState, 0)
    kept, settled = desk.receipts, now - SETTLED_AFTER
    begun, due = count_seconds(), await kept.find_promised(settled, kept.asked_up_to)
    if not due:
        kept.asked_up_to = (0, "")
        due = await kept.find_promised(settled)
    if not due:
        return counts
    token = await desk.provider.service_token()
    while due:
        for one in due:
            kept.asked_up_to = (one.received_at, one.entry)
            counts[await _check(desk, token, one, now)] += 1
        if count_seconds() - begun > ROUND_SECONDS:
            break
        due = await kept.find_promised(settled, kept.asked_up_to)
    if not due:
        kept.asked_up_to = (0, "")
    left = await kept.count_promised(settled)
    log_event(
        Event.RECEIPTS_CHECKED,
        proven=counts[ReceiptState.PROVEN],
        open=left,
        unasked=left - counts[ReceiptState.PROMISED],
    )
    return counts


async def _check(
    desk: Desk, token: str, kept: KeptReceipt, now: datetime
) -> ReceiptState:
    passed = await desk.index.proof(token, kept.entry)
    state = judge(passed, kept, desk.receipts.rules, now)
    if state is ReceiptState.PROVEN:
        state = await _hold_to_what_counts(desk, passed, kept)
    if state is not ReceiptState.PROMISED:
        await desk.receipts.mark(kept.entry, state)
    if state is ReceiptState.BROKEN or (
        state is ReceiptState.PROMISED and _is_late(kept, now)
    ):
        log_event(Event.RECEIPT_UNPROVEN, entry=kept.entry)
    return state


async def _hold_to_what_counts(
    desk: Desk, passed: Passed, kept: KeptReceipt
) -> ReceiptState:
    """Say whether the proof's tree is the one that witnesses see: else it is open."""
    note = parse_tlog_proof(passed.body.decode()).checkpoint
    received = datetime.fromtimestamp(kept.received_at, UTC)
    try:
        await desk.ledger_watch.take(note, since=received)
    except (DeskError, ProofError):
        return ReceiptState.PROMISED
    return ReceiptState.PROVEN


def judge(
    passed: Passed, kept: KeptReceipt, rules: ReceiptRules, now: datetime
) -> ReceiptState:
    """Say what an answer to the question for a proof means.

    Raises `IndexUnreachable` when it says nothing about the entry. Proven by
    tests/unit/desk/test_receipt_checks.py.
    """
    if passed.status == 200:
        return _judge_proof(passed.body, kept, rules, now)
    if passed.status not in {404, 409, 503}:
        raise IndexUnreachable
    return ReceiptState.BROKEN if _is_late(kept, now) else ReceiptState.PROMISED


def _is_late(kept: KeptReceipt, now: datetime) -> bool:
    return now.timestamp() - kept.received_at > LATEST.total_seconds()


def _judge_proof(
    body: bytes, kept: KeptReceipt, rules: ReceiptRules, now: datetime
) -> ReceiptState:
    # Of the receipt's day: a year's tree that is closed is signed no more.
    received = datetime.fromtimestamp(kept.received_at, UTC)
    keys = rules.ledger_key.list_named(kept.origin, received, now)
    try:
        proof = parse_tlog_proof(body.decode("utf-8"))
        verify_tlog_proof(proof, kept.leaf, keys, origin=kept.origin)
    except SignerUnknown:
        return ReceiptState.PROMISED
    except (ProofError, UnicodeDecodeError):
        return ReceiptState.BROKEN
    return ReceiptState.PROVEN
