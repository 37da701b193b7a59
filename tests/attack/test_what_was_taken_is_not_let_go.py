"""A successor is taken once its digits were compared, and then never let go in silence.

Whoever hands out another file, takes one away or puts another in its place changes
nothing of what a process holds, and is told of.
"""

import fcntl
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner, Result

from keys import pinned_keys, watching
from keys.commands import app
from keys.config_document import SignedDocument
from keys.digits import write_digits
from keys.errors import SuccessorForged, SuccessorForked, SuccessorRefused
from keys.files import replace_public
from keys.jose import PrivateKey
from keys.pinned_keys import (
    PinnedKey,
    encode_successors,
    find_fork,
    find_successors,
    read_chain,
    read_successors,
    take_successors,
)
from keys.successor import KeyUse, Successor, digest_successor
from signal_index.proof import NoteKey
from tests.attack.test_a_ledger_key_is_succeeded_falsely import (
    BEGINS,
    ENDS,
    FIRST,
    NEXT,
    SECOND,
    STRANGER,
    THIRD,
    USE,
    a_step,
)
from tests.witness_builders import LOG


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.vkey"
    path.write_text(LOG.encode() + "\n")
    return path


def take(
    pinned: Path, steps: Sequence[SignedDocument], digits_of: SignedDocument
) -> Result:
    given = pinned.with_name("given.json")
    given.write_bytes(encode_successors(steps))
    command = ["take-successor", str(given), "--pinned", str(pinned)]
    heard = write_digits(digest_successor(digits_of))
    return CliRunner().invoke(app, command, input=f"{heard}\n")


def test_nothing_is_taken_before_its_digits_are_typed(pinned: Path) -> None:
    """A thief's file comes first; the privacy officer reads the digits of the true."""
    true, false = a_step(), a_step(FIRST, STRANGER)
    refused = take(pinned, [false], true)
    assert refused.exit_code == 1
    assert write_digits(digest_successor(false)) not in refused.output
    assert not find_successors(pinned).exists()
    assert take(pinned, [true], true).exit_code == 0
    assert read_chain(pinned, USE).keys[1].key == SECOND.public
    assert not find_fork(pinned).exists()


@pytest.fixture(autouse=True)
def years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command takes nothing that says it was made later than now."""
    monkeypatch.setattr("keys.clock.now", lambda: datetime(2029, 6, 1, tzinfo=UTC))


def test_each_new_one_is_asked_for_and_a_known_one_is_not(pinned: Path) -> None:
    assert take(pinned, [a_step()], a_step()).exit_code == 0
    assert take(pinned, [a_step(), NEXT], a_step()).exit_code == 1
    assert len(read_chain(pinned, USE).keys) == 2
    assert take(pinned, [a_step(), NEXT], NEXT).exit_code == 0
    assert len(read_chain(pinned, USE).keys) == 3


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[type[Exception]]:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0)
    return []


def a_process(pinned: Path, told: list[type[Exception]]) -> PinnedKey:
    def tell(refusal: Exception) -> None:
        told.append(type(refusal))

    return PinnedKey(pinned, USE, tell, seen=None)


def _remove(pinned: Path) -> None:
    find_successors(pinned).unlink()


def _swap(pinned: Path) -> None:
    false = [a_step(FIRST, STRANGER)]
    find_successors(pinned).write_bytes(encode_successors(false))


def _point_to_nothing(pinned: Path) -> None:
    _remove(pinned)
    find_successors(pinned).symlink_to(pinned.with_name("away"))


def _pin_another(pinned: Path) -> None:
    pinned.write_text(NoteKey(LOG.name, STRANGER.public.raw).encode() + "\n")
    _remove(pinned)


@pytest.mark.parametrize("lose", [_remove, _swap, _point_to_nothing, _pin_another])
def test_a_process_keeps_what_it_took_and_says_so(
    pinned: Path, told: list[type[Exception]], lose: Callable[[Path], None]
) -> None:
    take_successors(pinned, [a_step()])
    held = a_process(pinned, told)
    lose(pinned)
    assert held.chain.list_accepted(ENDS) == (SECOND.public,)
    assert len(told) == 1
    assert held.chain.list_accepted(ENDS) == (SECOND.public,)
    assert (told[0] is SuccessorForked) == (lose is _swap)
    assert len(told) == 1


def test_a_link_to_nothing_starts_nothing(pinned: Path) -> None:
    find_successors(pinned).symlink_to(pinned.with_name("away"))
    with pytest.raises(Exception, match="successors"):
        read_chain(pinned, USE)


PADDING = [a_step(FIRST, PrivateKey.generate()) for _ in range(64)]


def test_padding_hides_no_fork(pinned: Path, told: list[type[Exception]]) -> None:
    take_successors(pinned, [a_step()])
    held = a_process(pinned, told)
    assert take(pinned, PADDING, PADDING[0]).exit_code == 1
    assert held.chain.is_forked
    assert told == [SuccessorForked]
    assert read_successors(find_fork(pinned))[:2] == (a_step(), PADDING[0])


def test_a_statement_that_is_none_hides_no_fork(pinned: Path) -> None:
    take_successors(pinned, [a_step()])
    none = SignedDocument(payload=a_step().payload, signatures=NEXT.signatures)
    with pytest.raises(SuccessorForked):
        take_successors(pinned, [none, a_step(FIRST, STRANGER)])
    assert find_fork(pinned).exists()


def test_evidence_of_a_fork_is_kept_beside_that_of_another(pinned: Path) -> None:
    take_successors(pinned, [a_step()])
    false = [a_step(FIRST, STRANGER), a_step(FIRST, THIRD)]
    for one in false:
        with pytest.raises(SuccessorForked):
            take_successors(pinned, [one])
    kept = read_successors(find_fork(pinned))
    assert all(one in kept for one in false)


def test_who_pinned_a_later_key_sees_a_fork_of_a_former_one(tmp_path: Path) -> None:
    pinned = tmp_path / "checkpoint.vkey"
    pinned.write_text(NoteKey(LOG.name, SECOND.public.raw).encode() + "\n")
    take_successors(pinned, [a_step(), NEXT])
    with pytest.raises(SuccessorForked):
        take_successors(pinned, [a_step(FIRST, STRANGER)])
    assert find_fork(pinned).exists()


def test_a_fork_of_somebody_elses_key_is_no_alarm_of_ours(pinned: Path) -> None:
    keys = [PrivateKey.generate() for _ in range(2)]
    theirs = [a_step(STRANGER, one) for one in keys]
    with pytest.raises(SuccessorForged):
        take_successors(pinned, [a_step(), *theirs])
    assert not find_fork(pinned).exists()


def test_of_two_that_take_at_once_one_sees_the_fork(
    pinned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins while the first writes: in another process, so it waits."""
    tries: list[bool] = []

    def write_meanwhile(path: Path, data: bytes) -> None:
        tries.append(_is_taken(pinned.parent))
        replace_public(path, data)

    monkeypatch.setattr(pinned_keys, "replace_public", write_meanwhile)
    take_successors(pinned, [a_step()])
    assert tries == [True]
    with pytest.raises(SuccessorRefused):
        take_successors(pinned, [a_step(FIRST, STRANGER)])


def _is_taken(folder: Path) -> bool:
    seat = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(seat)
    return False


def test_a_statement_is_not_dated_before_the_ledger_it_should_stand_in() -> None:
    with pytest.raises(ValidationError):
        Successor(
            use=KeyUse.CHECKPOINT.value,
            number=2,
            former=FIRST.public,
            key=SECOND.public,
            made=BEGINS - timedelta(days=93),
            begins=BEGINS,
            ends=ENDS,
        )
