"""Every fact that can reach a caller has a row: slug, Dutch title, status."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import signal_index
from keys.errors import InvalidPseudonym, TicketRefused
from policy.errors import (
    Finding,
    InvalidRules,
    PolicyError,
    UnknownBreakGlassReason,
    UnknownCode,
    UnknownInformedCode,
    UnknownLegalBasis,
    UnknownPurpose,
)
from policy.faults import Fault
from signal_index.api.errors import EdgeError, MethodNotAllowed
from signal_index.api.field_words import FIELD_WORDS
from signal_index.api.problem_pages import BY_SLUG, render_page
from signal_index.api.problem_table import TABLE
from signal_index.api.problems import describe_item, find_problem, render_problem
from signal_index.errors import (
    CallerUnknown,
    NotAnswered,
    QueueFull,
    RequestRefused,
    TicketInvalid,
)
from signal_index.notice import (
    NoticeError,
)
from signal_index.wire.errors import FieldCode, InvalidField

BASE = "https://index.test/problems"


def _leaves(root: type[Exception]) -> Iterator[type[Exception]]:
    below = root.__subclasses__()
    if not below:
        yield root
    for kind in below:
        yield from _leaves(kind)


def _all() -> list[type[Exception]]:
    roots = (RequestRefused, NotAnswered, NoticeError, PolicyError, EdgeError)
    found = {leaf for root in roots for leaf in _leaves(root)}
    found |= {InvalidField, InvalidPseudonym, *_leaves(TicketRefused)}
    return sorted(found, key=lambda leaf: leaf.__name__)


def test_each_leaf_stands_in_the_table() -> None:
    leaves = _all()
    assert len(leaves) > 50
    assert [leaf for leaf in leaves if TABLE.keys().isdisjoint(leaf.__mro__)] == []


def test_each_row_is_two_sentences_with_a_status() -> None:
    for row in TABLE.values():
        assert row.title.endswith("."), row
        assert row.detail.endswith("."), row
        assert row.detail != row.title, row
        assert 400 <= row.status < 600, row
        assert row.slug == row.slug.lower(), row


def test_one_slug_is_one_kind_with_one_title_and_status() -> None:
    kinds = {(row.slug, row.title, row.status) for row in TABLE.values()}
    assert len(kinds) == len({row.slug for row in TABLE.values()})


def test_each_code_of_a_field_has_its_dutch_sentence_and_is_used() -> None:
    """Another code does not type-check, so the sentences cannot run behind."""
    codes = set(get_args(FieldCode))
    assert set(FIELD_WORDS) == codes
    assert all(words.endswith(".") for words in FIELD_WORDS.values())
    written = "".join(
        path.read_text()
        for path in Path(signal_index.__file__).parent.rglob("*.py")
        if path.name not in {"errors.py", "field_words.py"}
    )
    said = {code for code in codes if f'"{code}"' in written}
    assert said | {"not-possible"} == codes


def test_a_fault_in_a_policy_reaches_its_proposer_in_dutch_alone() -> None:
    fault = Finding("a.cedar", 3, Fault.RULE_UNREADABLE, "x", "unexpected token")
    answer = render_problem(InvalidRules((fault,)), base=BASE)
    assert json.loads(answer.body)["errors"] == [
        {
            "field": "a.cedar",
            "code": "line-3",
            "message": "x: Cedar kan deze regel niet lezen",
        }
    ]


def test_each_kind_has_a_page_that_explains_it_and_loads_nothing() -> None:
    for row in TABLE.values():
        page = render_page(BY_SLUG[row.slug])
        assert '<html lang="nl">' in page
        assert f"<h1>{row.title}</h1>" in page
        assert not re.search("<script|<style|<link|<img|href=|src=| on[a-z]+=", page)


def test_the_page_of_invalid_input_explains_each_code_of_a_field() -> None:
    page = render_page(BY_SLUG["invalid-input"])
    assert all(code in page for code in FIELD_WORDS)


def test_bad_input_is_400_and_never_422() -> None:
    assert 422 not in {row.status for row in TABLE.values()}


def test_a_problem_names_the_field_and_not_its_value() -> None:
    answer = render_problem(InvalidField("phone", "wrong-form"), base=BASE)
    body = json.loads(answer.body)
    assert body["type"] == f"{BASE}/invalid-input"
    assert body["errors"][0]["field"] == "phone"


def test_what_the_table_lacks_is_a_fault_without_a_word() -> None:
    answer = render_problem(ValueError("a secret"), base=BASE)
    assert answer.status == 500
    assert b"secret" not in answer.body


def test_a_missing_login_says_how_to_log_in() -> None:
    answer = render_problem(CallerUnknown(), base=BASE)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_full_queue_says_when_to_come_back() -> None:
    assert int(render_problem(QueueFull(), base=BASE).headers["retry-after"]) > 0


def test_a_method_that_cannot_be_says_which_can() -> None:
    answer = render_problem(MethodNotAllowed("GET"), base=BASE)
    assert answer.headers["allow"] == "GET"


def test_a_refused_ticket_is_one_problem_whatever_was_wrong_with_it() -> None:
    found = {find_problem(leaf()) for leaf in _leaves(TicketRefused)}
    assert found == {find_problem(TicketInvalid())}


def test_an_item_of_a_batch_has_a_short_problem() -> None:
    item = describe_item(InvalidField("version", "used-before"), base=BASE)
    assert item.field == "version"


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (UnknownPurpose("no such purpose"), "purpose"),
        (UnknownLegalBasis("no such basis"), "legalBasis"),
        (UnknownInformedCode("no such code"), "informed"),
        (UnknownBreakGlassReason("no such reason"), "breakGlass"),
    ],
)
def test_a_code_that_nobody_knows_is_told_with_its_field(
    error: UnknownCode, field: str
) -> None:
    (told,) = json.loads(render_problem(error, base=BASE).body)["errors"]
    assert (told["field"], told["code"]) == (field, "unknown-code")
