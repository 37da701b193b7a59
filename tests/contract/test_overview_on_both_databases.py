"""The overview over the API: exact for the officer, of nobody else's, and recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from signal_index.ledger import Group, Kind
from signal_index.store.connect import DatabaseRole, open_engine
from signal_index.upkeep.counting import Counting
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.index_document import demand
from tests.ledger_reading import open_entries
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)


async def _count(world: World) -> None:
    url = world.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url, DatabaseRole.UPKEEP)
    counting = Counting(
        engine, world.index.keys, world.clock, lambda: 2021, world.index.events
    )
    await counting.run()
    await engine.dispose()


def _period(world: World, **changed: object) -> dict[str, object]:
    today = world.clock().date()
    first = (today - timedelta(days=6)).isoformat()
    return {"from": first, "until": today.isoformat()} | changed


async def _overview(world: World, **changed: object) -> dict[str, Any]:
    token = world.an_officer()
    answer = await world.send("POST", "/overviews", token, _period(world, **changed))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    demand("Overview", found)
    return found


async def test_before_anything_was_looked_up_everything_is_nought(
    world: World,
) -> None:
    await _count(world)
    found = await _overview(world)
    assert found["totals"]["lookups"] == 0
    assert [day["lookups"] for day in found["days"]] == [0] * 7
    assert found["users"] == []
    assert found["countedUntil"] is None


async def test_lookups_are_counted_by_day_purpose_team_and_outcome(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE, TWO])
    refused = await world.ask([ONE], caseReference=None)
    token = world.a_token()
    assert (await world.send("POST", "/lookups", token, refused)).status_code == 403
    await _count(world)
    found = await _overview(world)
    assert found["totals"] | {"lookups": 3, "hits": 1, "misses": 1} == found["totals"]
    assert found["totals"]["refused"] == 1
    assert found["days"][-1]["lookups"] == 3
    (purpose,) = found["purposes"]
    assert (purpose["label"], purpose["lookups"]) == (
        "Toegang tot schuldhulpverlening (Wgs)",
        3,
    )
    (team,) = found["teams"]
    assert team["organisation"] == LOOKUP_OIN
    assert team["organisationName"] == "Gemeente Voorbeeld"


async def test_users_are_named_to_the_officer(world: World) -> None:
    await world.look_up([ONE, TWO])
    await _count(world)
    (user,) = (await _overview(world))["users"]
    assert (user["sub"], user["lookups"], user["standsOut"]) == ("user-1", 2, False)


async def test_a_filter_narrows_the_counts_but_not_what_can_be_chosen(
    world: World,
) -> None:
    await world.look_up([ONE])
    await _count(world)
    other = await _overview(world, purpose="wmo-onderzoek")
    assert other["totals"]["lookups"] == 0
    assert [one["id"] for one in other["choices"]["purposes"]] == ["schuldhulp-toegang"]
    same = await _overview(world, purpose="schuldhulp-toegang", organisation=LOOKUP_OIN)
    assert same["totals"]["lookups"] == 1
    assert (await _overview(world, organisation=TEAM_OIN))["totals"]["lookups"] == 0
    assert (await _overview(world, team="west"))["totals"]["lookups"] == 0


async def test_the_signals_of_today_stand_by_source_and_domain(world: World) -> None:
    await world.publish(world.debt_help, [ONE, TWO])
    await world.publish(world.income_support, [ONE])
    stock = (await _overview(world))["stock"]
    assert stock["active"] == 3
    assert [(one["sourceName"], one["active"]) for one in stock["sources"]] == [
        ("Bureau debt-help", 2),
        ("Bureau income-support", 1),
    ]
    money = stock["domains"][0]
    assert (money["domain"], money["active"]) == ("financien", 3)
    assert money["medianDaysOpen"] == 30


async def test_an_officer_of_a_team_sees_its_own_lookups_only(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE])
    await _count(world)
    token = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    answer = await world.send("POST", "/overviews", token, _period(world))
    found = answer.json()
    assert found["totals"]["lookups"] == 0
    assert found["stock"]["active"] == 0


async def test_looking_is_itself_an_entry_that_says_which_period(world: World) -> None:
    await _overview(world, team="west")
    (entry,) = await open_entries(world, Kind.SEARCH)
    what = entry[Group.WHAT]
    assert what is not None
    assert what["act"] == "overview"
    assert what["team"] == "west"
    assert what["from"] == _period(world)["from"]


@pytest.mark.parametrize("role", ["generalist", "municipality-administrator"])
async def test_who_is_no_officer_sees_nothing(world: World, role: str) -> None:
    token = world.an_officer(role)
    answer = await world.send("POST", "/overviews", token, _period(world))
    assert answer.status_code == 403


JUNK: list[tuple[dict[str, object], str]] = [
    ({"from": "2026-13-01"}, "from"),
    ({"until": 3}, "until"),
    ({"from": "2030-01-01"}, "until"),
    ({"from": "2020-01-01"}, "until"),
    ({"organisation": "gemeente"}, "organisation"),
    ({"team": "<script>"}, "team"),
    ({"purpose": "Wmo Onderzoek"}, "purpose"),
    ({"who": "user-1"}, "body"),
    ({"from_": "2026-01-01"}, "body"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_junk_is_refused_by_its_field_and_not_echoed(world: World) -> None:
    for changed, field in JUNK:
        body = _period(world, **changed)
        answer = await world.send("POST", "/overviews", world.an_officer(), body)
        assert answer.status_code == 400, changed
        assert [one["field"] for one in answer.json()["errors"]] == [field], changed
        assert all(str(value) not in answer.text for value in changed.values()), changed
