"""Judges a day from its files, in this order; the first that lacks ends it.

1. the ledger's exports verify, and hold the year of the day;
2. what the index opened of the day is what stands in the tree;
3. each holder's statement is signed by it, and made after the day was over;
4. each receipt is the index's own promise;
5. the three rules: tickets, requests without an entry, promises.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from joserfc.jwk import OKPKey

from keys.config import KeyConfig
from keys.statement import DayStatement
from signal_index.reconcile.abandoned import judge_abandoned
from signal_index.reconcile.errors import EvidenceMissing
from signal_index.reconcile.evidence import CARRY, DayEvidence, DayWindow, Promised
from signal_index.reconcile.ledger_part import LedgerPart, Progress, read_ledger
from signal_index.reconcile.opened_day import list_answered, read_opened_day
from signal_index.reconcile.promises import judge_promises
from signal_index.reconcile.receipt_file import read_receipts
from signal_index.reconcile.restored import collect_restored
from signal_index.reconcile.statements import (
    pick_day,
    read_statements,
    verify_complete,
)
from signal_index.reconcile.tickets import judge_tickets
from signal_index.verify.trust import Trust
from signal_index.wire.completeness import REPORT_FORMAT, JudgedDay, JudgedReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where the parts of the evidence stand."""

    exports: Sequence[Path]
    opened: Path
    statements: Sequence[Path]
    receipts: Sequence[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What is believed beforehand: public keys that did not come with the files."""

    ledger: Trust
    receipts: Sequence[OKPKey]
    holders: Sequence[KeyConfig]
    """The key configs of the day: two where a holder was replaced on it."""


def judge_day(
    day: date, files: Files, trusted: Trusted, *, so_far: bool, progress: Progress
) -> JudgedReport:
    """Judge a day, and report what was found.

    `so_far`: the day is not over; what can still come is left open. Raises
    `CannotReconcile`, and what `read_ledger` raises.
    """
    window = DayWindow(day)
    ledger = read_ledger(files.exports, trusted.ledger, window, progress)
    evidence = _gather(window, ledger, files, trusted)
    if not so_far:
        verify_complete(evidence.statements)
        if evidence.as_of < window.end + CARRY:
            raise EvidenceMissing(
                "the entries were opened before half an hour after the day: open them "
                "again, or say --so-far"
            )
    return _report(evidence, ledger)


def _gather(
    window: DayWindow, ledger: LedgerPart, files: Files, trusted: Trusted
) -> DayEvidence:
    opened = read_opened_day(files.opened, ledger, window)
    given = read_statements(files.statements, trusted.holders)
    return DayEvidence(
        window=window,
        as_of=opened.as_of,
        statements=pick_day(given, trusted.holders, window.day),
        before=_before(given, trusted, window),
        restored=collect_restored(given),
        named=opened.named,
        closed=opened.closed,
        unknown=opened.unknown,
        reported=opened.reported,
        answered=list_answered(ledger, window),
        receipts=_receipts(files, trusted, ledger, window),
    )


def _before(
    given: Sequence[DayStatement], trusted: Trusted, window: DayWindow
) -> Sequence[DayStatement]:
    """Give what the holders of one of the configs stated of the day before, if any."""
    day = window.day - timedelta(days=1)
    for config in trusted.holders:
        with suppress(EvidenceMissing):
            return pick_day(given, [config], day)
    return ()


def _receipts(
    files: Files, trusted: Trusted, ledger: LedgerPart, window: DayWindow
) -> dict[str, Sequence[Promised]]:
    kept: dict[str, Sequence[Promised]] = {}
    for path in files.receipts:
        organisation, promised = read_receipts(
            path, trusted.receipts, ledger.origin_base, window
        )
        kept[organisation] = [*kept.get(organisation, ()), *promised]
    return kept


def _report(evidence: DayEvidence, ledger: LedgerPart) -> JudgedReport:
    tickets = judge_tickets(evidence)
    abandoned = judge_abandoned(evidence)
    promises = judge_promises(evidence)
    return JudgedReport(
        format=REPORT_FORMAT,
        day=evidence.window.day,
        origin=ledger.origin_base,
        holders=[one.holder for one in evidence.statements],
        organisations=sorted(evidence.receipts),
        judged=JudgedDay(
            entries=sum(evidence.window.holds(one.minute) for one in evidence.named),
            requests=abandoned.requests,
            receipts=sum(len(kept) for kept in evidence.receipts.values()),
            stillOpen=abandoned.still_open,
        ),
        findings=[*tickets, *abandoned.findings, *promises],
    )
