"""Entries in the view of NEN 7513: to a file by command, and by an approved report."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signal_index.errors import ExportRefused
from signal_index.ledger.nen7513 import FIELDS
from signal_index.store.connect import transaction
from signal_index.store.mandates import give_mandate
from signal_index.store.opened_days import Span
from signal_index.upkeep.nen7513 import (
    Exporting,
    Form,
    export_nen7513,
    guard_formula,
)
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.policy_officers import approving
from tests.reconcile_world import sequence
from tests.world import LEDGER_ORIGIN, World

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def export(
    world: World, folder: Path, form: Form = "csv", organisation: str | None = None
) -> Path:
    await sequence(world, folder)
    into = folder / f"{organisation or 'all'}.{form}"
    span = Span(world.clock() - DAY, world.clock() + DAY)
    exporting = Exporting(world.engine, world.index.keys, LEDGER_ORIGIN, organisation)
    await export_nen7513(exporting, span, into, form)
    return into


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


async def test_a_household_is_an_event_for_each_person(
    world: World, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1), a_bsn(2)])
    rows = rows_of(await export(world, tmp_path))
    assert [row["UserID"] for row in rows] == ["user-1", "user-1"]
    assert list(rows[0]) == list(FIELDS)
    assert len({row["ParticipantObjectID"] for row in rows}) == 2


async def test_one_person_has_one_code_in_a_file_and_another_in_the_next(
    world: World, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1)])
    await world.look_up([a_bsn(1)])
    first = rows_of(await export(world, tmp_path))
    second = rows_of(await export(world, tmp_path, organisation=LOOKUP_OIN))
    codes = [{row["ParticipantObjectID"] for row in rows} for rows in (first, second)]
    assert [len(each) for each in codes] == [1, 1]
    assert codes[0] != codes[1]


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_as_json_it_holds_the_same_events(
    world: World, tmp_path: Path, count: int
) -> None:
    for number in range(count):
        await world.look_up([a_bsn(number + 1)])
    found = json.loads((await export(world, tmp_path, "json")).read_text("utf-8"))
    assert len(found) == count
    assert all(list(event) == list(FIELDS) for event in found)


async def test_what_another_organisation_did_can_be_left_out(
    world: World, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1)])
    assert rows_of(await export(world, tmp_path, organisation="0" * 20)) == []


async def test_a_file_is_never_written_over(world: World, tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("kept")
    with pytest.raises(ExportRefused):
        await export(world, tmp_path)
    assert (tmp_path / "all.csv").read_text() == "kept"


@pytest.mark.parametrize("value", ["=1+1", "+31", "-x", "@sum", "\tx"])
def test_a_spreadsheet_takes_no_text_for_a_formula(value: str) -> None:
    assert guard_formula(value) == f"'{value}"


async def ask_and_approve(world: World) -> str:
    """Ask for a report with persons, as anke with her mandate; another approves."""
    today = world.clock().date()
    async with transaction(world.engine) as conn:
        until = today + timedelta(days=30)
        officer = "privacy-officer-1"
        await give_mandate(conn, LOOKUP_OIN, officer, until, world.clock())
    body = {
        "from": today.isoformat(),
        "until": today.isoformat(),
        "reason": "supervision",
    }
    asked = await world.send("POST", "/specific-reports", world.an_officer(), body)
    assert asked.status_code == 201, asked.text
    other = world.an_officer("data-protection-officer", sub="officer-2")
    waiting = (await world.send("GET", "/approvals", other)).json()["open"]
    path = f"/approvals/{waiting[0]['id']}/decision"
    await world.send(
        "POST", path, other, await approving(world, other, waiting[0]["id"])
    )
    return str(asked.json()["id"])


async def read(world: World, request: str, **officer: Any) -> Any:  # noqa: ANN401 - JSON
    path = f"/specific-reports/{request}/nen7513"
    return await world.send("POST", path, world.an_officer(**officer), {})


async def test_an_approved_report_is_given_in_this_view(world: World) -> None:
    await world.look_up([a_bsn(1)])
    answer = await read(world, await ask_and_approve(world))
    assert answer.status_code == 200, answer.text
    (event,) = answer.json()["items"]
    assert (event["UserID"], event["EventOutcomeIndicator"]) == ("user-1", "0")
    assert answer.json()["fields"] == list(FIELDS)


async def test_who_did_not_ask_is_not_given_it(world: World) -> None:
    request = await ask_and_approve(world)
    assert (await read(world, request, sub="somebody-else")).status_code == 403
