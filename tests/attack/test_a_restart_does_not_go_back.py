"""What once followed on a key is removed, and who uses the key is started again.

Each keeps in a folder of its own what it saw: it goes on by that, and tells.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from desk.receipts import load_receipt_rules
from keys.errors import KeyFileMalformed, SuccessorForged, SuccessorForked
from keys.jose import PrivateKey
from keys.pinned_keys import (
    PinnedKey,
    encode_successors,
    find_successors,
    foresee_successors,
    read_chain,
    take_successors,
)
from keys.successor import Chain, KeyUse
from signal_index.key_files import create_key_folder
from signal_index.signing_files import (
    PINNED,
    follow_checkpoint_keys,
    follow_receipt_keys,
    make_successor,
    put_successor,
)
from signal_index.witness.settings import read_keys
from tests.attack.test_a_key_is_succeeded_falsely import (
    FIRST,
    NOW,
    SECOND,
    STEPS,
    STRANGER,
    a_step,
)
from tests.desk_builders import some_town

USE = KeyUse.RECEIPT
DAY = timedelta(days=1)
BEGINS, ENDS = NOW + 10 * DAY, NOW + 40 * DAY


@dataclass
class User:
    """Who uses a pinned key: each `start` is another process with the same folder."""

    pinned: Path
    seen: Path
    told: list[type[Exception]] = field(default_factory=list)

    def start(self) -> Chain:
        def tell(refusal: Exception) -> None:
            self.told.append(type(refusal))

        return PinnedKey(self.pinned, USE, tell, seen=self.seen).chain


@pytest.fixture
def user(tmp_path: Path) -> User:
    (tmp_path / "pinned").mkdir()
    (tmp_path / "own").mkdir()
    pinned = tmp_path / "pinned" / "receipt.public.jwk"
    pin(pinned, FIRST)
    return User(pinned, tmp_path / "own")


def pin(path: Path, key: PrivateKey) -> None:
    path.write_text(json.dumps(key.public.jwk))


def remove(user: User) -> None:
    find_successors(user.pinned).unlink()


def shorten(user: User) -> None:
    find_successors(user.pinned).write_bytes(encode_successors(STEPS[:1]))


def pin_the_first_again(user: User) -> None:
    find_successors(user.pinned).unlink()
    pin(user.pinned, FIRST)


@pytest.mark.parametrize("act", [remove, shorten, pin_the_first_again])
def test_what_was_seen_counts_after_a_restart_and_is_missed(
    user: User, act: Callable[[User], None]
) -> None:
    take_successors(user.pinned, STEPS)
    before = user.start()
    assert user.told == []
    act(user)
    again = user.start()
    assert again == before
    late = before.keys[-1].begins + 400 * DAY
    assert FIRST.public not in again.list_accepted(late)
    assert user.told == [SuccessorForged]


def test_it_is_told_at_each_start_until_the_file_is_there_again(user: User) -> None:
    take_successors(user.pinned, STEPS)
    user.start()
    remove(user)
    user.start()
    user.start()
    assert user.told == [SuccessorForged, SuccessorForged]
    take_successors(user.pinned, STEPS)
    user.start()
    assert len(user.told) == 2


def test_another_successor_than_was_seen_is_a_fork(user: User) -> None:
    take_successors(user.pinned, STEPS[:1])
    before = user.start()
    other = encode_successors([a_step(FIRST, STRANGER)])
    find_successors(user.pinned).write_bytes(other)
    assert user.start() == before
    assert user.told == [SuccessorForked]


def test_who_pins_a_later_key_begins_with_that(user: User) -> None:
    take_successors(user.pinned, STEPS)
    user.start()
    remove(user)
    pin(user.pinned, STRANGER)
    assert user.start().keys[0].key == STRANGER.public
    pin(user.pinned, SECOND)
    assert user.start().keys[0].key == SECOND.public


def test_who_cannot_keep_it_goes_on_and_tells(user: User) -> None:
    take_successors(user.pinned, STEPS)
    user.seen = user.seen / "no folder"
    user.seen.write_text("a file")
    assert len(user.start().keys) == len(STEPS) + 1
    assert user.told == [KeyFileMalformed]


def test_a_first_step_with_another_number_is_none(user: User) -> None:
    seventh = a_step(FIRST, SECOND, 7)
    with pytest.raises(SuccessorForged, match="is one missing"):
        take_successors(user.pinned, [seventh])
    find_successors(user.pinned).write_bytes(encode_successors([seventh]))
    with pytest.raises(SuccessorForged, match="is one missing"):
        read_chain(user.pinned, USE)


def test_one_that_says_it_was_made_later_than_now_is_not_taken(user: User) -> None:
    said = [a_step(FIRST, SECOND)]
    foresee_successors(user.pinned, said, NOW)
    with pytest.raises(SuccessorForged, match="it says it was made at"):
        foresee_successors(user.pinned, said, NOW - timedelta(minutes=6))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    create_key_folder(made, key_version=1, years=(2026,), origin_base="index.example")
    for use in KeyUse:
        origin = "index.example/2026"
        said = make_successor(
            made, use, now=NOW, begins=BEGINS, ends=ENDS, origin=origin
        )
        put_successor(made, use, said)
    return made


def test_an_index_signs_on_with_the_keys_that_followed(folder: Path) -> None:
    told: list[Exception] = []

    def start() -> tuple[str, list[bytes]]:
        given = (folder, told.append, lambda: NOW, folder.parent)
        receipt = follow_receipt_keys(*given).at(ENDS).kid
        tree = follow_checkpoint_keys(*given).at(ENDS)
        return receipt, [one.public for one in tree]

    before = start()
    for use in KeyUse:
        find_successors(folder / PINNED[use]).unlink()
    assert start() == before
    assert [type(one) for one in told] == [SuccessorForged, SuccessorForged]


def test_a_desk_and_a_witness_miss_it(tmp_path: Path) -> None:
    town, told = some_town(tmp_path), list[Exception]()
    pinned = town.settings.ledger.receipt_key
    pin(pinned, FIRST)
    take_successors(pinned, STEPS)
    load_receipt_rules(town.settings, told.append)
    find_successors(pinned).unlink()
    rules = load_receipt_rules(town.settings, told.append)
    assert len(rules.receipt_key.chain.keys) == len(STEPS) + 1
    assert len(told) == 1
    ledger = town.settings.ledger.checkpoint_key
    for _ in range(2):
        read_keys([str(ledger)], Path(), told.append, tmp_path)
    assert len(told) == 1
