"""A case that got another person and has no flag, or that of before, is always said."""

import json
from dataclasses import replace
from pathlib import Path

import anyio.to_thread
import pytest
from typer.testing import CliRunner

from signal_index.wire.deliveries import DeliveryKind
from sources.__main__ import app
from sources.errors import DeliveryHeld, EvaluationStopped, FlagAwaited
from sources.flag_looks import look_at_flags
from sources.outbox.awaited import Awaited, find_awaited, verify_none_bare
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.reasons import Reason
from sources.standing_words import say_awaited
from tests.agency_settings import an_agency_with_settings
from tests.doctor_builders import a_patient
from tests.held_builders import publish, rows
from tests.sources_builders import (
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_profile,
    a_row,
    approve_held,
    shows,
)
from tests.sources_parties import taking
from tests.unit.sources.test_deliveries_command import ask

pytestmark = pytest.mark.anyio
runner = CliRunner()
DELTA = DeliveryKind.DELTA
OTHER = a_row(Zaak="Z-2", BSN=a_number(20))


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """Four cases are told, and the index takes no more."""
    made = an_agency_with_settings(tmp_path)
    await publish(made, *rows(4))
    made.index.refuse = lambda _: "subject-deceased"
    return made


def shown(*which: int) -> set[tuple[str, str]]:
    return shows(*((a_number(n), "bijstand") for n in which))


def awaited(agency: Agency) -> list[Awaited]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET), alone=False) as outbox:
        return list(find_awaited(outbox))


async def change(agency: Agency, *, kind: DeliveryKind = DeliveryKind.FULL) -> None:
    """Give the second case another person, by a file that somebody lets through."""
    others = [row for row in rows(4) if row["Zaak"] != "Z-2"]
    agency.write(OTHER, *(others if kind is DeliveryKind.FULL else ()))
    await agency.publish(kind=kind, approve=True)


@pytest.mark.parametrize("kind", DeliveryKind)
async def test_the_wrong_person_loses_the_flag_and_the_case_is_named(
    agency: Agency, kind: DeliveryKind
) -> None:
    await change(agency, kind=kind)
    assert agency.index.shown() == shown(1, 3, 4)
    (one,) = awaited(agency)
    assert (one.name, one.other_person, one.stands) == ("Z-2", True, False)
    assert (one.waits, one.reason) == (False, Reason.DECEASED)
    with (
        Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox,
        pytest.raises(FlagAwaited, match="1 zaak heeft niet"),
    ):
        verify_none_bare(outbox)


async def test_it_is_said_until_the_new_flag_stands(agency: Agency) -> None:
    await change(agency)
    await change(agency)
    assert [one.reason for one in awaited(agency)] == [Reason.DECEASED]
    agency.index.refuse = lambda _: ""
    await change(agency)
    assert awaited(agency) == []
    assert agency.index.shown() == shown(1, 20, 3, 4)


@pytest.mark.parametrize("kind", DeliveryKind)
@pytest.mark.parametrize(
    ("then", "left"),
    [
        ({"Stand": "dicht", "Eind": "2026-11-01"}, []),
        ({"BSN": a_number(21)}, ["Z-2"]),
        ({"BSN": a_number(21), "Begin": "2026-02-02"}, ["Z-2"]),
        ({"BSN": "niets"}, ["Z-2"]),
    ],
    ids=["closed", "yet-another", "yet-another-start", "unreadable"],
)
async def test_what_a_later_delivery_says_of_the_case_counts(
    agency: Agency, kind: DeliveryKind, then: dict[str, str], left: list[str]
) -> None:
    await change(agency)
    others = [row for row in rows(4) if row["Zaak"] != "Z-2"]
    agency.write(OTHER | then, *(others if kind is DeliveryKind.FULL else ()))
    await agency.publish(kind=kind, approve=True)
    assert [one.name for one in awaited(agency)] == left
    agency.index.refuse = lambda _: ""
    await agency.publish(kind=kind, approve=True)
    is_told = "niets" not in then.values()
    assert [one.name for one in awaited(agency)] == ([] if is_told else left)


async def test_a_case_that_is_gone_awaits_nothing(agency: Agency) -> None:
    await change(agency)
    await publish(agency, *(row for row in rows(4) if row["Zaak"] != "Z-2"))
    assert awaited(agency) == []


async def test_while_a_reject_may_be_any_case_what_is_absent_is_still_said(
    agency: Agency,
) -> None:
    await change(agency)
    others = [row for row in rows(4) if row["Zaak"] != "Z-2"]
    await publish(agency, *others, a_row(Zaak="", BSN=a_number(30)))
    assert [one.name for one in awaited(agency)] == ["Z-2"]


async def test_changes_of_others_leave_it_said(agency: Agency) -> None:
    await change(agency)
    agency.index.refuse = lambda _: ""
    agency.write(a_row(Zaak="Z-9", BSN=a_number(9)))
    await agency.publish(kind=DELTA)
    assert [one.name for one in awaited(agency)] == ["Z-2"]


