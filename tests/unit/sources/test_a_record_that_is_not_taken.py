"""A known case whose record is rejected keeps its flag, and is named until settled."""

import json
from dataclasses import replace
from pathlib import Path

import anyio.to_thread
import pytest
from typer.testing import CliRunner

from signal_index.wire.deliveries import DeliveryKind
from sources.__main__ import app
from sources.cli import deliveries
from sources.cli import publish as publishing
from sources.cli.comparing import Tried
from sources.errors import DeliveryHeld, FlagAwaited
from sources.flag_looks import look_at_flags
from sources.outbox.awaited import find_awaited, verify_none_bare
from sources.outbox.deliveries import OpenDelivery, get_delivery
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.standing_words import say_cases
from tests.agency_settings import an_agency_with_settings
from tests.doctor_builders import a_patient
from tests.held_builders import publish, rows
from tests.sources_builders import PROFILE, SECRET, Agency, a_number, a_row, shows
from tests.unit.sources.test_deliveries_command import ask

pytestmark = pytest.mark.anyio
runner = CliRunner()
AHEAD = {"Begin": "2099-01-01"}
OTHERS = [row for row in rows(4) if row["Zaak"] != "Z-2"]
OTHER = a_row(Zaak="Z-2", BSN=a_number(20))
OTHER_PERSON = (
    "1 zaak heeft in uw bestand een andere persoon, en het record is afgewezen: Z-2."
)
SAME = a_row(Zaak="Z-2", BSN=a_number(2))


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """Four cases are told."""
    made = an_agency_with_settings(tmp_path)
    await publish(made, *rows(4))
    return made


def untaken(agency: Agency) -> list[tuple[str, bool]]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET), alone=False) as outbox:
        found = find_awaited(outbox)
        assert all(one.rejected and one.stands for one in found)
        return [(one.name, one.other_person) for one in found]


async def deliver(
    agency: Agency, row: dict[str, str], kind: DeliveryKind = DeliveryKind.FULL
) -> None:
    agency.write(row, *(OTHERS if kind is DeliveryKind.FULL else ()))
    await agency.publish(kind=kind, approve=True)


@pytest.mark.parametrize("kind", DeliveryKind)
@pytest.mark.parametrize(
    ("wrong", "other"),
    [
        (OTHER | AHEAD, True),
        (OTHER | {"Begin": "niets"}, True),
        (OTHER | {"Stand": "onbekend"}, True),
        (SAME | AHEAD, False),
        (SAME | {"BSN": "niets"}, False),
        (SAME | {"BSN": ""}, False),
    ],
    ids=["ahead", "no-day", "no-status", "same", "no-number", "empty"],
)
async def test_it_is_named_whatever_its_record_was_rejected_for(
    agency: Agency, *, kind: DeliveryKind, wrong: dict[str, str], other: bool
) -> None:
    await deliver(agency, wrong, kind)
    stands = shows(*((a_number(n), "bijstand") for n in range(1, 5)))
    assert agency.index.shown() == stands
    assert untaken(agency) == [("Z-2", other)]
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (said,) = say_cases(outbox)
        assert "Z-2" in said
        assert ("andere persoon" in said) is other
        if other:
            with pytest.raises(FlagAwaited):
                verify_none_bare(outbox)
        else:
            verify_none_bare(outbox)


@pytest.mark.parametrize("kind", DeliveryKind)
@pytest.mark.parametrize(
    ("then", "left"),
    [
        (SAME, []),
        (OTHER, []),
        (SAME | {"Stand": "dicht", "Eind": "2026-11-01"}, []),
        (SAME | AHEAD, [("Z-2", False)]),
        (OTHER | {"BSN": ""}, [("Z-2", True)]),
    ],
    ids=["same", "other", "closed", "same-rejected", "nobody"],
)
async def test_it_is_said_until_a_delivery_settles_it(
    agency: Agency,
    kind: DeliveryKind,
    then: dict[str, str],
    left: list[tuple[str, bool]],
) -> None:
    await deliver(agency, OTHER | AHEAD)
    await deliver(agency, then, kind)
    assert untaken(agency) == left


