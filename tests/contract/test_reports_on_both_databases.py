"""Reports: protected without persons; with persons only by mandate and two people."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.api.public import openapi_text
from signal_index.ledger import Entry, Group, Kind
from signal_index.store.approvals import HOLDS_FOR
from signal_index.store.connect import (
    DatabaseRole,
    open_engine,
    reading,
    transaction,
)
from signal_index.store.ledger import insert_entries
from signal_index.store.mandates import end_mandate, give_mandate
from signal_index.upkeep.counting import Counting
from tests.holders_builders import LOOKUP_OIN
from tests.ledger_reading import open_entries
from tests.overview_builders import a_lookup
from tests.world import World, index_keys, open_world
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio
DOCUMENT: dict[str, Any] = json.loads(openapi_text())
OCTOBER = datetime(2026, 10, 7, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
OFFICER = "privacy-officer-1"
QUESTION = {"from": "2026-10-01", "until": "2026-10-31", "reason": "complaint"}


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    is_sqlite = request.param == "sqlite"
    url = None if is_sqlite else str(request.getfixturevalue("postgres"))
    async with open_world(tmp_path, url) as opened:
        opened.clock.moment = AFTER
        yield opened


def _lookup(number: int, **changes: object) -> Entry:
    key = index_keys().get_disclosure_key(2026)
    at = OCTOBER + timedelta(minutes=number)
    given: dict[str, Any] = {"organisation": LOOKUP_OIN, "person": number, "key": key}
    return a_lookup(at, **(given | changes))


async def _record(world: World, entries: Sequence[Entry]) -> None:
    async with transaction(world.engine) as conn:
        await insert_entries(conn, entries)


async def _as(world: World, role: DatabaseRole) -> AsyncEngine:
    return open_engine(world.engine.url.render_as_string(hide_password=False), role)


async def _count(world: World) -> None:
    engine = await _as(world, DatabaseRole.UPKEEP)
    await Counting(engine, world.index.keys, world.clock, lambda: 2021).run()
    await engine.dispose()


async def _mandate(world: World, until: date | None) -> None:
    engine = await _as(world, DatabaseRole.OWNER)
    async with transaction(engine) as conn:
        if until is None:
            await end_mandate(conn, LOOKUP_OIN, OFFICER)
        else:
            now = world.clock()
            await give_mandate(conn, LOOKUP_OIN, OFFICER, until, now)
    await engine.dispose()


def _valid(found: object, schema: str) -> dict[str, Any]:
    reference = f"#/components/schemas/{schema}"
    whole = {"components": DOCUMENT["components"], "$ref": reference}
    Draft202012Validator(whole).validate(found)
    assert isinstance(found, dict)
    return found


async def _month(world: World, month: str = "2026-10") -> dict[str, Any]:
    body = {"month": month, "form": "pdf"}
    answer = await world.send("POST", "/general-reports", world.an_officer(), body)
    assert answer.status_code == 200, answer.text
    return _valid(answer.json(), "GeneralReport")


async def test_a_month_is_reported_without_persons_and_recorded(world: World) -> None:
    await _record(world, [_lookup(number) for number in range(30)])
    await _count(world)
    found = await _month(world)
    assert found["lookups"]["total"] == 30
    assert found["lookups"]["days"][0] == {"day": "2026-10-07", "lookups": 30}
    assert "user-1" not in json.dumps(found)
    (entry,) = await open_entries(world, Kind.REPORT)
    assert (entry[Group.WHAT] or {})["month"] == "2026-10"
    assert (entry[Group.WHAT] or {})["form"] == "pdf"


async def test_small_numbers_do_not_leave_the_index(world: World) -> None:
    teams = ["west"] * 20 + ["oost"] * 12 + ["noord"] * 2
    entries = [_lookup(n, team=team) for n, team in enumerate(teams)]
    await _record(world, entries)
    await _count(world)
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
    await _record(world, [_lookup(1)])
    await _count(world)
    body = {"month": month, "form": "csv"}
    answer = await world.send("POST", "/general-reports", world.an_officer(), body)
    assert answer.status_code == 409
    assert await open_entries(world, Kind.REPORT) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": "oktober"}, "month"),
        ({"month": 202610}, "month"),
        ({"form": "xlsx"}, "form"),
        ({"form": ["pdf"]}, "form"),
    ],
)
async def test_junk_in_a_report_is_refused_by_its_field(
    world: World, changed: dict[str, object], field: str
) -> None:
    body = {"month": "2026-10", "form": "pdf"} | changed
    answer = await world.send("POST", "/general-reports", world.an_officer(), body)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def _ask(world: World, **changed: object) -> dict[str, Any]:
    token = world.an_officer()
    body = QUESTION | changed
    answer = await world.send("POST", "/specific-reports", token, body)
    assert answer.status_code == 201, answer.text
    return _valid(answer.json(), "SpecificReport")


async def _approve(world: World, sha256: str) -> None:
    token = world.an_officer("data-protection-officer", sub="officer-2")
    waiting = (await world.send("GET", "/approvals", token)).json()["open"]
    (one,) = [each for each in waiting if each["digest"] == sha256]
    path = f"/approvals/{one['id']}/decision"
    answer = await world.send("POST", path, token, {"decision": "approved"})
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
    await _mandate(world, AFTER.date())
    lookups = [_lookup(1), _lookup(2, person=1), _lookup(3, who="user-2", flags=0)]
    await _record(world, lookups)
    asked = await _ask(world)
    await _approve(world, asked["sha256"])
    answer = await _page(world, asked["id"])
    assert answer.status_code == 200, answer.text
    found = _valid(answer.json(), "SpecificReportPage")
    rows = found["items"]
    assert [row["sub"] for row in rows] == ["user-1", "user-1", "user-2"]
    assert [row["repeated"] for row in rows] == [False, True, False]
    assert [row["flags"] for row in rows] == [1, 1, 0]
    assert rows[0]["person"] == rows[1]["person"] != rows[2]["person"]
    assert found["next"] is None


async def test_asking_and_reading_are_entries_that_say_what_was_asked(
    world: World,
) -> None:
    await _mandate(world, AFTER.date())
    asked = await _ask(world, user="user-1")
    await _approve(world, asked["sha256"])
    await _page(world, asked["id"])
    said = [entry[Group.WHAT] or {} for entry in await open_entries(world, Kind.REPORT)]
    assert [(one["act"], one["request"]) for one in said] == [
        ("specific-report-asked", asked["id"]),
        ("specific-report", asked["id"]),
    ]
    assert said[0]["user"] == "user-1"


async def test_a_report_that_was_not_approved_is_not_given(world: World) -> None:
    await _mandate(world, AFTER.date())
    asked = await _ask(world)
    answer = await _page(world, asked["id"])
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/not-approved")


async def test_only_who_asked_is_given_the_report(world: World) -> None:
    await _mandate(world, AFTER.date())
    asked = await _ask(world)
    await _approve(world, asked["sha256"])
    other = world.an_officer("data-protection-officer", sub="officer-2")
    assert (await _page(world, asked["id"], other)).status_code == 403


async def test_an_officer_of_another_organisation_does_not_know_the_request(
    world: World,
) -> None:
    await _mandate(world, AFTER.date())
    asked = await _ask(world)
    other = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    assert (await _page(world, asked["id"], other)).status_code == 404
    listed = await world.send("GET", "/specific-reports", other)
    assert listed.json() == {"mandateUntil": None, "items": []}


async def test_a_report_is_given_for_two_weeks_and_no_longer(world: World) -> None:
    await _mandate(world, date(2027, 6, 1))
    asked = await _ask(world)
    await _approve(world, asked["sha256"])
    world.clock.moment += HOLDS_FOR
    assert (await _page(world, asked["id"])).status_code == 403
    answer = await world.send("GET", "/specific-reports", world.an_officer())
    (one,) = _valid(answer.json(), "SpecificReports")["items"]
    assert (one["state"], one["available"]) == ("over", False)


async def test_a_mandate_that_has_ended_ends_the_reading_too(world: World) -> None:
    await _mandate(world, AFTER.date())
    asked = await _ask(world)
    await _approve(world, asked["sha256"])
    await _mandate(world, None)
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
    await _mandate(world, AFTER.date())
    third = _lookup(3, who="user-3", team="oost")
    await _record(world, [_lookup(1), _lookup(2, who="user-2"), third])
    asked = await _ask(world, **wanted)
    await _approve(world, asked["sha256"])
    rows = (await _page(world, asked["id"])).json()["items"]
    assert [row["sub"] for row in rows] == subs


async def test_pages_follow_each_other_without_gap_or_overlap(world: World) -> None:
    await _mandate(world, AFTER.date())
    await _record(world, [_lookup(number) for number in range(1_100)])
    asked = await _ask(world)
    await _approve(world, asked["sha256"])
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
    await _mandate(world, AFTER.date())
    await _record(world, [_lookup(1)])
    codes = set()
    for user in ("user-1", None):
        asked = await _ask(world, user=user)
        await _approve(world, asked["sha256"])
        (row,) = (await _page(world, asked["id"])).json()["items"]
        codes.add(row["person"])
    assert len(codes) == 2


async def test_what_was_asked_does_not_lie_readable_in_the_database(
    world: World,
) -> None:
    await _mandate(world, AFTER.date())
    await _ask(world, user="somebody-in-particular")
    async with reading(world.engine) as conn:
        rows = (await conn.execute(text("SELECT * FROM report_request"))).all()
    assert b"somebody-in-particular" not in bytes(rows[0].sealed)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": "curiosity"}, "reason"),
        ({"reason": 1}, "reason"),
        ({"until": "2027-03-01"}, "until"),
        ({"user": ""}, "user"),
        ({"user": "x" * 201}, "user"),
        ({"user": "a\u0000b"}, "user"),
        ({"team": "a\nb"}, "team"),
        ({"citizen": "x"}, "body"),
    ],
)
async def test_junk_in_a_request_is_refused_by_its_field(
    world: World, changed: dict[str, object], field: str
) -> None:
    await _mandate(world, AFTER.date())
    token = world.an_officer()
    answer = await world.send("POST", "/specific-reports", token, QUESTION | changed)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]
