"""No receipt key follows another one unless that one said so, and at its time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from keys.commands import app
from keys.config_document import SignedDocument
from keys.digits import write_digits
from keys.errors import InvalidToken, SuccessorForged, SuccessorForked
from keys.jose import PrivateKey
from keys.pinned_keys import find_successors, read_chain, take_successors
from keys.refused import open_refused, sign_refused
from keys.successor import (
    KeyUse,
    Successor,
    digest_successor,
    follow,
    open_successor,
    sign_successor,
)

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RECEIPT = KeyUse.RECEIPT
KEYS = [PrivateKey.generate() for _ in range(4)]
FIRST, SECOND, THIRD, STRANGER = KEYS


def said(
    former: PrivateKey, key: PrivateKey, number: int, begins: datetime
) -> Successor:
    return Successor(
        use="receipt",
        number=number,
        former=former.public,
        key=key.public,
        made=begins,
        begins=begins,
        ends=begins + 30 * DAY,
    )


def a_step(
    former: PrivateKey, key: PrivateKey, number: int = 2, begins: datetime = NOW
) -> SignedDocument:
    return sign_successor(said(former, key, number, begins), former, key)


STEPS = [
    a_step(former, key, number, NOW + number * 100 * DAY)
    for number, (former, key) in enumerate(pairwise((FIRST, SECOND, THIRD)), 2)
]


@pytest.fixture(autouse=True)
def years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command takes nothing that says it was made later than now."""
    monkeypatch.setattr("keys.clock.now", lambda: NOW + 900 * DAY)


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.public.jwk"
    path.write_text(json.dumps(FIRST.public.jwk))
    return path


def test_both_count_in_the_overlap_and_one_before_and_after() -> None:
    chain = follow(FIRST.public, RECEIPT, [a_step(FIRST, SECOND)])
    assert chain.list_accepted(NOW - DAY) == (FIRST.public,)
    assert chain.list_accepted(NOW) == (SECOND.public, FIRST.public)
    assert chain.list_accepted(NOW + 30 * DAY) == (SECOND.public,)


def test_the_former_key_says_nothing_after_its_end() -> None:
    chain = follow(FIRST.public, RECEIPT, [a_step(FIRST, SECOND)])
    late = NOW + 30 * DAY
    token = sign_refused(FIRST, [], now=late)
    assert open_refused(token, chain.list_accepted(late - DAY)).at == late
    with pytest.raises(InvalidToken):
        open_refused(token, chain.list_accepted(late))


def test_who_pinned_any_key_follows_from_there_in_any_order() -> None:
    turned = STEPS[::-1]
    assert [one.key for one in follow(FIRST.public, RECEIPT, turned).keys] == [
        *(FIRST.public, SECOND.public, THIRD.public)
    ]
    assert [one.key for one in follow(SECOND.public, RECEIPT, turned).keys] == [
        *(SECOND.public, THIRD.public)
    ]


def _swap(first: SignedDocument, second: SignedDocument) -> SignedDocument:
    return SignedDocument(payload=first.payload, signatures=second.signatures)