async def test_what_says_nothing_of_the_case_settles_nothing(agency: Agency) -> None:
    await deliver(agency, OTHER | AHEAD)
    await deliver(agency, a_row(Zaak="Z-9", BSN=a_number(9)), DeliveryKind.DELTA)
    await publish(agency, *OTHERS, a_row(Zaak="", BSN=a_number(30)))
    assert untaken(agency) == [("Z-2", True)]
    await publish(agency, *OTHERS)
    assert untaken(agency) == []


async def test_of_a_number_of_several_persons_the_one_without_a_record_is_named(
    agency: Agency,
) -> None:
    """Who has a good record is not called another because one beside it is wrong."""
    await deliver(agency, SAME)
    await publish(agency, *rows(4), OTHER | AHEAD)
    assert untaken(agency) == []
    await publish(agency, *rows(4), OTHER | {"Begin": "2026-02-02"})
    await publish(agency, *rows(4), a_row(Zaak="Z-2", BSN=a_number(21)) | AHEAD)
    assert untaken(agency) == [("Z-2", True)]


async def test_an_update_that_the_index_refuses_leaves_it_named(
    agency: Agency,
) -> None:
    agency.index.refuse = lambda _: "subject-deceased"
    await deliver(agency, SAME | {"Eind": "2027-03-03"})
    assert untaken(agency) == [("Z-2", False)]
    agency.index.refuse = lambda _: ""
    await deliver(agency, SAME | {"Eind": "2027-03-03"})
    assert untaken(agency) == []


async def test_check_approve_doctor_and_status_say_it_with_the_rejects(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One case changes person, so that somebody must answer; another is rejected."""
    third = a_row(Zaak="Z-3", BSN=a_number(30))
    good = [row for row in OTHERS if row["Zaak"] != "Z-3"]
    agency.write(OTHER | AHEAD, third, *good)
    at = ["--settings", str(agency.folder / "agency.toml")]
    profile = agency.folder / "profile.toml"
    profile.write_text(PROFILE)
    words = ["check", str(agency.file), "--profile", str(profile), *at]
    checked = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert OTHER_PERSON in checked.stdout
    with pytest.raises(DeliveryHeld) as held:
        await agency.publish()

    async def carry_out(*_: object) -> tuple[list[OpenDelivery], Tried]:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            return await agency.make_run(outbox).finish_unfinished(), Tried()

    monkeypatch.setattr(deliveries, "carry_out", carry_out)
    waits = str(held.value.delivery)
    assert (
        OTHER_PERSON
        in (await anyio.to_thread.run_sync(ask, agency, "show", waits)).stdout
    )
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert [OTHER_PERSON in one for one in say_cases(outbox)] == [False, True]
        of_held = get_delivery(outbox, held.value.delivery)
        why = publishing._say_why(outbox, of_held, agency.folder)
        assert any(OTHER_PERSON in line for line in why)
    said = await anyio.to_thread.run_sync(ask, agency, "approve", waits)
    assert (said.exit_code, OTHER_PERSON in said.stdout) == (1, True)
    assert "1 x Begin: De begindag ligt in de toekomst." in said.stdout
    async with a_patient(agency.folder) as patient:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            (found,) = look_at_flags(replace(patient, outbox=outbox))
    assert OTHER_PERSON in found.named[0]
    words = ["status", *at]
    said = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert OTHER_PERSON in said.stdout
    machine = await anyio.to_thread.run_sync(runner.invoke, app, [*words, "--json"])
    assert "Z-2" not in machine.stdout
    assert json.loads(machine.stdout)["awaited"] == {
        "withoutFlag": 0,
        "formerPerson": 1,
        "formerKind": 0,
        "rejected": 1,
    }