async def test_while_holders_do_not_evaluate_it_is_said_to_wait(agency: Agency) -> None:
    agency.evaluator.budget = agency.evaluator.asked
    with pytest.raises(EvaluationStopped):
        await change(agency)
    (one,) = awaited(agency)
    assert (one.waits, one.stands, one.reason) == (True, False, None)
    (said,) = say_awaited([one])
    assert "nog onderweg" in said


async def test_a_withdrawal_that_is_refused_leaves_the_wrong_person_said(
    agency: Agency,
) -> None:
    agency.index.keeps_signals = True
    await change(agency)
    assert agency.index.shown() == shown(1, 2, 3, 4)
    (one,) = awaited(agency)
    assert (one.other_person, one.stands, one.is_bare) == (True, True, True)
    (said,) = say_awaited([one])
    assert "1 zaak houdt nog het vlaggetje van de vorige persoon: Z-2." in said
    assert "Bel de beheerder" in said
    agency.index.keeps_signals, agency.index.refuse = False, lambda _: ""
    await change(agency)
    assert (awaited(agency), agency.index.shown()) == ([], shown(1, 20, 3, 4))


async def test_of_another_kind_the_former_flag_is_said_to_stay(agency: Agency) -> None:
    agency.index.registration = taking("bijstand", "schuldhulp")
    other = a_profile(PROFILE.replace('"bijstand"', '"schuldhulp"'))
    agency = replace(agency, profile=other)
    agency.write(*rows(4))
    await agency.publish(approve=True)
    assert agency.index.shown() == shown(1, 2, 3, 4)
    found = awaited(agency)
    assert [(one.stands, one.is_bare) for one in found] == [(True, False)] * 4
    (said,) = say_awaited(found)
    assert said.startswith("4 zaken houden het vlaggetje van de vorige soort")
    assert "Z-1, Z-2, Z-3, Z-4." in said
    agency.index.refuse = lambda _: ""
    await agency.publish(approve=True)
    assert awaited(agency) == []


async def test_of_a_kind_that_waits_a_newer_word_with_another_day_is_told_once(
    agency: Agency,
) -> None:
    """What waits comes in the place of the signal that the newer word is about too."""
    agency.index.refuse = lambda _: ""
    agency.index.registration = taking("bijstand", "schuldhulp")
    other = a_profile(PROFILE.replace('"bijstand"', '"schuldhulp"'))
    agency = replace(agency, profile=other)
    agency.evaluator.budget = agency.evaluator.asked
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        outbox.connection.execute("DELETE FROM evaluated")
    for begin in ("2026-01-05", "2026-02-02"):
        agency.write(a_row(Zaak="Z-2", BSN=a_number(2), Begin=begin))
        with pytest.raises(EvaluationStopped):
            await agency.publish(kind=DELTA)
    agency.evaluator.budget = 10**9
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        await agency.make_run(outbox).finish_unfinished()
    told = shows((a_number(2), "schuldhulp")) | shown(1, 3, 4)
    assert agency.index.shown_often() == sorted(told)
    assert awaited(agency) == []


async def test_status_and_doctor_and_approve_name_it_and_a_machine_counts(
    agency: Agency,
) -> None:
    others = [row for row in rows(4) if row["Zaak"] != "Z-2"]
    agency.write(OTHER, *others)
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    settings = str(agency.folder / "agency.toml")
    words = ["status", "--settings", settings]
    waits = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert "1 zaak krijgt een andere persoon, en wacht op uw antwoord: Z-2." in (
        waits.stdout
    )
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        approve_held(outbox)
        await agency.make_run(outbox).finish_unfinished()
    said = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert "1 zaak staat nu zonder vlaggetje: Z-2." in said.stdout
    assert "is overleden" in said.stdout
    machine = await anyio.to_thread.run_sync(runner.invoke, app, [*words, "--json"])
    assert "Z-2" not in machine.stdout
    assert json.loads(machine.stdout)["awaited"] == {
        "withoutFlag": 1,
        "formerPerson": 0,
        "formerKind": 0,
        "rejected": 0,
    }
    async with a_patient(agency.folder) as patient:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            (found,) = look_at_flags(replace(patient, outbox=outbox))
    assert "Z-2" in found.named[0]
    assert "Z-2" not in json.dumps(found.describe())
    assert "Z-2" not in ask(agency, "show", "--json").stdout


async def test_a_profile_that_lost_its_flags_is_said_with_how_many_it_had(
    agency: Agency,
) -> None:
    agency.write()
    await agency.publish(approve=True)
    words = ["status", "--settings", str(agency.folder / "agency.toml")]
    said = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert "Profiel test: geen enkel vlaggetje meer; na de levering van" in said.stdout
    assert "waren het er 4." in said.stdout
    machine = await anyio.to_thread.run_sync(runner.invoke, app, [*words, "--json"])
    (one,) = json.loads(machine.stdout)["profiles"]
    assert (one["signals"], one["before"]) == (0, 4)
    async with a_patient(agency.folder) as patient:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            (found,) = look_at_flags(replace(patient, outbox=outbox))
    assert "waren het er 4" in found.says
