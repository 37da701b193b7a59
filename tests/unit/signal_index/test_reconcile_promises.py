from datetime import timedelta

from signal_index.reconcile.promises import judge_promises
from signal_index.wire.completeness import Misfit, Weight
from tests.reconcile_builders import (
    NEXT_NIGHT,
    TEAM,
    a_promised,
    an_answered,
    some_evidence,
)


def test_a_receipt_whose_entry_is_in_the_tree_fits() -> None:
    assert judge_promises(some_evidence()) == []


def test_a_receipt_without_its_entry_convicts_the_index() -> None:
    receipts = {TEAM: (a_promised(1), a_promised(2))}
    (found,) = judge_promises(some_evidence(receipts=receipts))
    assert (found.code, found.weight) == (
        Misfit.RECEIPT_WITHOUT_ENTRY,
        Weight.ALARM,
    )
    assert found.entryId == a_promised(2).entry


def test_a_promise_whose_minute_is_not_over_is_not_judged_yet() -> None:
    young = a_promised(2, made_at=NEXT_NIGHT - timedelta(seconds=59))
    receipts = {TEAM: (a_promised(1), young)}
    assert judge_promises(some_evidence(receipts=receipts)) == []


def test_an_answered_entry_without_a_receipt_is_a_finding() -> None:
    answered = (an_answered(1), an_answered(2))
    (found,) = judge_promises(some_evidence(answered=answered))
    assert (found.code, found.weight) == (
        Misfit.ENTRY_WITHOUT_RECEIPT,
        Weight.FINDING,
    )
    assert found.entryId == an_answered(2).entry


def test_an_organisation_whose_desk_gave_no_receipts_is_not_judged() -> None:
    assert judge_promises(some_evidence(receipts={})) == []
