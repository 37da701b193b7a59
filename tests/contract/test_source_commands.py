"""Making a source live: refused without its rehearsal, and recorded."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from signal_index import clock
from signal_index.wire.rehearsals import RehearsalCase
from tests.index_office import Office
from tests.store_builders import an_oin

OIN = an_oin(2)
NAME = "Werk en Inkomen"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    assert made.run("migrate")[0] == 0
    assert made.run("keys", "create")[0] == 0
    assert made.load()[0] == 0
    return made


def _rehearsed(
    office: Office,
    *,
    days_ago: int = 1,
    passed: bool = True,
    signers: tuple[str, ...] = ("signer-1",),
) -> None:
    """Keep a rehearsal as the index keeps one."""
    at = (clock.now() - timedelta(days=days_ago)).strftime("%Y-%m-%d %H:%M:%S.%f")
    failed = RehearsalCase.LATE_COPY
    cases = [
        {"case": case.value, "passed": passed or case is not failed, "seen": "seen"}
        for case in RehearsalCase
    ]
    row = (
        uuid4().hex,
        OIN,
        "9901",
        OIN,
        at,
        "[]",
        uuid4().hex,
        at,
        passed,
        json.dumps(cases),
        json.dumps(signers),
        None,
    )
    columns = (
        "id, source, municipality, submitted_by, opened_at, tried, delivery, "
        "closed_at, passed, cases, signers, key_version"
    )
    connection = sqlite3.connect(office.folder / "data" / "index.sqlite")
    with connection:
        marks = ", ".join("?" * len(row))
        connection.execute(
            f"INSERT INTO rehearsal ({columns}) VALUES ({marks})",  # noqa: S608 - ours
            row,
        )
    connection.close()


def _state(office: Office) -> str:
    ((state,),) = office.ask(f"SELECT state FROM source WHERE oin = '{OIN}'")  # noqa: S608 - ours
    return str(state)


def test_a_source_that_rehearsed_goes_live_and_it_is_recorded(office: Office) -> None:
    _rehearsed(office)
    before = len(office.kinds())
    code, said = office.run("source", "go-live", OIN)
    assert (code, said.startswith("live: lookups show its flags")) == (0, True)
    assert _state(office) == "live"
    assert office.kinds()[before:] == ["administration"]


def test_going_live_twice_is_harmless(office: Office) -> None:
    _rehearsed(office)
    office.run("source", "go-live", OIN)
    before = office.kinds()
    code, said = office.run("source", "go-live", OIN)
    assert (code, said) == (0, "nothing changed: it was live already\n")
    assert office.kinds() == before


def test_a_source_that_never_rehearsed_stays_in_trial(office: Office) -> None:
    code, said = office.run("source", "go-live", OIN)
    assert (code, "no rehearsal has ended" in said) == (1, True)
    assert _state(office) == "trial"


def test_a_rehearsal_that_failed_is_old_or_of_other_keys_does_not_count(
    office: Office,
) -> None:
    _rehearsed(office, days_ago=31, passed=False, signers=("another",))
    code, said = office.run("source", "go-live", OIN)
    assert code == 1
    assert "did not pass" in said
    assert "older than 30 days" in said
    assert "keys changed" in said
    assert _state(office) == "trial"


def test_only_the_newest_rehearsal_counts(office: Office) -> None:
    _rehearsed(office, days_ago=2)
    _rehearsed(office, days_ago=1, passed=False)
    assert office.run("source", "go-live", OIN)[0] == 1


@pytest.mark.parametrize("named", ["", "Werk", OIN, NAME.lower()])
def test_an_exception_asks_for_the_source_by_name(office: Office, named: str) -> None:
    code, said = office.run("source", "go-live", OIN, "--without-rehearsal", named)
    assert (code, "must name the source" in said) == (1, True)
    assert _state(office) == "trial"


def test_an_exception_that_names_the_source_holds(office: Office) -> None:
    assert office.run("source", "go-live", OIN, "--without-rehearsal", NAME)[0] == 0
    assert _state(office) == "live"


def test_a_source_goes_back_at_once_and_it_is_recorded(office: Office) -> None:
    _rehearsed(office)
    office.run("source", "go-live", OIN)
    before = len(office.kinds())
    code, said = office.run("source", "to-trial", OIN)
    assert (code, said.startswith("in trial: no lookup shows")) == (0, True)
    assert _state(office) == "trial"
    assert office.kinds()[before:] == ["administration"]


def test_an_unknown_source_is_refused(office: Office) -> None:
    for verb in ("show", "go-live", "to-trial"):
        assert office.run("source", verb, an_oin(9))[0] == 1, verb


def test_a_key_whose_machine_was_lost_can_be_named_and_ended(office: Office) -> None:
    _, said = office.run("source", "show", OIN)
    (kid,) = [
        line.removeprefix("signer: ")
        for line in said.splitlines()
        if line.startswith("signer: ")
    ]
    assert office.run("signer", "end", OIN, kid, "--because", "lost")[0] == 0
    assert "signer: " not in office.run("source", "show", OIN)[1]


def test_how_a_source_stands_is_shown(office: Office) -> None:
    assert office.run("source", "show", OIN) == (
        0,
        "state: trial\nlacks: no rehearsal has ended yet (`signal-source rehearse`)\n"
        "signer: signer-1\n",
    )
    _rehearsed(office, passed=False)
    code, said = office.run("source", "show", OIN)
    assert code == 0
    assert "lacks: the last rehearsal did not pass" in said
    assert said.rstrip().endswith("failed late-copy")
