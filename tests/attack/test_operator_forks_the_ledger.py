"""The operator keeps two ledgers under one key and shows each to other people.

Each holds by itself. Caught as soon as two people compare: `signal-index verify` with
the other's checkpoint; and beforehand by the witness, which cosigns only one of them.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from signal_index.errors import LedgerForked
from tests.ledger_office import WITNESS, Office, an_office


@dataclass(frozen=True)
class Fork:
    """Two indexes with one beginning: what is shown to some, and to others."""

    one: Office
    other: Office


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    """Give a watched index and its twin; each went on by itself, the first watched."""
    folder = tmp_path / "one"
    folder.mkdir()
    one = an_office(folder, is_watched=True)
    one.settle()
    shutil.copytree(folder, tmp_path / "other")
    file = tmp_path / "other" / "index.toml"
    other = Office(file, is_watched=True, watchtower=one.watchtower)
    for number in (4, 5):
        one.register(number)
    one.sequence()
    for number in (6, 7, 8):
        other.register(number)
    return Fork(one, other)


def test_the_witness_cosigns_only_one_of_them(fork: Fork, tmp_path: Path) -> None:
    fork.other.is_watched = False
    fork.other.sequence()
    fork.other.register(9)
    fork.other.is_watched = True
    with pytest.raises(LedgerForked, match="cosigned another tree than this"):
        fork.other.sequence()
    place = fork.one.export(tmp_path / "shown-to-some")
    assert fork.one.verify(place, *WITNESS).exit_code == 0


def test_two_people_who_compare_checkpoints_see_it(fork: Fork, tmp_path: Path) -> None:
    fork.other.is_watched = False  # the operator leaves the witness out
    fork.other.sequence()
    some = fork.one.export(tmp_path / "shown-to-some")
    others = fork.other.export(tmp_path / "shown-to-others")
    assert fork.one.verify(some).exit_code == 0
    assert fork.other.verify(others).exit_code == 0
    found = fork.other.verify(others, "--earlier", some / "checkpoint")
    assert found.exit_code == 1
    assert "rewritten" in found.output
    quick = ("--checkpoint-only", "--earlier", some / "checkpoint")
    assert fork.other.verify(others, *quick).exit_code == 1


def test_the_one_without_the_witness_is_found_by_itself(
    fork: Fork, tmp_path: Path
) -> None:
    fork.other.is_watched = False
    fork.other.sequence()
    others = fork.other.export(tmp_path / "shown-to-others")
    assert fork.other.verify(others, *WITNESS).exit_code == 1
