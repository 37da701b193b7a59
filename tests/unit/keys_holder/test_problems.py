from collections.abc import Iterator
from datetime import timedelta

import pytest

from keys.holder.errors import (
    BudgetSpent,
    HolderNotReady,
    QuestionsSpent,
    RequestMalformed,
    RequestRefused,
    UserBudgetSpent,
)
from keys.holder.problems import PROBLEMS, problem_body, retry_headers


def _leaves(kind: type[RequestRefused]) -> Iterator[type[RequestRefused]]:
    below = kind.__subclasses__()
    if not below:
        yield kind
    for each in below:
        yield from _leaves(each)


def test_every_refusal_has_its_problem() -> None:
    assert set(_leaves(RequestRefused)) == set(PROBLEMS)


def test_every_budget_of_persons_reads_as_one_kind_of_problem() -> None:
    leaves = {*_leaves(BudgetSpent)} - {QuestionsSpent}
    kinds = {PROBLEMS[leaf] for leaf in leaves}
    assert {(kind.slug, kind.status) for kind in kinds} == {("budget-spent", 429)}


def test_a_problem_names_itself_in_dutch() -> None:
    assert problem_body(PROBLEMS[RequestMalformed]).model_dump() == {
        "type": "/problems/invalid-input",
        "title": "Het verzoek is ongeldig.",
        "status": 400,
        "detail": PROBLEMS[RequestMalformed].detail,
    }


@pytest.mark.parametrize(
    ("refusal", "headers"),
    [
        (UserBudgetSpent(timedelta(seconds=1.2)), {"Retry-After": "2"}),
        (UserBudgetSpent(timedelta(0)), {"Retry-After": "1"}),
        (HolderNotReady(), {"Retry-After": "5"}),
        (RequestMalformed(), {}),
    ],
)
def test_what_passes_by_itself_says_when(
    refusal: RequestRefused, headers: dict[str, str]
) -> None:
    assert retry_headers(refusal) == headers
