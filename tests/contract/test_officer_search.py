"""An officer finds entries again, on both databases: what was asked for, no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from keys.base64url import encode_b64u
from signal_index.api.search_questions import make_search
from signal_index.store.connect import reading
from signal_index.store.ledger_reading import Page
from signal_index.store.scope import OfficerScope
from signal_index.store.search import search_entries
from signal_index.wire.searching import Search
from tests.builders import PLACE
from tests.holders_builders import a_bsn
from tests.officer_builders import OFFICER, a_citizen, a_search, find, ids, look_up
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
CASE = encode_b64u(bytes(32))


async def test_an_entry_reads_as_who_why_and_what_came_of_it(world: World) -> None:
    await world.publish(world.debt_help, [a_bsn(1)])
    (entry,) = await look_up(world, "user-7", "noord")
    (item,) = (await find(world))["items"]
    assert item["entryId"] == entry
    assert (item["user"], item["team"]) == ("user-7", "noord")
    assert item["organisationName"] == "Gemeente Voorbeeld"
    assert item["purpose"] == "schuldhulp-toegang"
    assert (item["outcome"], item["flagCount"]) == ("answered", 1)


@pytest.mark.parametrize(
    ("asked", "found_users"),
    [
        ({}, {"user-1", "user-2", "user-3", "user-4"}),
        ({"user": "user-2"}, {"user-2"}),
        ({"user": "nobody"}, set()),
        ({"team": "noord"}, {"user-1", "user-2"}),
        ({"purpose": "schuldhulp-toegang"}, {"user-1", "user-2", "user-4"}),
        ({"purpose": "wmo-onderzoek"}, {"user-3"}),
        ({"outcome": "answered"}, {"user-1", "user-2"}),
        ({"outcome": "refused"}, {"user-3", "user-4"}),
        ({"outcome": "refused", "team": "noord"}, set()),
        ({"outcome": "break-glass"}, set()),
        ({"caseReference": CASE}, {"user-1", "user-2", "user-4"}),
        ({"team": "noord", "user": "user-1"}, {"user-1"}),
        ({"kinds": ["outcome"]}, set()),
        ({"organisation": TEAM_OIN}, set()),
    ],
)
async def test_what_is_asked_for_is_found_and_nothing_else(
    world: World, asked: dict[str, object], found_users: set[str]
) -> None:
    await look_up(world, "user-1", "noord")
    await look_up(world, "user-2", "noord")
    no_case = {"legalBasis": "wmo-2015-2.3.2", "caseReference": None}
    await look_up(world, "user-3", "zuid", purpose="wmo-onderzoek", **no_case)
    await look_up(world, "user-4", "zuid", legalBasis="wmo-2015-2.3.2")
    found = await find(world, **asked)
    assert {item["user"] for item in found["items"]} == found_users
    assert found["next"] is None


async def test_a_refusal_tells_on_which_grounds(world: World) -> None:
    await look_up(world, legalBasis="wmo-2015-2.3.2")
    (item,) = (await find(world, outcome="refused"))["items"]
    assert item["outcome"] == "refused"
    assert item["grounds"]


async def test_a_period_holds_its_first_and_last_day_in_dutch_time(
    world: World,
) -> None:
    today = world.clock().date()
    (entry,) = await look_up(world)
    same_day = {"from": today.isoformat(), "until": today.isoformat()}
    assert ids(await find(world, **same_day)) == [entry]
    before = (today - timedelta(days=1)).isoformat()
    assert ids(await find(world, **{"from": before, "until": before})) == []


async def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    made = [(await look_up(world))[0] for _ in range(5)]
    found, cursor = [], None
    for _ in range(3):
        page = await find(world, limit=2, cursor=cursor)
        found += ids(page)
        cursor = page["next"]
        assert (page["searchedBackTo"] is None) == (cursor is None)
    assert found == made[::-1]
    assert cursor is None


async def test_a_search_that_stops_half_way_says_so_and_can_go_on(
    world: World,
) -> None:
    (old,) = await look_up(world, "user-1", "noord", legalBasis="wmo-2015-2.3.2")
    for _ in range(3):
        await look_up(world, "user-2", "noord")
    asked = {"team": "noord", "purpose": "schuldhulp-toegang"}
    body = Search.model_validate_json(
        json.dumps(a_search(world, **asked, kinds=["print"]))
    )
    scope = OfficerScope(PLACE, None)
    search = replace(make_search(body, scope, world.index.catalogue), budget=2)
    async with reading(world.engine) as conn:
        found, following = await search_entries(
            conn, search, world.index.keys, Page(50)
        )
    assert found == []
    rest = await find(world, **asked, cursor=str(following))
    assert old in ids(rest)


async def test_years_follow_each_other(world: World) -> None:
    (old,) = await look_up(world, "user-2")
    world.clock.forward(timedelta(days=60))
    (young,) = await look_up(world, "user-2")
    start = (world.clock() - timedelta(days=90)).date().isoformat()
    found = await find(world, user="user-2", **{"from": start})
    assert ids(found) == [young, old]
    page = await find(world, user="user-2", limit=1, **{"from": start})
    assert ids(page) == [young]
    rest = await find(world, user="user-2", cursor=page["next"], **{"from": start})
    assert ids(rest) == [old]


async def test_a_citizen_is_found_by_two_tickets_and_no_other_citizen(
    world: World,
) -> None:
    (entry,) = await look_up(world)
    why = "citizen-rights"
    found = await find(world, why=why, citizen=await a_citizen(world, 1))
    assert ids(found) == [entry]
    other = await find(world, why=why, citizen=await a_citizen(world, 2))
    assert ids(other) == []


async def test_tickets_of_a_search_are_spent_by_it(world: World) -> None:
    body = a_search(world, why="complaint", citizen=await a_citizen(world, 1))
    token = world.an_officer()
    first = await world.send("POST", "/searches", token, body)
    again = await world.send("POST", "/searches", token, body)
    assert (first.status_code, again.status_code) == (200, 403)
    assert again.json()["type"].endswith("/ticket-invalid")


async def test_tickets_for_a_lookup_search_nothing(world: World) -> None:
    given = await world.holders.look_up([a_bsn(1)], OFFICER)
    citizen = {
        "keyVersion": 1,
        "tickets": list(given.tickets),
        "pseudonym": encode_b64u(given.pseudonyms[0].encoded),
    }
    body = a_search(world, why="complaint", citizen=citizen)
    answer = await world.send("POST", "/searches", world.an_officer(), body)
    assert answer.status_code == 403


async def test_supervision_is_no_reason_to_search_a_citizen(world: World) -> None:
    body = a_search(world, citizen=await a_citizen(world, 1))
    answer = await world.send("POST", "/searches", world.an_officer(), body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "why"


JUNK: list[tuple[str, object]] = [
    ("why", "curiosity"),
    ("why", None),
    ("from", "yesterday"),
    ("from", "2024-01-01"),
    ("until", "2020-01-01"),
    ("organisation", "12"),
    ("user", 7),
    ("user", "x" * 256),
    ("team", ""),
    ("outcome", "fine"),
    ("kinds", []),
    ("kinds", ["first-leaf"]),
    ("kinds", [{}]),
    ("cursor", "0"),
    ("limit", 201),
    ("limit", True),
    ("citizen", {"pseudonym": "x"}),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_junk_names_its_field_and_is_not_echoed(world: World) -> None:
    for field, value in JUNK:
        body = a_search(world, **{field: value})
        answer = await world.send("POST", "/searches", world.an_officer(), body)
        assert answer.status_code == 400, (field, value)
        errors = answer.json()["errors"]
        named = {str(each["field"]).partition(".")[0] for each in errors}
        might = {field, "body", "tickets", "pseudonym", "keyVersion"}
        assert named <= might, (field, value)
        assert "curiosity" not in answer.text, (field, value)


async def test_a_user_without_an_organisation_is_nobody(world: World) -> None:
    body = a_search(world, user="user-1", organisation=None)
    answer = await world.send("POST", "/searches", world.an_officer(), body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "organisation"
