"""What `signal-source rehearse` prints: of each case, of the end, for a machine."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from signal_index.wire.rehearsals import CaseResult, RehearsalCase, RehearsalRecorded
from signal_index.wire.values import Label, Slug
from sources.cli.rehearse import Lines, conclude, list_refused, summarise
from sources.refused_beforehand import Registered
from sources.rehearsing.running import Rehearsed
from tests.sources_builders import a_profile
from tests.sources_parties import OIN, REGISTERED

ENTRY = uuid4()


def rehearsed(*failed: RehearsalCase, passed: bool | None = None) -> Rehearsed:
    """A rehearsal that ended; `passed`: what the index made of it."""
    cases = tuple(
        CaseResult(
            case=case,
            passed=case not in failed,
            seen=Slug("accepted" if case in failed else "as-expected"),
        )
        for case in RehearsalCase
    )
    judged = not failed if passed is None else passed
    recorded = RehearsalRecorded(passed=judged, ended=3, erased=0, entryId=ENTRY)
    return Rehearsed(cases, recorded)


def test_a_case_that_went_wrong_says_what_should_have_come(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = Lines()
    for one in rehearsed(RehearsalCase.LATE_COPY).cases:
        lines.tell(one)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(RehearsalCase) + 2
    assert said[0] == " 1 van 20  goed  De bron staat in proef"
    assert said[-3] == "20 van 20  fout  Een oud signaal dat te laat aankomt"
    assert said[-2].startswith("          Verwacht: Het signaal komt niet terug")
    assert said[-1] == "          Gezien: accepted"


def test_the_end_says_where_it_is_recorded_and_whom_to_ask() -> None:
    said = conclude(rehearsed())
    steps = ("publish", "dat vergelijkt ook", "live te zetten")
    assert [said.index(step) for step in steps] == sorted(map(said.index, steps))
    assert said.startswith("Geslaagd: alle 20 gevallen.")
    assert str(ENTRY) in said
    assert "beheerder van de index" in said


def test_a_contact_holder_that_the_index_refuses_is_named_first() -> None:
    """Else the flags are shown with it, the rehearsal passes, and no flag ever goes."""
    functions = [Label("Balie")]
    known = REGISTERED.model_copy(update={"contactFunctions": functions})
    refused = list_refused([a_profile()], (), Registered(known, OIN))
    assert refused
    assert all("staat niet op uw lijst" in line for line in refused)
    assert all(line.endswith("functie van de lijst: Balie.") for line in refused)
    assert not list_refused([a_profile()], (), Registered(REGISTERED, OIN))


def test_a_case_that_failed_is_counted_at_the_end() -> None:
    said = conclude(rehearsed(RehearsalCase.LATE_COPY, RehearsalCase.CONTACT_REFUSED))
    assert said.startswith("Niet geslaagd: 2 van 20 gevallen.")


def test_an_index_that_saw_otherwise_is_believed() -> None:
    said = conclude(rehearsed(passed=False))
    assert said.startswith("Niet geslaagd: de index zag zelf niet")


def test_a_machine_is_told_each_case() -> None:
    found = json.loads(json.dumps(summarise(rehearsed(RehearsalCase.LATE_COPY))))
    assert found["passed"] is False
    assert found["cases"][-1] == {
        "case": "late-copy",
        "passed": False,
        "seen": "accepted",
    }
