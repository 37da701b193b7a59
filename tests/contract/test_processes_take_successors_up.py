"""What follows on a key of the index is taken up by who serves, and a fork is told."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from desk.receipts import load_receipt_rules
from keys.config_document import SignedDocument
from keys.errors import SuccessorForked
from keys.events import EventLog
from keys.jose import PrivateKey
from keys.pinned_keys import (
    PinnedKey,
    find_fork,
    find_successors,
    take_successors,
)
from keys.security.events import SecurityLog
from keys.successor import KeyUse, Successor, sign_successor
from keys.watching import Tell
from signal_index.key_files import create_key_folder
from signal_index.signing_files import (
    PINNED,
    follow_checkpoint_keys,
    follow_receipt_keys,
    make_successor,
    name_key,
    put_successor,
)
from tests.desk_builders import some_town
from tests.holder_fakes import NOON, FakeClock

FIRST, SECOND, THIRD = [PrivateKey.generate() for _ in range(3)]
DAY = timedelta(days=1)
BEGINS, ENDS = NOON + 10 * DAY, NOON + 40 * DAY


def a_step(key: PrivateKey) -> SignedDocument:
    said = Successor(
        use="receipt",
        number=2,
        former=FIRST.public,
        key=key.public,
        made=NOON,
        begins=BEGINS,
        ends=ENDS,
    )
    return sign_successor(said, FIRST, key)


def a_log(stream: StringIO) -> SecurityLog:
    clock = FakeClock(NOON)
    return SecurityLog(
        EventLog(stream, clock), lambda _oin, _sub: "0" * 32, None, clock
    )


def told(stream: StringIO) -> list[tuple[str, str]]:
    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [(one["event"], one.get("rule") or one["reason"]) for one in said]


FORKED = [
    ("successor-refused", "successor-forked"),
    ("alarm", "successor-forked"),
]


def fork(pinned: Path) -> None:
    take_successors(pinned, [a_step(SECOND)])
    with pytest.raises(SuccessorForked):
        take_successors(pinned, [a_step(THIRD)])


def test_a_fork_is_an_alarm_at_a_desk(tmp_path: Path) -> None:
    town, stream = some_town(tmp_path), StringIO()
    pinned = town.settings.ledger.receipt_key
    pinned.write_text(json.dumps(FIRST.public.jwk))
    fork(pinned)
    rules = load_receipt_rules(town.settings, a_log(stream).tell_successor)
    assert told(stream) == FORKED
    assert (
        len(rules.receipt_key.chain.list_accepted(BEGINS)) == 2
    )  # the first one holds


def test_a_desk_takes_up_a_receipt_key_that_follows(tmp_path: Path) -> None:
    town, stream = some_town(tmp_path), StringIO()
    pinned = town.settings.ledger.receipt_key
    pinned.write_text(json.dumps(FIRST.public.jwk))
    seconds = iter(range(100))
    tell = a_log(stream).tell_successor
    held = PinnedKey(pinned, KeyUse.RECEIPT, tell, lambda: next(seconds), seen=None)
    take_successors(pinned, [a_step(SECOND)])
    assert held.chain.list_accepted(ENDS) == (SECOND.public,)
    assert told(stream) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    create_key_folder(made, key_version=1, years=(2026,), origin_base="index.example")
    return made


def served(
    folder: Path, stream: StringIO
) -> tuple[Path, Tell, Callable[[], datetime], Path]:
    return folder, a_log(stream).tell_successor, lambda: NOON, folder.parent


def succeed(folder: Path, use: KeyUse) -> None:
    made = make_successor(
        folder, use, now=NOON, begins=BEGINS, ends=ENDS, origin="index.example/2026"
    )
    put_successor(folder, use, made)


@pytest.mark.usefixtures("look_again")
def test_an_index_signs_receipts_with_the_next_key_without_a_restart(
    folder: Path,
) -> None:
    stream = StringIO()
    keys = follow_receipt_keys(*served(folder, stream))
    first = keys.at(ENDS).kid
    succeed(folder, KeyUse.RECEIPT)
    assert keys.at(BEGINS - DAY).kid == first
    assert keys.at(BEGINS).kid != first
    assert len(keys.at(NOON).verifying) == 2
    assert told(stream) == []


@pytest.mark.usefixtures("look_again")
def test_the_tree_is_signed_with_both_without_a_restart(folder: Path) -> None:
    stream = StringIO()
    keys = follow_checkpoint_keys(*served(folder, stream))
    (first,) = keys.at(ENDS)
    succeed(folder, KeyUse.CHECKPOINT)
    assert [len(keys.at(at)) for at in (NOON, BEGINS, ENDS)] == [1, 2, 1]
    assert keys.at(BEGINS)[0].public == first.public
    assert told(stream) == []


@pytest.mark.usefixtures("look_again")
def test_an_index_without_the_private_file_goes_on_and_says_so(folder: Path) -> None:
    """A machine to which only the statement was copied."""
    stream = StringIO()
    keys = follow_receipt_keys(*served(folder, stream))
    first = keys.at(NOON).kid
    succeed(folder, KeyUse.RECEIPT)
    away = folder / name_key(KeyUse.RECEIPT, 2)
    kept = away.rename(folder / "away")
    assert keys.at(ENDS).kid == first
    assert told(stream) == [("successor-refused", "key-files-refused")]
    kept.rename(away)
    assert keys.at(ENDS).kid != first


@pytest.mark.usefixtures("look_again")
@pytest.mark.parametrize("lost", ["private", "statement"])
def test_an_index_does_not_go_back_to_a_key_that_ended(folder: Path, lost: str) -> None:
    """A file is erased too early, or its folder put back: it goes on, and says so."""
    stream = StringIO()
    succeed(folder, KeyUse.RECEIPT)
    keys = follow_receipt_keys(*served(folder, stream))
    first, second = keys.at(NOON).kid, keys.at(ENDS).kid
    if lost == "private":
        (folder / name_key(KeyUse.RECEIPT)).unlink()
    else:
        find_successors(folder / PINNED[KeyUse.RECEIPT]).unlink()
    assert (keys.at(NOON).kid, keys.at(ENDS).kid) == (first, second)
    assert [event for event, _ in told(stream)] == ["successor-refused"]


def test_a_fork_is_an_alarm_at_an_index(folder: Path) -> None:
    stream = StringIO()
    succeed(folder, KeyUse.RECEIPT)
    (find_fork(folder / PINNED[KeyUse.RECEIPT])).write_text("{}")
    follow_receipt_keys(*served(folder, stream))
    assert told(stream) == FORKED


@pytest.fixture
def look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each question, not once a second."""
    monkeypatch.setattr("keys.watching.LOOK_SECONDS", 0.0)
