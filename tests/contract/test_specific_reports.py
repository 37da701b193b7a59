"""Reports with persons over the API: by mandate, two people, and for two weeks."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from signal_index.ledger import Group, Kind
from signal_index.store.approvals import HOLDS_FOR
from signal_index.store.connect import reading
from tests.holders_builders import LOOKUP_OIN
from tests.ledger_reading import open_entries
from tests.policy_officers import approving
from tests.report_builders import (
    AFTER,
    change_mandate,
    october_lookup,
    record_entries,
    verified,
)
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
QUESTION = {"from": "2026-10-01", "until": "2026-10-31", "reason": "complaint"}


@pytest.fixture
async def world(world: World) -> World:
    world.clock.moment = AFTER
    return world


async def _ask(world: World, **changed: object) -> dict[str, Any]:
    token = world.an_officer()
    body = QUESTION | changed
    answer = await world.send("POST", "/specific-reports", token, body)
    assert answer.status_code == 201, answer.text
    return verified(answer.json(), "SpecificReport")


async def _approve(world: World, sha256: str) -> None:
    token = world.an_officer("data-protection-officer", sub="officer-2")
    waiting = (await world.send("GET", "/approvals", token)).json()["open"]
    (one,) = [each for each in waiting if each["digest"] == sha256]
    path = f"/approvals/{one['id']}/decision"
    answer = await world.send(
        "POST", path, token, await approving(world, token, one["id"])
    )
    assert answer.status_code == 200, answer.text


async def _page(
    world: World, request: str, token: str | None = None, **body: object
) -> httpx.Response:
    path = f"/specific-reports/{request}/pages"
    given = {"form": "csv"} | body
    return await world.send("POST", path, token or world.an_officer(), given)


async def test_without_a_mandate_nobody_asks_for_a_report_with_persons(
    world: World,
) -> None:
    token = world.an_officer()
    answer = await world.send("POST", "/specific-reports", token, QUESTION)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/mandate-missing")


async def test_with_mandate_and_approval_the_report_names_users_not_citizens(
    world: World,
) -> None:
    await change_mandate(world, AFTER.date())
    lookups = [
        october_lookup(1),
        october_lookup(2, person=1),
        october_lookup(3, who="user-2", flags=0),
    ]
    await record_entries(world, lookups)
    asked = await _ask(world)
    await _approve(world, asked["digest"])
    answer = await _page(world, asked["id"])
    assert answer.status_code == 200, answer.text
    found = verified(answer.json(), "SpecificReportPage")
    rows = found["items"]
    assert [row["sub"] for row in rows] == ["user-1", "user-1", "user-2"]
    assert [row["repeated"] for row in rows] == [False, True, False]
    assert [row["flags"] for row in rows] == [1, 1, 0]
    assert rows[0]["person"] == rows[1]["person"] != rows[2]["person"]
    assert found["next"] is None


async def test_asking_and_reading_are_entries_that_say_what_was_asked(
    world: World,
) -> None:
    await change_mandate(world, AFTER.date())
    asked = await _ask(world, user="user-1")
    await _approve(world, asked["digest"])
    await _page(world, asked["id"])
    entries = await open_entries(world, Kind.REPORT)
    said = {str((one[Group.WHAT] or {})["act"]): one[Group.WHAT] for one in entries}
    assert set(said) == {"specific-report-asked", "specific-report"}
    assert all((what or {})["request"] == asked["id"] for what in said.values())
    assert (said["specific-report-asked"] or {})["user"] == "user-1"


async def test_a_report_that_was_not_approved_is_not_given(world: World) -> None:
    await change_mandate(world, AFTER.date())
    asked = await _ask(world)
    answer = await _page(world, asked["id"])
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/not-approved")


async def test_only_who_asked_is_given_the_report(world: World) -> None:
    await change_mandate(world, AFTER.date())
    asked = await _ask(world)
    await _approve(world, asked["digest"])
    other = world.an_officer("data-protection-officer", sub="officer-2")
    assert (await _page(world, asked["id"], other)).status_code == 403


async def test_an_officer_of_another_organisation_does_not_know_the_request(
    world: World,
) -> None:
    await change_mandate(world, AFTER.date())
    asked = await _ask(world)
    other = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    assert (await _page(world, asked["id"], other)).status_code == 404
    listed = await world.send("GET", "/specific-reports", other)
    assert listed.json() == {"mandateUntil": None, "items": [], "leftOff": 0}


async def test_a_report_is_given_for_two_weeks_and_no_longer(world: World) -> None:
    await change_mandate(world, date(2027, 6, 1))
    asked = await _ask(world)
    await _approve(world, asked["digest"])
    world.clock.moment += HOLDS_FOR
    assert (await _page(world, asked["id"])).status_code == 403
    answer = await world.send("GET", "/specific-reports", world.an_officer())
    (one,) = verified(answer.json(), "SpecificReports")["items"]
    assert (one["state"], one["available"]) == ("over", False)


async def test_a_mandate_that_has_ended_ends_the_reading_too(world: World) -> None:
    await change_mandate(world, AFTER.date())
    asked = await _ask(world)
    await _approve(world, asked["digest"])
    await change_mandate(world, None)
    assert (await _page(world, asked["id"])).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "subs"),
    [
        ({"user": "user-2"}, ["user-2"]),
        ({"team": "oost"}, ["user-3"]),
        ({"purpose": "veiligheid"}, []),
        ({"organisation": TEAM_OIN}, []),
        ({"organisation": LOOKUP_OIN}, ["user-1", "user-2", "user-3"]),
    ],
)
async def test_a_report_holds_what_was_asked_and_no_more(
    world: World, wanted: dict[str, object], subs: list[str]
) -> None:
    await change_mandate(world, AFTER.date())
    third = october_lookup(3, who="user-3", team="oost")
    await record_entries(
        world, [october_lookup(1), october_lookup(2, who="user-2"), third]
    )
    asked = await _ask(world, **wanted)
    await _approve(world, asked["digest"])
    rows = (await _page(world, asked["id"])).json()["items"]
    assert [row["sub"] for row in rows] == subs


async def test_pages_follow_each_other_without_gap_or_overlap(world: World) -> None:
    await change_mandate(world, AFTER.date())
    await record_entries(world, [october_lookup(number) for number in range(1_100)])
    asked = await _ask(world)
    await _approve(world, asked["digest"])
    seen: list[str] = []
    following: dict[str, Any] = {}
    while True:
        page = (await _page(world, asked["id"], **following)).json()
        seen += [row["entryId"] for row in page["items"]]
        if page["next"] is None:
            break
        following = {"after": page["next"]}
    assert len(seen) == len(set(seen)) == 1_100


async def test_one_citizen_has_another_code_in_another_report(world: World) -> None:
    await change_mandate(world, AFTER.date())
    await record_entries(world, [october_lookup(1)])
    codes = set()
    for user in ("user-1", None):
        asked = await _ask(world, user=user)
        await _approve(world, asked["digest"])
        (row,) = (await _page(world, asked["id"])).json()["items"]
        codes.add(row["person"])
    assert len(codes) == 2


async def test_what_was_asked_does_not_lie_readable_in_the_database(
    world: World,
) -> None:
    await change_mandate(world, AFTER.date())
    await _ask(world, user="somebody-in-particular")
    async with reading(world.engine) as conn:
        rows = (await conn.execute(text("SELECT * FROM report_request"))).all()
    assert b"somebody-in-particular" not in bytes(rows[0].sealed)


JUNK: list[tuple[dict[str, object], str]] = [
    ({"reason": "curiosity"}, "reason"),
    ({"reason": 1}, "reason"),
    ({"until": "2027-03-01"}, "until"),
    ({"user": ""}, "user"),
    ({"user": "x" * 201}, "user"),
    ({"user": "a\u0000b"}, "user"),
    ({"team": "a\nb"}, "team"),
    ({"citizen": "x"}, "body"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_junk_in_a_request_is_refused_by_its_field(world: World) -> None:
    await change_mandate(world, AFTER.date())
    for changed, field in JUNK:
        token, body = world.an_officer(), QUESTION | changed
        answer = await world.send("POST", "/specific-reports", token, body)
        assert answer.status_code == 400, changed
        assert [one["field"] for one in answer.json()["errors"]] == [field], changed
