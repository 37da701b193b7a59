"""The monthly report over the API: protected before it leaves, whole months only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from signal_index.ledger import Group, Kind
from tests.ledger_reading import open_entries
from tests.report_builders import (
    AFTER,
    count_days,
    october_lookup,
    record_entries,
    verified,
)
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


@pytest.fixture
async def world(world: World) -> World:
    world.clock.moment = AFTER
    return world


async def _month(world: World, month: str = "2026-10") -> dict[str, Any]:
    body = {"month": month, "form": "pdf"}
    answer = await world.send("POST", "/general-reports", world.an_officer(), body)
    assert answer.status_code == 200, answer.text
    return verified(answer.json(), "GeneralReport")


async def test_a_month_is_reported_without_persons_and_recorded(world: World) -> None:
    await record_entries(world, [october_lookup(number) for number in range(30)])
    await count_days(world)
    found = await _month(world)
    assert found["lookups"]["total"] == 30
    assert found["lookups"]["days"][0] == {"day": "2026-10-07", "lookups": 30}
    assert "user-1" not in json.dumps(found)
    (entry,) = await open_entries(world, Kind.REPORT)
    assert (entry[Group.WHAT] or {})["month"] == "2026-10"
    assert (entry[Group.WHAT] or {})["form"] == "pdf"


async def test_small_numbers_do_not_leave_the_index(world: World) -> None:
    teams = ["west"] * 20 + ["oost"] * 12 + ["noord"] * 2
    entries = [october_lookup(n, team=team) for n, team in enumerate(teams)]
    await record_entries(world, entries)
    await count_days(world)
    (organisation,) = (await _month(world))["lookups"]["organisations"]
    assert organisation["lookups"] == 34
    assert [(one["team"], one["lookups"]) for one in organisation["teams"]] == [
        ("west", 20),
        ("noord", None),
        ("oost", None),
    ]


@pytest.mark.parametrize("month", ["2026-11", "2027-01", "2026-08"])
async def test_a_month_that_is_not_over_or_not_counted_has_no_report(
    world: World, month: str
) -> None:
    await record_entries(world, [october_lookup(1)])
    await count_days(world)
    body = {"month": month, "form": "csv"}
    answer = await world.send("POST", "/general-reports", world.an_officer(), body)
    assert answer.status_code == 409
    assert await open_entries(world, Kind.REPORT) == []


JUNK: list[tuple[dict[str, object], str]] = [
    ({"month": "2026-13"}, "month"),
    ({"month": "oktober"}, "month"),
    ({"month": 202610}, "month"),
    ({"form": "xlsx"}, "form"),
    ({"form": ["pdf"]}, "form"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_junk_in_a_report_is_refused_by_its_field(world: World) -> None:
    good = {"month": "2026-10", "form": "pdf"}
    for changed, field in JUNK:
        body = good | changed
        answer = await world.send("POST", "/general-reports", world.an_officer(), body)
        assert answer.status_code == 400, changed
        assert [one["field"] for one in answer.json()["errors"]] == [field], changed
