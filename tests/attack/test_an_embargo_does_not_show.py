"""Whoever harms somebody at home and reads the report: nothing tells of an embargo.

The report of a citizen under embargo is held against that of a citizen about whom there
is nothing to keep out: they say the same, member by member.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.bsn import Bsn
from signal_index.notice.text import encode_compact
from tests.builders import a_day
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.world import open_world

pytestmark = pytest.mark.anyio
ENDANGERED, OTHER = a_bsn(1), a_bsn(2)
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SAFETY = {
    "purpose": "veiligheid",
    "legalBasis": "meldcode",
    "subject": "safety-1",
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[CitizensDesk]:
    async with open_world(tmp_path) as world:
        yield CitizensDesk(world, tmp_path)


async def look_up_for_safety(desk: CitizensDesk, number: Bsn) -> None:
    body = await desk.world.ask([number], **SAFETY)
    token = desk.world.a_token(
        sub="safety-1",
        roles=["generalist-safety"],
        trainings=[{"code": "veilig-thuis-2026", "validUntil": "2026-12-31"}],
    )
    answer = await desk.world.send("POST", "/lookups", token, body)
    assert answer.status_code == 200, answer.text


async def make_a_history(desk: CitizensDesk) -> None:
    """Both are known to debt help and were looked up; one is in danger besides."""
    world = desk.world
    for number in (ENDANGERED, OTHER):
        await world.publish(world.debt_help, [number])
        await world.look_up([number])
    await world.publish(world.veilig_thuis, [ENDANGERED])
    await look_up_for_safety(desk, ENDANGERED)
    for number in (ENDANGERED, OTHER):
        await world.look_up([number])


def without_ids(report: dict[str, Any]) -> str:
    """The report's text without what is drawn or signed anew each time."""
    for one in (*report["lookups"], *report["checks"]):
        one["proof"] = one["proof"] and "a proof"
    report["reference"] = "a reference"
    return UUIDS.sub("an id", encode_compact(report).decode())


async def test_under_an_embargo_the_report_is_that_of_somebody_not_in_danger(
    desk: CitizensDesk,
) -> None:
    await make_a_history(desk)
    embargo = await desk.place_embargo(ENDANGERED)
    assert (await desk.decide(embargo, "approved")).status_code == 200
    endangered = without_ids(await desk.report(ENDANGERED))
    assert endangered == without_ids(await desk.report(OTHER))
    assert "embargo" not in endangered
    assert "veilig" not in endangered.lower()


async def test_without_the_embargo_the_two_reports_differ(desk: CitizensDesk) -> None:
    await make_a_history(desk)
    endangered = without_ids(await desk.report(ENDANGERED))
    assert endangered != without_ids(await desk.report(OTHER))
    assert "veiligheid" in endangered


async def test_no_proof_tells_how_many_entries_there_are_about_the_citizen(
    desk: CitizensDesk,
) -> None:
    await make_a_history(desk)
    await desk.place_embargo(ENDANGERED)
    report = await desk.report(ENDANGERED)
    numbers = [
        (groups or {}).get("number")
        for entry in await open_entries(desk.world, "lookup")
        for name, groups in entry.items()
        if name == "person"
    ]
    assert max(int(str(number)) for number in numbers) == 3
    assert len(report["lookups"]) == 2
    for one in report["lookups"]:
        assert '"number"' not in one["proof"]


async def test_an_embargo_that_waits_for_its_second_person_already_holds(
    desk: CitizensDesk,
) -> None:
    await make_a_history(desk)
    await desk.place_embargo(ENDANGERED)
    assert "veilig" not in without_ids(await desk.report(ENDANGERED)).lower()


async def test_a_refused_embargo_holds_no_longer(desk: CitizensDesk) -> None:
    await make_a_history(desk)
    embargo = await desk.place_embargo(ENDANGERED)
    assert (await desk.decide(embargo, "refused")).status_code == 200
    assert "veilig-thuis" in without_ids(await desk.report(ENDANGERED))


async def test_an_embargo_ends_after_its_last_day(desk: CitizensDesk) -> None:
    await make_a_history(desk)
    embargo = await desk.place_embargo(ENDANGERED, until=a_day(1).isoformat())
    await desk.decide(embargo, "approved")
    desk.world.clock.moment += timedelta(days=1)
    assert "veilig" not in without_ids(await desk.report(ENDANGERED)).lower()
    desk.world.clock.moment += timedelta(days=1)
    assert "veilig-thuis" in without_ids(await desk.report(ENDANGERED))


async def test_an_embargo_on_one_person_leaves_the_other_alone(
    desk: CitizensDesk,
) -> None:
    await desk.world.publish(desk.world.veilig_thuis, [ENDANGERED, OTHER])
    await desk.place_embargo(ENDANGERED)
    (signal,) = (await desk.report(OTHER))["signals"]
    assert signal["category"] == "veilig-thuis"


async def test_a_correction_about_what_is_embargoed_stays_out_too(
    desk: CitizensDesk,
) -> None:
    await desk.world.publish(desk.world.veilig_thuis, [ENDANGERED])
    (signal,) = (await desk.report(ENDANGERED))["signals"]
    await desk.enter_correction(signal)
    await desk.place_embargo(ENDANGERED)
    assert (await desk.report(ENDANGERED))["corrections"] == []
