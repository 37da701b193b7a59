"""What a permit says, and what is remembered."""

from collections.abc import Hashable
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta

import pytest

from keys.months import add_months, months_back
from policy.decide import Policy, decide
from policy.errors import InvalidQuestion, LookupDenied, NoDecision
from policy.memory import Memory, Verdicts
from policy.vocabulary import Permit, Training
from tests.policy_builders import (
    MUNICIPALITY,
    NOW,
    a_question,
    a_safety_caller,
    a_subject,
    an_establishment,
    an_informed_code,
    an_open_policy,
    closed_policy,
)


class CountingMemory(Memory):
    """A memory that tells how often something new was learned."""

    learned = 0

    def remember(self, key: Hashable, verdicts: Verdicts) -> None:
        self.learned += 1
        super().remember(key, verdicts)


def _open(memory: Memory) -> Policy:
    shipped = closed_policy()
    return Policy(shipped.catalogue, shipped.book, [an_establishment()], memory=memory)


def test_a_permit_names_exactly_what_was_asked_and_until_when() -> None:
    policy, question = an_open_policy(), a_question()
    permit = decide(policy, question, now=NOW)
    assert permit == Permit(
        subjects=question.subjects,
        caller=question.caller,
        municipality=MUNICIPALITY,
        purpose=question.purpose,
        legal_basis=question.legal_basis,
        categories=permit.categories,
        valid_until=NOW + timedelta(seconds=60),
        activity="lookup-wmo-onderzoek",
        policy_digest=policy.digest(MUNICIPALITY),
        scope_text=(
            "U ziet of er contact is over: "
            "Wmo, schuldhulp, casusregie, bijstand, wonen."
        ),
        review=False,
    )
    assert {row.look_back for row in permit.categories} == {timedelta(days=365)}


def test_a_permit_cannot_be_widened_afterwards() -> None:
    permit = decide(an_open_policy(), a_question(), now=NOW)
    with pytest.raises(FrozenInstanceError):
        permit.categories = ()  # type: ignore[misc]  # that it is frozen is the point


def test_breaking_the_glass_always_asks_for_a_review() -> None:
    policy = an_open_policy()
    reason = policy.catalogue.parse_break_glass_reason("danger-to-life")
    question = a_question(
        break_glass=reason, case_reference=None, subjects=(a_subject(None),)
    )
    assert decide(policy, question, now=NOW).review


def test_one_refused_person_refuses_the_household() -> None:
    question = a_question(subjects=(a_subject(), a_subject(None)))
    with pytest.raises(LookupDenied):
        decide(an_open_policy(), question, now=NOW)


def test_a_household_has_one_permit_for_all() -> None:
    question = a_question(
        subjects=(a_subject(), a_subject("representative-informed"), a_subject())
    )
    assert len(decide(an_open_policy(), question, now=NOW).subjects) == 3


@pytest.mark.parametrize("persons", [0, 11])
def test_a_question_about_nobody_or_too_many_is_no_question(persons: int) -> None:
    question = a_question(subjects=(a_subject(),) * persons)
    with pytest.raises(InvalidQuestion):
        decide(an_open_policy(), question, now=NOW)


def test_an_empty_case_reference_is_none() -> None:
    with pytest.raises(LookupDenied, match="case-reference-missing"):
        decide(an_open_policy(), a_question(case_reference=""), now=NOW)


def test_a_training_counts_on_its_last_day_in_the_netherlands() -> None:
    training = Training("veilig-thuis-2026", date(2026, 11, 22))
    question = a_question("veiligheid", caller=a_safety_caller(trainings=(training,)))
    policy = an_open_policy()
    last_minute = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)
    decide(policy, question, now=last_minute)
    with pytest.raises(LookupDenied, match="training-missing"):
        decide(policy, question, now=last_minute + timedelta(minutes=1))


def test_a_time_without_a_zone_decides_nothing() -> None:
    with pytest.raises(NoDecision):
        decide(an_open_policy(), a_question(), now=NOW.replace(tzinfo=None))


def test_a_decision_is_remembered_by_its_key() -> None:
    memory = CountingMemory()
    policy = _open(memory)
    decide(policy, a_question(), now=NOW)
    decide(policy, a_question(subjects=(a_subject(),) * 5), now=NOW)
    assert memory.learned == 1
    by_another_way = a_subject("representative-informed")
    decide(policy, a_question(subjects=(by_another_way,)), now=NOW)
    assert memory.learned == 2


def test_what_is_remembered_of_one_way_of_informing_answers_for_no_other() -> None:
    policy = an_open_policy()
    for _ in range(2):
        decide(policy, a_question(), now=NOW)
        with pytest.raises(LookupDenied):
            decide(policy, a_question(subjects=(a_subject(None),)), now=NOW)


def test_a_refusal_is_remembered_with_all_its_grounds() -> None:
    policy = _open(Memory())
    question = a_question(case_reference=None, subjects=(a_subject(None),))
    grounds = []
    for _ in range(2):
        with pytest.raises(LookupDenied) as denied:
            decide(policy, question, now=NOW)
        grounds.append(denied.value.grounds)
    assert grounds[0] == grounds[1]
    assert len(grounds[0]) == 2


def test_what_was_remembered_ends_with_the_establishment() -> None:
    policy = an_open_policy()
    decide(policy, a_question(), now=NOW)
    with pytest.raises(LookupDenied, match="purpose-not-established"):
        decide(policy.with_establishments([]), a_question(), now=NOW)


def test_the_memory_is_bounded_and_lets_the_oldest_go() -> None:
    memory = Memory(bound=1)
    policy = _open(memory)
    decide(policy, a_question(), now=NOW)
    representative = an_informed_code("representative-informed")
    subject = a_subject(str(representative))
    decide(policy, a_question(subjects=(subject,)), now=NOW)
    assert len(memory) == 1


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 11, 22), 12, date(2025, 11, 22)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 3, 31), 60, date(2021, 3, 31)),
    ],
)
def test_months_are_counted_as_people_count_them(
    day: date, months: int, earlier: date
) -> None:
    assert add_months(day, -months) == earlier
    assert day - months_back(day, months) == earlier
