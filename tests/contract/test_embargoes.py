"""Placing, approving and lifting an embargo, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from signal_index.ledger import Group
from tests.builders import a_day
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE = a_bsn(1)


async def list_states(desk: CitizensDesk) -> list[str]:
    items = (await desk.send("GET", "/embargoes")).json()["items"]
    return [one["state"] for one in items]


async def test_an_embargo_waits_then_is_in_force_then_lifted(
    desk: CitizensDesk,
) -> None:
    embargo = await desk.place_embargo(ONE)
    assert await list_states(desk) == ["awaiting"]
    await desk.decide(embargo, "approved")
    assert await list_states(desk) == ["in-force"]
    path = f"/embargoes/{embargo['id']}/lifting"
    lifted = await desk.send("POST", path, {"reason": "danger-over"})
    assert lifted.status_code == 204
    assert await list_states(desk) == ["lifted"]
    again = await desk.send("POST", path, {"reason": "danger-over"})
    assert again.json()["type"].endswith("/embargo-over")


async def test_who_placed_an_embargo_cannot_approve_it(desk: CitizensDesk) -> None:
    embargo = await desk.place_embargo(ONE)
    path = f"/approvals/{embargo['approvalId']}/decision"
    said = {"decision": "approved", "shown": "0" * 64}
    answer = await desk.send("POST", path, said)
    assert answer.json()["type"].endswith("/same-person")
    assert await list_states(desk) == ["awaiting"]


async def test_an_embargo_that_nobody_approves_ends_with_its_approval(
    desk: CitizensDesk,
) -> None:
    await desk.place_embargo(ONE)
    desk.world.clock.moment += timedelta(days=15)
    assert await list_states(desk) == ["refused"]


async def test_placing_is_recorded_about_the_person_and_asked_for_approval(
    desk: CitizensDesk,
) -> None:
    await desk.place_embargo(ONE)
    (recorded,) = await open_entries(desk.world, "embargo")
    what = recorded[Group.WHAT] or {}
    assert (what["act"], what["reason"]) == ("embargo-placed", "protect-child")
    assert recorded[Group.PERSON] is not None
    (asked,) = await open_entries(desk.world, "approval")
    assert (asked[Group.WHAT] or {})["matter"] == "embargo"


JUNK: list[tuple[str, object]] = [
    ("categories", ["bijstand"]),
    ("categories", []),
    ("categories", "veilig-thuis"),
    ("reason", "because"),
    ("until", a_day(-1).isoformat()),
    ("until", a_day(200).isoformat()),
    ("pseudonym", "AAAA"),
    ("keyVersion", 0),
]


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
async def test_junk_in_an_embargo_is_named_by_its_field(desk: CitizensDesk) -> None:
    said = {
        "categories": ["veilig-thuis"],
        "reason": "protect-child",
        "until": a_day(30).isoformat(),
    }
    for field, value in JUNK:
        body = {**await desk.person(ONE), **said, field: value}
        answer = await desk.send("POST", "/embargoes", body)
        assert answer.status_code == 400, (field, value)
        assert answer.json()["errors"][0]["field"] == field, (field, value)


async def test_an_embargo_that_is_not_there_is_unknown(desk: CitizensDesk) -> None:
    path = f"/embargoes/{uuid4()}/lifting"
    answer = await desk.send("POST", path, {"reason": "danger-over"})
    assert answer.status_code == 404
