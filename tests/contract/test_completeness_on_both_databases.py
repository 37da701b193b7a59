"""Findings through the API: taken in, shown, closed once; on both databases."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from signal_index.proof import Group
from signal_index.store.completeness import erase_reconciled
from signal_index.store.connect import transaction
from signal_index.wire.completeness import (
    REPORT_FORMAT,
    HolderGap,
    JudgedDay,
    Misfit,
    ReconciledFinding,
    ReconciliationReport,
)
from tests.ledger_reading import open_entries
from tests.reconcile_builders import DAY
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]

USER = ReconciledFinding.of(
    Misfit.ABANDONED_USER,
    organisation=TEAM_OIN,
    user="user-1",
    count=5,
    total=9,
    reported=2,
)
ALARM = ReconciledFinding.of(
    Misfit.RECEIPT_WITHOUT_ENTRY, organisation=TEAM_OIN, entry=UUID(int=7)
)
FOREIGN = ReconciledFinding.of(
    Misfit.ABANDONED_ORGANISATION, organisation="0" * 20, count=9
)
GAP = HolderGap(
    holder="holder-1",
    since=datetime(2026, 11, 22, 8, tzinfo=UTC),
    until=datetime(2026, 11, 22, 9, tzinfo=UTC),
    because="disk-lost",
)
WHOLE = ReconciledFinding.of(Misfit.RESTORED_LONG, count=568, gap=GAP)


def a_report(*findings: ReconciledFinding) -> Any:  # noqa: ANN401 - JSON
    judged = JudgedDay(entries=40, requests=41, receipts=39, stillOpen=0)
    return ReconciliationReport(
        format=REPORT_FORMAT,
        day=DAY,
        origin="index.test/ledger",
        holders=["holder-1"],
        organisations=[TEAM_OIN],
        judged=judged,
        findings=list(findings),
    ).model_dump(mode="json")


async def take(world: World, *findings: ReconciledFinding) -> httpx.Response:
    body = a_report(*findings)
    return await world.send("POST", "/completeness/reports", world.an_officer(), body)


async def show(world: World, state: str = "open") -> dict[str, Any]:
    answer = await world.send("GET", f"/completeness?state={state}", world.an_officer())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return {**found, "items": [*found["alarms"], *found["items"]]}


async def close(
    world: World, finding: str, reason: str = "explained", sub: str = "anke"
) -> httpx.Response:
    path = f"/completeness/findings/{finding}/closing"
    return await world.send("POST", path, world.an_officer(sub=sub), {"reason": reason})


async def test_a_report_is_taken_and_its_findings_are_shown(world: World) -> None:
    taken = await take(world, USER, ALARM, WHOLE)
    assert (taken.status_code, taken.json()["new"]) == (201, 3)
    shown = await show(world)
    assert shown["open"] == {"alarm": 2, "finding": 1}
    (day,) = shown["days"]
    assert (day["entries"], day["alarms"], day["findings"]) == (40, 2, 3)
    assert {one["code"] for one in shown["items"]} == {
        "abandoned-user",
        "receipt-without-entry",
        "restored-long",
    }
    gaps = [one["gap"] for one in shown["items"] if one["gap"] is not None]
    assert gaps == [GAP.model_dump(mode="json")]


async def test_no_alarm_is_ever_behind_what_is_less(world: World) -> None:
    many = [USER.model_copy(update={"user": f"user-{number}"}) for number in range(9)]
    await take(world, ALARM, *many)
    officer = world.an_officer()
    first = (await world.send("GET", "/completeness?limit=4", officer)).json()
    assert [one["code"] for one in first["alarms"]] == ["receipt-without-entry"]
    assert len(first["items"]) == 4
    path = f"/completeness?limit=4&cursor={first['next']}"
    second = (await world.send("GET", path, officer)).json()
    assert second["alarms"] == []
    shown = {one["user"] for page in (first, second) for one in page["items"]}
    assert len(shown) == 8


async def test_taking_a_report_again_adds_only_what_is_new(world: World) -> None:
    await take(world, USER)
    again = await take(world, USER, ALARM)
    assert again.json()["new"] == 1
    assert len((await show(world))["items"]) == 2


async def test_another_municipalitys_organisation_is_left_out(world: World) -> None:
    await take(world, FOREIGN)
    assert (await show(world))["items"] == []


async def test_a_finding_is_closed_once_and_with_a_reason(world: World) -> None:
    await take(world, USER)
    (found,) = (await show(world))["items"]
    assert (await close(world, found["id"])).status_code == 204
    assert (await show(world))["items"] == []
    (closed,) = (await show(world, "all"))["items"]
    assert closed["reason"] == "explained"
    again = await close(world, found["id"], "incident")
    assert again.status_code == 409
    assert again.json()["type"].endswith("/finding-closed")


async def test_to_whom_it_is_about_it_is_not_there_and_a_namesake_is_another(
    world: World,
) -> None:
    """A user is one of its organisation: the municipality has a `user-1` too."""
    await take(world, USER)
    own = world.an_officer(sub="user-1", org=TEAM_OIN, client_id="desk-team")
    shown = (await world.send("GET", "/completeness?state=all", own)).json()
    assert (shown["items"], shown["open"]["finding"]) == ([], 0)
    (found,) = (await show(world))["items"]
    path = f"/completeness/findings/{found['id']}/closing"
    refused = await world.send("POST", path, own, {"reason": "explained"})
    assert refused.status_code == 404
    assert (await close(world, found["id"], sub="user-1")).status_code == 204


async def test_an_organisations_own_officer_sees_what_is_its_own(world: World) -> None:
    await take(world, USER, WHOLE)
    token = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    answer = await world.send("GET", "/completeness", token)
    assert [one["code"] for one in answer.json()["items"]] == ["abandoned-user"]


async def test_a_generalist_sees_none_of_it(world: World) -> None:
    answer = await world.send("GET", "/completeness", world.a_token())
    assert answer.status_code == 403


async def test_every_act_is_in_the_ledger_and_names_no_account(world: World) -> None:
    await take(world, USER)
    (found,) = (await show(world))["items"]
    await close(world, found["id"])
    entries = await open_entries(world, "completeness")
    whats = [dict(one[Group.WHAT] or {}) for one in entries]
    acts = {str(what["act"]) for what in whats}
    assert acts == {"report-taken", "findings-shown", "finding-closed"}
    assert all("user-1" not in str(what) for what in whats)


SAID = USER.model_dump(mode="json")
JUNK: list[tuple[dict[str, object], str]] = [
    ({"format": "another/1"}, "format"),
    ({"day": "2026-13-40"}, "day"),
    ({"origin": 7}, "origin"),
    ({"judged": {}}, "entries"),
    ({"findings": [{}]}, "organisation"),
    ({"findings": [{**SAID, "code": "fraud"}]}, "code"),
    ({"findings": [{**SAID, "weight": "alarm"}]}, "weight"),
    ({"findings": [{**SAID, "organisation": "1"}]}, "organisation"),
    ({"findings": [{**SAID, "entryId": "x"}]}, "entryId"),
    ({"findings": [{**SAID, "count": -1}]}, "count"),
    ({"findings": [{**SAID, "count": True}]}, "count"),
    ({"findings": [{**SAID, "req": "<script>"}]}, "req"),
    ({"findings": [{**SAID, "user": "x" * 300}]}, "user"),
    ({"findings": [SAID] * 5_001}, "findings"),
    ({"extra": 1}, "body"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_junk_in_a_report_is_refused_by_its_field(world: World) -> None:
    for changed, field in JUNK:
        body = {**a_report(USER), **changed}
        token = world.an_officer()
        answer = await world.send("POST", "/completeness/reports", token, body)
        assert answer.status_code == 400, changed
        assert [one["field"] for one in answer.json()["errors"]] == [field], changed


async def test_a_client_reports_what_came_to_nothing(world: World) -> None:
    body = {"reqs": ["A" * 43]}
    answer = await world.send("POST", "/abandoned-requests", world.a_token(), body)
    assert answer.status_code == 204
    (entry,) = await open_entries(world, "completeness")
    assert (entry[Group.WHO] or {})["sub"] == "user-1"
    assert (entry[Group.WHAT] or {})["reqs"] == ["A" * 43]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_junk_in_what_a_client_reports_is_refused(world: World) -> None:
    for reqs in ([], ["A"], ["A" * 43] * 51, "A" * 43, [7]):
        body = {"reqs": reqs}
        answer = await world.send("POST", "/abandoned-requests", world.a_token(), body)
        assert answer.status_code == 400, reqs
        assert answer.json()["errors"][0]["field"] == "reqs", reqs


async def test_findings_are_forgotten_with_the_entries_of_their_year(
    world: World,
) -> None:
    await take(world, USER)
    async with transaction(world.engine) as conn:
        if world.engine.dialect.name == "postgresql":
            await conn.exec_driver_sql("SET LOCAL ROLE signal_index_upkeep")
        assert await erase_reconciled(conn, DAY.replace(year=2027)) == 1
    assert (await show(world, "all"))["days"] == []
