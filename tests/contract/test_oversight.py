"""Who watches the watcher: the data protection officer sees what officers did."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from signal_index.ledger import Group
from tests.index_document import demand
from tests.ledger_reading import open_entries
from tests.review_builders import (
    NOT_IN_ORDER,
    a_review,
    act,
    break_glass,
    explain,
    find_queue,
)
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
WATCHER = "data-protection-officer"


async def _watch(world: World, query: str = "", **changed: object) -> dict[str, Any]:
    world.clock.forward(timedelta(seconds=1))
    token = world.an_officer(WATCHER, **changed)
    answer = await world.send("GET", f"/officers-acts{query}", token)
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


async def test_every_step_of_an_officer_is_seen_newest_first(world: World) -> None:
    review = await a_review(world)
    await act(world, review, "question", {"questions": ["why-emergency"]})
    await act(world, review, "judgement", NOT_IN_ORDER)
    seen = await _watch(world)
    demand("OfficersActs", seen)
    assert [one["act"] for one in seen["items"]] == ["judged", "asked", "listed"]
    assert {one["user"] for one in seen["items"]} == {"privacy-officer-1"}


async def test_it_tells_how_often_each_officer_did_what(world: World) -> None:
    for _ in range(3):
        await find_queue(world, world.an_officer())
    (person,) = (await _watch(world))["people"]
    assert person["user"] == "privacy-officer-1"
    assert person["acts"] == [{"kind": "review", "count": 3}]


async def test_what_users_and_lookups_do_is_not_among_it(world: World) -> None:
    review = await a_review(world)
    await act(world, review, "question", {"questions": ["why-again"]})
    await explain(world, review, {"explanation": "own-case"})
    seen = await _watch(world)
    assert "user-1" not in {one["user"] for one in seen["items"]}


async def test_watching_is_itself_seen(world: World) -> None:
    await _watch(world)
    (own,) = (await _watch(world))["items"]
    assert (own["act"], own["user"]) == ("officers-acts", f"{WATCHER}-1")


async def test_it_comes_in_pages_that_do_not_overlap(world: World) -> None:
    for _ in range(5):
        world.clock.forward(timedelta(seconds=1))
        await find_queue(world, world.an_officer())
    first = await _watch(world, "?limit=3")
    rest = await _watch(world, f"?limit=3&cursor={first['next']}")
    ids = [one["entryId"] for one in (*first["items"], *rest["items"])]
    assert len(ids) == len(set(ids)) == 5
    assert rest["next"] is None


async def test_only_what_is_recent_is_counted(world: World) -> None:
    await find_queue(world, world.an_officer())
    world.clock.forward(timedelta(days=31))
    world.index.standing.forget()
    seen = await _watch(world)
    assert seen["people"] == []
    assert len(seen["items"]) == 1


@pytest.mark.parametrize("role", ["privacy-officer", "municipality-administrator"])
async def test_nobody_else_watches(world: World, role: str) -> None:
    token = world.an_officer(role)
    answer = await world.send("GET", "/officers-acts", token)
    assert answer.status_code == 403


async def test_a_teams_watcher_sees_that_team_alone(world: World) -> None:
    await find_queue(world, world.an_officer())
    seen = await _watch(world, org=TEAM_OIN, client_id="desk-team")
    assert seen["items"] == []


async def test_it_never_tells_about_whom(world: World) -> None:
    entry = await break_glass(world)
    review = (await find_queue(world, world.an_officer()))["items"][0]["id"]
    await world.send("GET", f"/reviews/{review}", world.an_officer())
    seen = json.dumps(await _watch(world))
    (lookup,) = await open_entries(world, "lookup")
    assert entry in seen
    assert str((lookup[Group.PERSON] or {})["name"]) not in seen
