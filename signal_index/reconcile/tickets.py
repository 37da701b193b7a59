"""Rule 1: what an entry names, its issuers state; a request is answered once, whole.

- Each ticket that an entry names stands in its issuer's statement, with the entry's
  organisation, user and request; or is lost in a gap that its holder told of.
- Two issuers, one request: answered at most once, and then for every person it counted.
  Repeats after a lost connection come on top, whole as well.

Proven by tests/unit/signal_index/test_reconcile_tickets.py.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from signal_index.proof import Kind, Outcome
from signal_index.reconcile.errors import EvidenceMissing
from signal_index.reconcile.evidence import (
    CARRY,
    DayEvidence,
    Named,
    Stated,
    list_stated,
)
from signal_index.reconcile.restored import Lost, find_lost, judge_restored
from signal_index.wire.completeness import Misfit, ReconciledFinding

_ACTS = {Kind.LOOKUP: "lookup", Kind.OWN_VIEW: "own-view"}
_SEARCH_ACT = "officer-search"
"""The act of every other entry that names tickets: an officer's."""


def judge_tickets(evidence: DayEvidence) -> Sequence[ReconciledFinding]:
    """Give what does not fit between entries and statements.

    Raises `EvidenceMissing` where an entry of the first minutes names tickets that can
    only stand in the statements of the day before, and those were not given.
    """
    stated = _index(evidence)
    lost = find_lost(evidence, stated)
    found = [*_doubled(evidence), *_shown_badly(evidence)]
    found += judge_restored(evidence, lost)
    by_req: dict[str, list[Named]] = {}
    for named in evidence.named:
        by_req.setdefault(named.req, []).append(named)
        if evidence.window.holds(named.minute):
            found += _judge_entry(named, stated, evidence, lost)
    for entries in by_req.values():
        if any(evidence.window.holds(one.minute) for one in entries):
            found += _judge_request(entries, stated, evidence)
    return found


def _index(evidence: DayEvidence) -> Mapping[str, Stated]:
    given = list_stated([*evidence.before, *evidence.statements])
    return {one.ticket.jti: one for one in given}


def _doubled(evidence: DayEvidence) -> Iterator[ReconciledFinding]:
    stated = {one.ticket.jti: one.ticket for one in list_stated(evidence.statements)}
    times = Counter(one.ticket.jti for one in list_stated(evidence.statements))
    for jti, ticket in stated.items():
        if times[jti] > 1:
            yield ReconciledFinding.of(
                Misfit.TICKET_STATED_TWICE,
                organisation=ticket.org,
                user=ticket.sub,
                req=ticket.req,
            )


def _shown_badly(evidence: DayEvidence) -> Iterator[ReconciledFinding]:
    for entry in evidence.unknown:
        yield ReconciledFinding.of(Misfit.OPENED_WITHOUT_LEAF, entry=entry)
    for one in evidence.closed:
        yield ReconciledFinding.of(
            Misfit.ENTRY_CLOSED, organisation=one.organisation, entry=one.entry
        )


def _judge_entry(
    named: Named, stated: Mapping[str, Stated], evidence: DayEvidence, lost: Lost
) -> Iterator[ReconciledFinding]:
    known = [stated[jti] for jti in named.tickets if jti in stated]
    gone = [jti for jti in named.tickets if jti in lost]
    if len(known) + len(gone) < len(named.tickets):
        if not evidence.before and named.minute < evidence.window.start + CARRY:
            raise EvidenceMissing(
                "entries of the first minutes name tickets of the day before: give the "
                "statements of that day too"
            )
        yield _about(Misfit.TICKET_NOT_STATED, named)
        return
    issuers = {one.holder for one in known} | {lost[jti].holder for jti in gone}
    if len(named.tickets) != 2 or len(issuers) != 2:
        yield _about(Misfit.ISSUERS_NOT_TWO, named)
        return
    if any(not _agrees(one, named) for one in known) or _differ(known):
        yield _about(Misfit.TICKET_DIFFERS, named)


def _agrees(one: Stated, named: Named) -> bool:
    said = one.ticket
    return (said.org, said.sub, said.req, said.act) == (
        named.organisation,
        named.user,
        named.req,
        _ACTS.get(named.kind, _SEARCH_ACT),
    )


def _differ(known: Sequence[Stated]) -> bool:
    terms = {
        (t.org, t.sub, t.act, t.count, t.key_version, t.epoch, t.req)
        for t in (one.ticket for one in known)
    }
    return len(terms) != 1


def _judge_request(
    entries: Sequence[Named], stated: Mapping[str, Stated], evidence: DayEvidence
) -> Iterator[ReconciledFinding]:
    """Count a request's entries against the persons it was metered for."""
    known = [stated[jti].ticket for jti in entries[0].tickets if jti in stated]
    if not known:
        return  # said already: a ticket that nobody states
    persons = known[0].count
    first, again, other = _split(entries)
    if len(first) > persons:
        yield _about(Misfit.ANSWERED_TWICE, first[0])
    elif len(first) % persons or len(again) % persons or len(other) % persons:
        yield _about(Misfit.POSITION_MISSING, entries[0])
    begins = min(one.minute for one in entries)
    if again and not first and begins >= evidence.window.start + CARRY:
        yield _about(Misfit.REPEAT_WITHOUT_ANSWER, again[0])


def _split(
    entries: Sequence[Named],
) -> tuple[Sequence[Named], Sequence[Named], Sequence[Named]]:
    """Give the entries of the answer, of its repeats, and of refusals."""
    answered = [one for one in entries if one.outcome is not Outcome.REFUSED]
    answered = [one for one in answered if one.outcome is not Outcome.FAILED]
    other = [one for one in entries if one not in answered]
    return (
        [one for one in answered if not one.repeat],
        [one for one in answered if one.repeat],
        other,
    )


def _about(code: Misfit, named: Named) -> ReconciledFinding:
    return ReconciledFinding.of(
        code,
        organisation=named.organisation,
        user=named.user,
        entry=named.entry,
        req=named.req,
    )
