"""What the command says of a finding: one plain sentence that names nobody."""

from signal_index.wire.completeness import Misfit, ReconciledFinding

_SENTENCES = {
    Misfit.TICKET_NOT_STATED: "an entry names a ticket that no key holder says it gave",
    Misfit.HOLDER_RESTORED: "a key holder was restored from a backup, and said so",
    Misfit.RESTORED_CONTRADICTED: (
        "a key holder says that it was restored, and its own record contradicts it"
    ),
    Misfit.RESTORED_LONG: "a key holder says that it lost more than two days",
    Misfit.RESTORED_AGAIN: "a key holder was restored twice within thirty days",
    Misfit.TICKET_DIFFERS: (
        "a key holder states a ticket otherwise than the entry has it"
    ),
    Misfit.TICKET_STATED_TWICE: "two key holders state one ticket",
    Misfit.ISSUERS_NOT_TWO: "an entry does not name tickets of two key holders",
    Misfit.ANSWERED_TWICE: "one request was answered more often than it asked",
    Misfit.POSITION_MISSING: "a request for several persons has no entry for each",
    Misfit.REPEAT_WITHOUT_ANSWER: "an answer was repeated that was never given",
    Misfit.OPENED_WITHOUT_LEAF: "an entry was shown that is not in the tree",
    Misfit.RECEIPT_WITHOUT_ENTRY: "a promised entry is not in the tree",
    Misfit.ENTRY_ALTERED: "the row of an entry is not as its leaf says",
    Misfit.ENTRY_CLOSED: "an entry was not shown; whether it is right cannot be said",
    Misfit.ENTRY_WITHOUT_RECEIPT: (
        "an answered entry has no receipt at its organisation"
    ),
    Misfit.ABANDONED_USER: "many requests of one user have no entry",
    Misfit.ABANDONED_ORGANISATION: "many requests of one organisation have no entry",
}


def describe_finding(one: ReconciledFinding) -> str:
    """Say what was found in one plain sentence, without naming anybody."""
    return _SENTENCES[one.code] + _count(one)


def _count(one: ReconciledFinding) -> str:
    if one.gap is not None:
        gap = one.gap
        return (
            f" ({gap.holder}, from {gap.since:%Y-%m-%d %H:%M} until "
            f"{gap.until:%Y-%m-%d %H:%M} UTC, {gap.because}: {one.count} tickets lost)"
        )
    return "" if one.count is None else f" ({one.count} of {one.total})"
