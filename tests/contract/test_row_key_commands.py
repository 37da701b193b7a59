"""`signal-index keys row-key`: begun, run, finished, destroyed, in that order only."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from signal_index.cli import row_key_commands
from signal_index.settings import Settings
from signal_index.upkeep.row_moving import Counted, Say
from tests.index_office import Office
from tests.store_builders import an_oin


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    assert made.run("migrate")[0] == 0
    assert made.run("keys", "create")[0] == 0
    return made


def _let_time_go_by(office: Office) -> None:
    """As if the last step was an hour ago: no process goes on with what it knew.

    A key that was announced is required since then: `run` says so and waits.
    """
    with sqlite3.connect(office.folder / "data" / "index.sqlite") as connection:
        connection.execute(
            "UPDATE row_key_use SET since = '2026-01-01 00:00:00.000000', "
            "state = replace(state, 'announced', 'required')"
        )


def _row_key(office: Office, *arguments: str) -> tuple[int, str]:
    return office.run("keys", "row-key", *arguments)


def test_every_step_is_recorded_and_the_former_key_is_gone_at_the_end(
    office: Office,
) -> None:
    keys = office.folder / "keys"
    assert _row_key(office, "begin")[0] == 0
    assert (keys / "row-key-2.key").exists()
    _let_time_go_by(office)
    code, said = office.answer("2", "keys", "row-key", "run")
    assert code == 0, said
    _let_time_go_by(office)
    code, said = _row_key(office, "finish")
    assert (code, "none under row key 1" in said) == (0, True), said
    assert office.answer("1", "keys", "row-key", "destroy", "1")[0] == 0
    assert sorted(path.name for path in keys.glob("row-key-*")) == ["row-key-2.key"]
    assert office.kinds() == ["key"] * 4
    assert _row_key(office, "status") == (0, "row key 2: current, file is there\n")
    assert _row_key(office, "begin")[0] == 0  # the next one is the third
    assert (keys / "row-key-3.key").exists()


def test_no_step_goes_before_another(office: Office) -> None:
    assert office.answer("2", "keys", "row-key", "run")[0] == 1
    assert _row_key(office, "finish")[0] == 1
    assert office.answer("1", "keys", "row-key", "destroy", "1")[0] == 1
    assert _row_key(office, "begin")[0] == 0
    assert _row_key(office, "begin")[0] == 1
    assert _row_key(office, "finish")[0] == 1
    _let_time_go_by(office)
    assert office.answer("1", "keys", "row-key", "run")[0] == 1
    assert office.answer("2", "keys", "row-key", "run")[0] == 0
    code, said = _row_key(office, "finish")
    assert (code, "wait a moment" in said) == (1, True)
    for number in ("1", "2"):
        assert office.answer(number, "keys", "row-key", "destroy", number)[0] == 1
    assert len(list((office.folder / "keys").glob("row-key-*"))) == 2


def test_a_row_that_does_not_open_is_given_up_by_count_and_never_unseen(
    office: Office,
) -> None:
    """Its source tells it again: it stands here no more."""
    office.load()
    office.have_signals(an_oin(2), 2)  # their seals are zeros
    assert _row_key(office, "begin")[0] == 0
    _let_time_go_by(office)
    code, said = office.answer("2", "keys", "row-key", "run")
    assert (code, "2 rows of signal do not open" in said) == (0, True), said
    _let_time_go_by(office)
    for given_up in ((), ("--give-up", "1")):
        code, said = _row_key(office, "finish", *given_up)
        assert (code, "signal: 2" in said) == (1, True), said
    assert _row_key(office, "finish", "--give-up", "2")[0] == 0
    assert office.ask("SELECT * FROM signal") == []
    assert office.kinds()[-2:] == ["administration", "key"]


def test_a_key_is_required_before_anything_moves(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without its file stops while nothing stands under it yet."""
    assert _row_key(office, "begin")[0] == 0
    waited: list[tuple[float, object]] = []

    async def look(seconds: float) -> None:
        waited.append((seconds, office.ask("SELECT number, state FROM row_key_use")))
        _let_time_go_by(office)

    monkeypatch.setattr("signal_index.cli.row_key_commands.asyncio.sleep", look)
    assert office.answer("2", "keys", "row-key", "run")[0] == 0
    ((seconds, states),) = waited
    assert seconds > 80  # twice as long as any process goes on with what it knew
    assert states == [(1, "current"), (2, "required")]
    after = office.ask("SELECT number, state FROM row_key_use")
    assert after == [(1, "leaving"), (2, "current")]


def test_a_run_that_was_asked_for_another_key_moves_nothing(office: Office) -> None:
    assert _row_key(office, "begin")[0] == 0
    with sqlite3.connect(office.folder / "data" / "index.sqlite") as connection:
        connection.execute("UPDATE row_key_use SET number = 3 WHERE number = 2")
    code, said = office.answer("2", "keys", "row-key", "run")
    assert (code, "nothing was moved" in said) == (1, True), said


def test_a_finish_that_another_was_before_records_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it counted, another finished, and began the next."""
    assert _row_key(office, "begin")[0] == 0
    _let_time_go_by(office)
    assert office.answer("2", "keys", "row-key", "run")[0] == 0
    _let_time_go_by(office)
    recorded = office.kinds()
    count = row_key_commands._move

    async def count_late(settings: Settings, rest: float, told: Say) -> Counted:
        counted = await count(settings, rest, told)
        with sqlite3.connect(office.folder / "data" / "index.sqlite") as connection:
            connection.execute("UPDATE row_key_use SET number = 3 WHERE number = 1")
        return counted

    monkeypatch.setattr(row_key_commands, "_move", count_late)
    code, said = _row_key(office, "finish")
    assert (code, "another command went on" in said) == (1, True), said
    assert office.ask("SELECT number FROM row_key_use ORDER BY 1") == [(2,), (3,)]
    assert office.kinds() == recorded