FORGED: dict[str, Callable[[], SignedDocument]] = {
    "by a stranger": lambda: _swap(a_step(FIRST, SECOND), a_step(STRANGER, SECOND)),
    "not by the new key": lambda: _swap(a_step(FIRST, SECOND), a_step(FIRST, STRANGER)),
    "with another date": lambda: _swap(
        a_step(FIRST, SECOND), a_step(FIRST, SECOND, begins=NOW + DAY)
    ),
    "by one of the two": lambda: SignedDocument(
        payload=STEPS[0].payload, signatures=STEPS[0].signatures[:1]
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_both_keys_did_not_sign_is_nobodys_successor(
    pinned: Path, name: str
) -> None:
    forged = FORGED[name]()
    with pytest.raises(SuccessorForged):
        open_successor(forged)
    with pytest.raises(SuccessorForged):
        take_successors(pinned, [forged])
    assert not find_successors(pinned).exists()


def test_nobody_signs_with_other_keys_than_it_names() -> None:
    with pytest.raises(SuccessorForged):
        sign_successor(said(FIRST, SECOND, 2, NOW), STRANGER, SECOND)


def test_a_successor_of_a_successor_that_is_missing_is_refused(pinned: Path) -> None:
    with pytest.raises(SuccessorForged, match="is one missing"):
        take_successors(pinned, [STEPS[1]])
    assert read_chain(pinned, RECEIPT).list_accepted(NOW) == (FIRST.public,)


def test_two_successors_of_one_key_are_a_fork(pinned: Path) -> None:
    take_successors(pinned, [STEPS[0]])
    before = find_successors(pinned).read_bytes()
    with pytest.raises(SuccessorForked):
        take_successors(pinned, [a_step(FIRST, STRANGER)])
    assert find_successors(pinned).read_bytes() == before


def test_what_was_taken_is_left_out_by_no_later_list(pinned: Path) -> None:
    """Who would lead back to the former key finds both: the list only grows."""
    take_successors(pinned, STEPS)
    take_successors(pinned, [STEPS[0]])
    late = NOW + 1000 * DAY
    assert read_chain(pinned, RECEIPT).list_accepted(late) == (THIRD.public,)


def test_a_key_that_is_over_does_not_come_back(pinned: Path) -> None:
    back = a_step(SECOND, FIRST, 3, NOW + 300 * DAY)
    with pytest.raises(SuccessorForged, match="came after"):
        take_successors(pinned, [STEPS[0], back])


@pytest.mark.parametrize(
    ("number", "begins"), [(4, NOW + 300 * DAY), (3, NOW + 201 * DAY)]
)
def test_a_step_out_of_its_turn_is_refused(number: int, begins: datetime) -> None:
    with pytest.raises(SuccessorForged, match="not the next one"):
        follow(FIRST.public, RECEIPT, [STEPS[0], a_step(SECOND, THIRD, number, begins)])


@pytest.mark.parametrize("days", [0, 93])
def test_an_overlap_is_neither_missing_nor_for_ever(days: int) -> None:
    with pytest.raises(ValidationError):
        Successor(
            use="receipt",
            number=2,
            former=FIRST.public,
            key=SECOND.public,
            made=NOW,
            begins=NOW,
            ends=NOW + days * DAY,
        )


def test_a_list_that_is_none_starts_nothing(pinned: Path) -> None:
    for text in ("{", '{"successors": []}', '{"format": 1, "successors": []}'):
        find_successors(pinned).write_text(text)
        if "successors" in text and "format" not in text:
            continue  # a format that is left out is the only one there is
        with pytest.raises(SuccessorForged):
            read_chain(pinned, RECEIPT)


def test_a_command_takes_them_and_says_from_when(pinned: Path, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    there = tmp_path / "index" / pinned.name
    there.write_bytes(pinned.read_bytes())
    take_successors(there, [STEPS[0]])
    told = CliRunner().invoke(
        app,
        [
            *("take-successor", str(find_successors(there))),
            *("--pinned", str(pinned)),
            *("--digits", write_digits(digest_successor(STEPS[0]))),
        ],
    )
    assert told.exit_code == 0, told.output
    assert SECOND.kid in told.output
    assert read_chain(pinned, RECEIPT) == read_chain(there, RECEIPT)


def test_a_file_saved_where_it_is_taken_up_is_asked_about_all_the_same(
    pinned: Path,
) -> None:
    """Its name is as it was sent: beside the pinned key it already counts."""
    take_successors(pinned, [STEPS[0]])
    saved = find_successors(pinned)
    command = ["take-successor", str(saved), "--pinned", str(pinned), "--digits"]
    wrong = CliRunner().invoke(app, [*command, "111 111 111 111 111 111"])
    assert wrong.exit_code == 1
    assert "not the digits" in wrong.output
    right = write_digits(digest_successor(STEPS[0]))
    assert CliRunner().invoke(app, [*command, right]).exit_code == 0
