"""An officer opens entries and takes proofs, in scope; and every look is an entry."""

from __future__ import annotations

import uuid

import pytest

from signal_index.ledger import Group, Kind
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.officer_builders import a_citizen, a_search, find, ids, look_up
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def test_no_answer_of_a_search_names_a_person(world: World) -> None:
    await look_up(world)
    found = await find(world)
    (item,) = found["items"]
    details = await world.send("GET", f"/entries/{item['entryId']}", world.an_officer())
    (entry,) = await open_entries(world, Kind.LOOKUP.value)
    name = (entry[Group.PERSON] or {})["name"]
    assert str(name) not in details.text
    assert "person" not in details.json()["said"]


async def test_an_entry_opens_with_what_it_showed(world: World) -> None:
    await world.publish(world.debt_help, [a_bsn(1)])
    (entry,) = await look_up(world)
    answer = await world.send("GET", f"/entries/{entry}", world.an_officer())
    assert answer.status_code == 200
    found = answer.json()
    (shown,) = found["shown"]
    assert shown["categoryLabel"] == "Schuldhulpverlening"
    assert shown["sourceName"] == "Bureau debt-help"
    assert found["roles"] == ["generalist"]
    assert found["place"] is None


async def test_opening_an_entry_is_recorded(world: World) -> None:
    (entry,) = await look_up(world)
    await world.send("GET", f"/entries/{entry}", world.an_officer())
    (act,) = await open_entries(world, Kind.SEARCH.value)
    what = act[Group.WHAT] or {}
    assert (what["act"], what["entry"]) == ("open-entry", entry)


@pytest.mark.parametrize("path", ["/entries/{}", "/entries/{}/proof"])
async def test_another_organisations_entry_does_not_exist_for_a_teams_officer(
    world: World, path: str
) -> None:
    (entry,) = await look_up(world)
    officer = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    answer = await world.send("GET", path.format(entry), officer)
    none = await world.send("GET", path.format(uuid.uuid4()), officer)
    assert (answer.status_code, none.status_code) == (404, 404)
    assert answer.json()["title"] == none.json()["title"]


async def test_a_teams_officer_finds_nothing_of_another(world: World) -> None:
    await look_up(world)
    officer = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    body = a_search(world, organisation=None)
    found = await world.send("POST", "/searches", officer, body)
    assert ids(found.json()) == []
    elsewhere = await world.send("POST", "/searches", officer, a_search(world))
    assert elsewhere.status_code == 400


async def test_a_proof_waits_until_the_tree_is_signed(world: World) -> None:
    (entry,) = await look_up(world)
    answer = await world.send("GET", f"/entries/{entry}/proof", world.an_officer())
    assert answer.status_code == 503


async def test_a_search_is_itself_an_entry_with_its_purpose(world: World) -> None:
    await find(world, user="user-1")
    (act,) = await open_entries(world, Kind.SEARCH.value)
    why, what = act[Group.WHY] or {}, act[Group.WHAT] or {}
    assert why["purpose"] == "supervision"
    assert (what["user"], what["shown"]) == ("user-1", 0)


async def test_a_search_by_citizen_stands_under_that_citizen(world: World) -> None:
    citizen = await a_citizen(world, 1)
    await find(world, why="incident", citizen=citizen)
    (act,) = await open_entries(world, Kind.SEARCH.value)
    what = act[Group.WHAT] or {}
    assert (act[Group.PERSON] or {})["number"] == 1
    assert "tickets" in what
    assert what["byCitizen"] is True
    assert citizen["pseudonym"] not in str(what)
