import pytest

from signal_index.reconcile.abandoned import judge_abandoned
from signal_index.reconcile.evidence import DayEvidence
from signal_index.wire.completeness import Misfit, ReconciledFinding, Weight
from tests.reconcile_builders import (
    NOON,
    TEAM,
    a_req,
    a_ticket,
    an_entry_named,
    some_evidence,
    stated_pairs,
    statements_of,
)


def a_day(lost: int, total: int, **changes: object) -> DayEvidence:
    """A user with `total` requests, of which the first `lost` have no entry."""
    named = tuple(an_entry_named(number) for number in range(lost + 1, total + 1))
    statements = statements_of(*stated_pairs(range(1, total + 1)))
    return some_evidence(statements=statements, named=named, **changes)


def of_users(evidence: DayEvidence) -> list[ReconciledFinding]:
    found = judge_abandoned(evidence).findings
    return [one for one in found if one.code is Misfit.ABANDONED_USER]


def of_organisations(evidence: DayEvidence) -> list[ReconciledFinding]:
    found = judge_abandoned(evidence).findings
    return [one for one in found if one.code is Misfit.ABANDONED_ORGANISATION]


@pytest.mark.parametrize(
    ("lost", "total", "is_found"),
    [(3, 3, False), (4, 4, True), (4, 40, False), (5, 40, True), (5, 50, False)],
)
def test_more_than_three_and_a_tenth_of_a_users_requests_is_a_finding(
    lost: int, total: int, *, is_found: bool
) -> None:
    assert bool(of_users(a_day(lost, total))) is is_found


@pytest.mark.parametrize(
    ("lost", "total", "is_found"),
    [(5, 5, False), (6, 6, True), (6, 300, False), (7, 300, True)],
)
def test_more_than_five_and_two_percent_of_an_organisations_is_a_finding(
    lost: int, total: int, *, is_found: bool
) -> None:
    assert bool(of_organisations(a_day(lost, total))) is is_found


def test_it_says_how_many_of_how_many_and_of_whom() -> None:
    (found,) = of_users(a_day(4, 9))
    assert (found.organisation, found.user) == (TEAM, "fatima")
    assert (found.count, found.total, found.reported) == (4, 9, 0)
    assert found.weight is Weight.FINDING


def test_a_request_counts_once_though_two_holders_state_it() -> None:
    assert judge_abandoned(a_day(0, 4)).requests == 4


def test_a_request_that_reached_one_holder_only_counts_too() -> None:
    one_sided = [(1, a_ticket(1, number)) for number in range(1, 5)]
    evidence = some_evidence(statements=statements_of(*one_sided), named=())
    (found,) = of_users(evidence)
    assert found.count == 4


def test_what_the_client_reported_is_said_and_counted_all_the_same() -> None:
    reported = {(TEAM, "fatima"): frozenset({a_req(1), a_req(2), "not-hers"})}
    (found,) = of_users(a_day(4, 4, reported=reported))
    assert (found.count, found.reported) == (4, 2)


def test_nobody_can_report_the_requests_of_somebody_else() -> None:
    reported = {(TEAM, "joris"): frozenset({a_req(1)})}
    (found,) = of_users(a_day(4, 4, reported=reported))
    assert found.reported == 0


def test_a_refusal_is_an_entry_and_not_abandoned() -> None:
    assert judge_abandoned(a_day(0, 9)).findings == []


def test_a_request_that_can_still_be_used_is_open() -> None:
    judged = judge_abandoned(a_day(4, 4, as_of=NOON))
    assert (judged.findings, judged.still_open) == ([], 4)
