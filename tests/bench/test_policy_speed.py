"""How long a decision takes: remembered, and asked of Cedar."""

from dataclasses import replace
from time import perf_counter

import pytest

from keys.municipality import MunicipalityCode
from policy.decide import decide
from policy.vocabulary import Training
from tests.policy_builders import NOW, a_caller, a_question, an_open_policy


@pytest.mark.bench
def test_a_remembered_decision_takes_microseconds() -> None:
    policy, question = an_open_policy(), a_question()
    decide(policy, question, now=NOW)
    begin = perf_counter()
    for _ in range(5_000):
        decide(policy, question, now=NOW)
    assert (perf_counter() - begin) / 5_000 < 0.000_2


@pytest.mark.bench
def test_a_new_decision_takes_milliseconds() -> None:
    policy = an_open_policy()
    questions = [
        a_question(
            caller=replace(
                a_caller(trainings=(Training(f"t-{number}", NOW.date()),)),
                municipality=MunicipalityCode("9901"),
            )
        )
        for number in range(100)
    ]
    begin = perf_counter()
    for question in questions:
        decide(policy, question, now=NOW)
    assert (perf_counter() - begin) / 100 < 0.02
