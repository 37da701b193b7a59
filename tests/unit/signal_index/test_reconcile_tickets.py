from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from signal_index.proof import Kind, Outcome
from signal_index.reconcile.errors import EvidenceMissing
from signal_index.reconcile.evidence import DayEvidence
from signal_index.reconcile.tickets import judge_tickets
from signal_index.wire.completeness import Misfit, Weight
from tests.reconcile_builders import (
    DAY,
    NOON,
    a_ticket,
    an_answered,
    an_entry_named,
    some_evidence,
    stated_pairs,
    statements_of,
)

START = datetime.combine(DAY, datetime.min.time(), NOON.tzinfo)


def codes_of(evidence: DayEvidence) -> list[Misfit]:
    return [one.code for one in judge_tickets(evidence)]


def test_a_day_on_which_all_is_well_gives_nothing() -> None:
    assert codes_of(some_evidence()) == []


def test_a_ticket_that_no_holder_states_is_an_alarm() -> None:
    (found,) = judge_tickets(some_evidence(statements=statements_of()))
    assert (found.code, found.weight) == (
        Misfit.TICKET_NOT_STATED,
        Weight.ALARM,
    )
    assert found.entryId == an_entry_named().entry


@pytest.mark.parametrize(
    "changed",
    [
        {"org": "00000001990000000099"},
        {"sub": "somebody-else"},
        {"act": "officer-search"},
        {"act": "publish", "count": 2},
        {"key_version": 2},
        {"epoch": 2},
    ],
)
def test_a_ticket_stated_otherwise_is_an_alarm(changed: dict[str, object]) -> None:
    pair = ((1, a_ticket(1)), (2, a_ticket(2, 1, **changed)))
    assert codes_of(some_evidence(statements=statements_of(*pair))) == [
        Misfit.TICKET_DIFFERS
    ]


def test_tickets_of_another_request_than_the_entry_says_are_an_alarm() -> None:
    entry = an_entry_named(req="another")
    assert Misfit.TICKET_DIFFERS in codes_of(some_evidence(named=(entry,)))


def test_two_tickets_of_one_holder_are_an_alarm() -> None:
    both = ((1, a_ticket(1)), (1, a_ticket(2)))
    assert codes_of(some_evidence(statements=statements_of(*both))) == [
        Misfit.ISSUERS_NOT_TWO
    ]


def test_one_ticket_alone_is_an_alarm() -> None:
    entry = an_entry_named(tickets=("ticket-1-1",))
    assert codes_of(some_evidence(named=(entry,))) == [Misfit.ISSUERS_NOT_TWO]


def test_one_ticket_that_two_holders_state_is_an_alarm() -> None:
    doubled = (*stated_pairs([1]), (3, a_ticket(1)))
    assert Misfit.TICKET_STATED_TWICE in codes_of(
        some_evidence(statements=statements_of(*doubled))
    )


def test_a_request_answered_twice_is_an_alarm() -> None:
    twice = (an_entry_named(), an_entry_named(place=1))
    assert codes_of(some_evidence(named=twice)) == [Misfit.ANSWERED_TWICE]


def test_a_household_has_an_entry_for_each_person() -> None:
    statements = statements_of(*stated_pairs([1], count=3))
    whole = tuple(an_entry_named(place=place) for place in range(3))
    assert codes_of(some_evidence(statements=statements, named=whole)) == []
    part = some_evidence(statements=statements, named=whole[:2])
    assert codes_of(part) == [Misfit.POSITION_MISSING]


def test_a_refused_household_has_an_entry_for_each_person_too() -> None:
    statements = statements_of(*stated_pairs([1], count=2))
    refused = (an_entry_named(outcome=Outcome.REFUSED),)
    found = codes_of(some_evidence(statements=statements, named=refused))
    assert found == [Misfit.POSITION_MISSING]


def test_an_emergency_may_use_the_tickets_of_a_refusal() -> None:
    both = (an_entry_named(outcome=Outcome.REFUSED), an_entry_named(place=1))
    assert codes_of(some_evidence(named=both)) == []


def test_a_repeat_comes_on_top_of_its_answer() -> None:
    again = (an_entry_named(), an_entry_named(place=1, repeat=True))
    assert codes_of(some_evidence(named=again)) == []


def test_a_repeat_of_what_was_never_answered_is_an_alarm() -> None:
    again = (an_entry_named(repeat=True),)
    assert codes_of(some_evidence(named=again)) == [Misfit.REPEAT_WITHOUT_ANSWER]


def test_an_officers_search_stands_on_tickets_of_its_own_act() -> None:
    statements = statements_of(*stated_pairs([1], act="officer-search"))
    search = (an_entry_named(kind=Kind.SEARCH),)
    assert codes_of(some_evidence(statements=statements, named=search)) == []
    lookup = some_evidence(statements=statements)
    assert codes_of(lookup) == [Misfit.TICKET_DIFFERS]


def test_an_entry_that_is_shown_but_not_in_the_tree_is_an_alarm() -> None:
    found = judge_tickets(some_evidence(unknown=(UUID(int=7),)))
    assert [(one.code, one.entryId) for one in found] == [
        (Misfit.OPENED_WITHOUT_LEAF, UUID(int=7))
    ]


def test_an_entry_that_is_not_shown_is_a_finding_and_no_alarm() -> None:
    (found,) = judge_tickets(some_evidence(closed=(an_answered(),)))
    assert (found.code, found.weight) == (Misfit.ENTRY_CLOSED, Weight.FINDING)


def test_tickets_of_yesterday_count_in_the_first_minutes() -> None:
    entry = an_entry_named(minute=START + timedelta(minutes=9))
    yesterday = statements_of(*stated_pairs([1]), day=date(2026, 11, 21))
    evidence = some_evidence(
        statements=statements_of(), before=yesterday, named=(entry,)
    )
    assert codes_of(evidence) == []


def test_without_yesterdays_statements_the_first_minutes_cannot_be_judged() -> None:
    entry = an_entry_named(minute=START + timedelta(minutes=9))
    evidence = some_evidence(statements=statements_of(), named=(entry,))
    with pytest.raises(EvidenceMissing):
        judge_tickets(evidence)


def test_an_entry_of_the_next_day_is_left_to_that_day() -> None:
    entry = an_entry_named(2, minute=START + timedelta(days=1, minutes=3))
    assert codes_of(some_evidence(named=(an_entry_named(), entry))) == []
