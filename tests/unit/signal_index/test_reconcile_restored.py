from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from keys.restoration import Restoration
from signal_index.reconcile.evidence import DayEvidence, Restored
from signal_index.reconcile.restored import collect_restored
from signal_index.reconcile.tickets import judge_tickets
from signal_index.wire.completeness import Misfit, ReconciledFinding, Weight
from tests.reconcile_builders import (
    DAY,
    NEXT_NIGHT,
    NOON,
    a_jti,
    a_ticket,
    an_entry_named,
    some_evidence,
    statements_of,
)

HOUR = timedelta(hours=1)
DAYS = timedelta(days=1)
LOOKUPS = range(1, 6)


def a_gap(
    since: datetime = NOON - HOUR,
    until: datetime = NOON + HOUR,
    said_at: datetime | None = None,
    holder: str = "holder-1",
) -> Restored:
    said = Restoration(
        since=int(since.timestamp()),
        until=int(until.timestamp()),
        said_at=int((said_at or until).timestamp()),
        because="disk-lost",
    )
    return Restored(holder, said, NEXT_NIGHT)


def a_day_lost(*gaps: Restored, **changes: object) -> DayEvidence:
    """Five lookups, of which only the second holder still has its tickets."""
    kept = tuple((2, a_ticket(2, number)) for number in LOOKUPS)
    return some_evidence(
        statements=statements_of(*kept),
        named=tuple(an_entry_named(number) for number in LOOKUPS),
        restored=gaps,
        **changes,
    )


def codes_of(found: Sequence[ReconciledFinding]) -> list[Misfit]:
    return [one.code for one in found]


def test_what_a_restored_holder_lost_is_one_finding_with_bounds_and_count() -> None:
    (found,) = judge_tickets(a_day_lost(a_gap()))
    assert (found.code, found.weight) == (Misfit.HOLDER_RESTORED, Weight.FINDING)
    assert found.count == len(LOOKUPS)
    gap = found.gap
    assert gap is not None
    assert (gap.holder, gap.because) == ("holder-1", "disk-lost")
    assert (gap.since, gap.until) == (NOON - HOUR, NOON + HOUR)


def test_without_a_word_of_the_holder_each_lost_ticket_is_an_alarm() -> None:
    assert codes_of(judge_tickets(a_day_lost())) == [Misfit.TICKET_NOT_STATED] * 5


@pytest.mark.parametrize(
    "gap",
    [
        a_gap(until=NOON - HOUR / 2),
        a_gap(since=NOON + HOUR / 2),
        a_gap(holder="holder-2"),
    ],
)
def test_a_ticket_outside_the_gap_is_an_alarm_as_before(gap: Restored) -> None:
    found = codes_of(judge_tickets(a_day_lost(gap)))
    assert found.count(Misfit.TICKET_NOT_STATED) == len(LOOKUPS)


def test_a_lookup_of_which_no_holder_has_a_ticket_is_an_alarm_inside_a_gap() -> None:
    evidence = a_day_lost(a_gap(), a_gap(holder="holder-2"))
    found = judge_tickets(replace(evidence, statements=statements_of()))
    assert codes_of(found).count(Misfit.TICKET_NOT_STATED) == len(LOOKUPS)


def test_a_lookup_with_anothers_ticket_is_an_alarm_inside_a_gap() -> None:
    evidence = a_day_lost(a_gap())
    other = an_entry_named(1, req="another", tickets=("never-given", a_jti(2)))
    found = judge_tickets(replace(evidence, named=(other,)))
    assert Misfit.TICKET_NOT_STATED in codes_of(found)


def test_a_lookup_that_the_other_holder_states_otherwise_is_an_alarm() -> None:
    kept = statements_of((2, a_ticket(2, 1, sub="somebody-else")))
    evidence = replace(a_day_lost(a_gap()), statements=kept, named=(an_entry_named(),))
    assert Misfit.TICKET_DIFFERS in codes_of(judge_tickets(evidence))


def test_a_holder_that_still_has_tickets_of_its_gap_is_not_believed() -> None:
    evidence = a_day_lost(a_gap())
    kept = [(2, a_ticket(2, number)) for number in LOOKUPS]
    stated = statements_of((1, a_ticket(1)), *kept)
    found = judge_tickets(replace(evidence, statements=stated))
    assert codes_of(found) == [
        Misfit.RESTORED_CONTRADICTED,
        *[Misfit.TICKET_NOT_STATED] * 4,
    ]
    assert found[0].weight is Weight.ALARM


@pytest.mark.parametrize(
    "gap",
    [
        a_gap(until=NOON - HOUR),
        a_gap(said_at=NOON),
        a_gap(said_at=NEXT_NIGHT + HOUR),
    ],
)
def test_a_gap_whose_moments_cannot_be_is_not_believed(gap: Restored) -> None:
    found = codes_of(judge_tickets(a_day_lost(gap)))
    assert found.count(Misfit.TICKET_NOT_STATED) == len(LOOKUPS)


def test_a_gap_of_more_than_two_days_is_itself_an_alarm() -> None:
    (most,) = judge_tickets(a_day_lost(a_gap(since=NOON - 47 * HOUR)))
    assert most.code is Misfit.HOLDER_RESTORED
    (more,) = judge_tickets(a_day_lost(a_gap(since=NOON - 48 * HOUR)))
    assert (more.code, more.weight) == (Misfit.RESTORED_LONG, Weight.ALARM)
    assert more.count == len(LOOKUPS)


@pytest.mark.parametrize(
    ("before", "code"),
    [(29, Misfit.RESTORED_AGAIN), (31, Misfit.HOLDER_RESTORED)],
)
def test_a_second_gap_within_thirty_days_is_itself_an_alarm(
    before: int, code: Misfit
) -> None:
    first = a_gap(NOON - HOUR - before * DAYS, NOON + HOUR - before * DAYS)
    (found,) = judge_tickets(a_day_lost(first, a_gap()))
    assert found.code is code


def test_a_gap_is_told_on_a_day_on_which_nothing_was_lost() -> None:
    gap = a_gap(NOON + HOUR, NOON + 2 * HOUR)
    (found,) = judge_tickets(some_evidence(restored=(gap,)))
    assert (found.code, found.count) == (Misfit.HOLDER_RESTORED, 0)


def test_what_was_said_once_counts_when_a_later_statement_lacks_it() -> None:
    gap = a_gap()
    earlier, later, _ = statements_of(day=DAY)
    given = [replace(later, holder="holder-1"), replace(earlier, restored=(gap.said,))]
    (found,) = collect_restored(given)
    assert (found.holder, found.said) == ("holder-1", gap.said)
