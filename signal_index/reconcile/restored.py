"""Rule 1 where a holder was restored from a backup, and said so.

Its record lacks what it gave between two moments. What an entry of that time names, and
the other holder's statement confirms, is counted as one gap, which is one finding.

- Excused is a ticket whose pair another holder states, at a moment inside the gap, for
  the same request: a second missing one, or one outside the gap, is an alarm as before.
- The word itself is an alarm: where the holder's own record, or the order of its
  moments, contradicts it (then it excuses nothing); of more than two days; a second
  time within thirty.
- What was once said counts, also where a later statement has it no more.

Proven by tests/unit/signal_index/test_reconcile_restored.py.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from keys.restoration import Restoration, instant_of
from keys.statement import DayStatement
from signal_index.reconcile.evidence import (
    DayEvidence,
    Named,
    Restored,
    Stated,
    list_stated,
)
from signal_index.wire.completeness import HolderGap, Misfit, ReconciledFinding

LONGEST = timedelta(hours=48)
AGAIN_WITHIN = timedelta(days=30)
_CLOCKS = 60
"""By how many seconds the clocks of two holders may differ."""

Lost = Mapping[str, Restored]
"""Tickets that no holder states, and the gap in which each was given."""


def collect_restored(given: Iterable[DayStatement]) -> Sequence[Restored]:
    """Give each thing that a holder said of its record, as it was first stated."""
    found: dict[tuple[str, Restoration], Restored] = {}
    for one in sorted(given, key=lambda statement: statement.stated_at):
        for said in one.restored:
            key = (one.holder, said)
            found.setdefault(key, Restored(one.holder, said, one.stated_at))
    return list(found.values())


def find_lost(evidence: DayEvidence, stated: Mapping[str, Stated]) -> Lost:
    """Give the tickets of the day's entries that a gap explains."""
    believed = [one for one in evidence.restored if not _contradicts(one, evidence)]
    lost: dict[str, Restored] = {}
    for named in evidence.named:
        missing = [jti for jti in named.tickets if jti not in stated]
        known = [stated[jti] for jti in named.tickets if jti in stated]
        if evidence.window.holds(named.minute) and len(missing) == len(known) == 1:
            gap = _find_gap(named, known[0], believed)
            if gap is not None:
                lost[missing[0]] = gap
    return lost


def judge_restored(evidence: DayEvidence, lost: Lost) -> Iterator[ReconciledFinding]:
    """Give one finding, or alarm, for each gap that is about this day."""
    counted = Counter(lost.values())
    for one in evidence.restored:
        if counted[one] or _touches(one.said, evidence):
            yield ReconciledFinding.of(
                _weigh(one, evidence), gap=_shown(one), count=counted[one]
            )


def _find_gap(
    named: Named, pair: Stated, believed: Sequence[Restored]
) -> Restored | None:
    given = pair.ticket.iat
    for one in believed:
        is_inside = one.said.since - _CLOCKS <= given <= one.said.until + _CLOCKS
        if is_inside and one.holder != pair.holder and pair.ticket.req == named.req:
            return one
    return None


def _weigh(one: Restored, evidence: DayEvidence) -> Misfit:
    if _contradicts(one, evidence):
        return Misfit.RESTORED_CONTRADICTED
    if one.said.until - one.said.since > LONGEST.total_seconds():
        return Misfit.RESTORED_LONG
    if any(_is_again(one, other) for other in evidence.restored):
        return Misfit.RESTORED_AGAIN
    return Misfit.HOLDER_RESTORED


def _contradicts(one: Restored, evidence: DayEvidence) -> bool:
    """Tell whether what was said cannot be so: by its moments, or its own tickets."""
    said = one.said
    is_ordered = said.since < said.until <= said.said_at <= one.stated_at.timestamp()
    return not is_ordered or any(
        stated.holder == one.holder and said.since < stated.ticket.iat < said.until
        for stated in list_stated([*evidence.before, *evidence.statements])
    )


def _is_again(one: Restored, other: Restored) -> bool:
    """Tell whether the other was said first, and not long before."""
    if other == one or other.holder != one.holder:
        return False
    said, before = one.said, other.said
    apart = min(abs(said.said_at - before.said_at), abs(said.until - before.until))
    is_later = _order(said) > _order(before)
    return is_later and apart <= AGAIN_WITHIN.total_seconds()


def _order(said: Restoration) -> tuple[int, int, int, str]:
    return said.said_at, said.since, said.until, said.because


def _touches(said: Restoration, evidence: DayEvidence) -> bool:
    window = evidence.window
    return (
        said.since < window.end.timestamp() and said.until >= window.start.timestamp()
    )


def _shown(one: Restored) -> HolderGap:
    return HolderGap(
        holder=one.holder,
        since=instant_of(one.said.since),
        until=instant_of(one.said.until),
        because=one.said.because,
    )
