"""Rule 3: every receipt's entry is in the tree, every answered entry has a receipt.

- A receipt without its entry convicts the index: it signed the promise.
- One whose minute to get into the tree was not over when the ledger was shown is not
  judged yet.
- An answered entry without a receipt was asked past the organisation's desk, or the
  desk lost it. Judged only for organisations whose desk gave its receipts of the day.

Proven by tests/unit/signal_index/test_reconcile_promises.py.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from signal_index.proof import PROMISE_SECONDS
from signal_index.reconcile.evidence import DayEvidence
from signal_index.wire.completeness import Misfit, ReconciledFinding

_PROMISED = timedelta(seconds=PROMISE_SECONDS)


def judge_promises(evidence: DayEvidence) -> Sequence[ReconciledFinding]:
    """Give what does not fit between receipts and the tree."""
    in_tree = {one.leaf_hash for one in evidence.answered}
    return [*_without_entry(evidence, in_tree), *_without_receipt(evidence)]


def _without_entry(
    evidence: DayEvidence, in_tree: set[bytes]
) -> Iterator[ReconciledFinding]:
    for organisation, kept in evidence.receipts.items():
        for one in kept:
            is_due = one.made_at + _PROMISED <= evidence.as_of
            if is_due and one.leaf_hash not in in_tree:
                yield ReconciledFinding.of(
                    Misfit.RECEIPT_WITHOUT_ENTRY,
                    organisation=organisation,
                    entry=one.entry,
                )


def _without_receipt(evidence: DayEvidence) -> Iterator[ReconciledFinding]:
    kept = {
        organisation: {one.leaf_hash for one in receipts}
        for organisation, receipts in evidence.receipts.items()
    }
    for one in evidence.answered:
        receipts = kept.get(one.organisation or "")
        if receipts is not None and one.leaf_hash not in receipts:
            yield ReconciledFinding.of(
                Misfit.ENTRY_WITHOUT_RECEIPT,
                organisation=one.organisation,
                entry=one.entry,
            )
