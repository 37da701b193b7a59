"""What an agency and its administrator see and do of their own, over the API."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from signal_index.notice import (
    sign_withdrawal,
)
from signal_index.store.connect import reading
from signal_index.wire.deliveries import Hearing
from signal_index.wire.rehearsals import REHEARSED_FUNCTION
from signal_index.wire.values import Label, Oin
from tests.builders import a_contact_holder, a_delivery, a_withdrawal
from tests.holders_builders import a_bsn
from tests.ledger_reading import count_entries
from tests.source_administrators import an_administrator
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)


async def get(world: World, path: str, token: str) -> list[dict[str, Any]]:
    answer = await world.send("GET", path, token)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_an_administrator_sees_only_its_own_agency(world: World) -> None:
    await world.publish(world.debt_help, [ONE, TWO])
    await world.publish(world.income_support, [ONE])
    token = an_administrator(world, world.debt_help)
    assert await get(world, "/signal-counts", token) == [
        {
            "category": "schuldhulpverlening",
            "categoryLabel": "Schuldhulpverlening",
            "municipality": "9901",
            "state": "active",
            "count": 2,
        }
    ]
    listed = await get(world, "/signals", token)
    assert len(listed) == 2
    (day,) = {one["validFrom"] for one in listed}
    assert await get(world, f"/signals?validFrom={day}", token) == listed
    assert await get(world, "/signals?validFrom=2001-02-03", token) == []
    (contact,) = await get(world, "/contact-holders", token)
    assert contact["signals"] == 2


@pytest.mark.parametrize(
    "path", ["/signal-counts", "/signals", "/contact-holders", "/deliveries", "/agents"]
)
async def test_a_colleague_without_the_role_sees_nothing(
    world: World, path: str
) -> None:
    token = an_administrator(world, world.debt_help, roles=["generalist"])
    assert (await world.send("GET", path, token)).status_code == 403


async def test_an_administrator_cannot_publish(world: World) -> None:
    token = an_administrator(world, world.debt_help)
    answer = await world.send("POST", "/signal-batches", token, {})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (0, (False, False)),
        (140, (False, False)),
        (141, (True, False)),
        (171, (True,) * 2),
    ],
)
async def test_a_contact_goes_stale_after_180_days_and_is_reminded_of_30_before(
    world: World, days: int, shown: tuple[bool, bool]
) -> None:
    world.clock.forward(timedelta(days=days))  # verified ten days before the first
    token = world.a_source_token(world.debt_help)
    (contact,) = await get(world, "/contact-holders", token)
    assert (contact["remind"], contact["stale"]) == shown


async def test_a_confirmed_contact_is_fresh_again_and_the_ledger_says_so(
    world: World,
) -> None:
    world.clock.forward(timedelta(days=200))
    agency = world.debt_help
    token = an_administrator(world, agency)
    before = await count_entries(world, "administration")
    said = a_contact_holder(lastVerified=world.clock().date())
    assert (await world.put_contact(agency, said, token=token)).status_code == 200
    (contact,) = await get(world, "/contact-holders", token)
    assert contact["lastVerified"] == world.clock().date().isoformat()
    assert not contact["stale"]
    assert await count_entries(world, "administration") == before + 1


async def test_a_whole_caseload_changes_hands_in_one_act(world: World) -> None:
    agency = world.debt_help
    await world.publish(agency, [ONE, TWO])
    token = an_administrator(world, agency)
    taken = uuid.uuid4()
    said = a_contact_holder(function=Label("Casemanager"))
    await world.put_contact(agency, said, contact=taken, token=token)
    path = f"/contact-holders/{agency.contact}/hand-over"
    answer = await world.send("POST", path, token, {"to": str(taken)})
    assert answer.json() == {"signals": 2}
    (shown,) = await world.look_up([ONE])
    assert shown["flags"][0]["contactHolder"]["function"] == "Casemanager"


async def test_a_caseload_never_goes_to_another_organisation(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    token = an_administrator(world, world.debt_help)
    path = f"/contact-holders/{world.debt_help.contact}/hand-over"
    other = str(world.income_support.contact)
    assert (await world.send("POST", path, token, {"to": other})).status_code == 404
    (contact,) = await get(world, "/contact-holders", token)
    assert contact["signals"] == 1


async def test_a_closed_delivery_is_listed_with_what_was_rejected_and_why(
    world: World,
) -> None:
    agency = world.debt_help
    rejects = [{"reason": "bsn-invalid", "count": 2}]
    passed = [{"why": "total", "count": 1, "lines": [412]}]
    wire = a_delivery(rejects=rejects, passed=passed).model_dump(mode="json")
    token = world.a_source_token(agency)
    assert (await world.send("POST", "/deliveries", token, wire)).status_code == 201
    (found,) = await get(world, "/deliveries", an_administrator(world, agency))
    assert found["rejects"] == [{"reason": "bsn-invalid", "count": 2}]
    assert found["passed"] == passed
    assert found["counts"] == wire["counts"]


async def test_an_agent_tells_how_it_does_and_only_the_newest_is_kept(
    world: World,
) -> None:
    token = world.a_source_token(world.debt_help)
    feed = {
        "feed": "debt-help",
        "state": "waiting",
        "backlog": 12,
        "lastRun": "2026-11-22T06:00:00Z",
        "lastReconciled": None,
        "nextRun": None,
        "held": None,
    }
    for backlog in (12, 3):
        body = {"feeds": [{**feed, "backlog": backlog}], "unsent": []}
        answer = await world.send("PUT", "/agents/office", token, body)
        assert answer.json() == {"answers": []}, answer.text
    (agent,) = await get(world, "/agents", an_administrator(world, world.debt_help))
    assert (agent["agent"], agent["feeds"][0]["backlog"]) == ("office", 3)
    assert await get(world, "/agents", world.a_source_token(world.income_support)) == []


async def test_what_ended_is_listed_with_its_reason(world: World) -> None:
    agency = world.debt_help
    (notice,) = await world.publish(agency, [ONE])
    assert await get(world, "/signal-endings", world.a_source_token(agency)) == []
    iss, gone = Oin(agency.oin), a_withdrawal(notice)
    token = sign_withdrawal(agency.key, gone, iss=iss, now=world.clock())
    path = f"/signals/{notice.reference}/withdrawal"
    bearer = world.a_source_token(agency)
    await world.send("POST", path, bearer, {"withdrawal": token})
    (ending,) = await get(world, "/signal-endings", world.a_source_token(agency))
    assert (ending["reference"], ending["reason"]) == (str(notice.reference), "ended")


async def test_an_agency_reads_how_it_is_registered_and_nothing_of_another(
    world: World,
) -> None:
    agency = world.debt_help
    token = world.a_source_token(agency)
    said = (await world.send("GET", "/own-registration", token)).json()
    functions = set(said.pop("contactFunctions"))
    assert functions > {"Consulent", "Schuldhulpverlener"}
    assert "Klantmanager Inkomen" not in functions, "another kind of signal"
    assert REHEARSED_FUNCTION not in functions, "nobody is called so but in a rehearsal"
    assert said == {
        "contactNames": [],
        "organisation": agency.oin,
        "name": "Bureau debt-help",
        "signers": [{"kid": agency.key.kid, "x": agency.key.public_value}],
        "outboxes": [],
        "replacedOutboxes": [],
        "sources": [
            {
                "source": agency.oin,
                "kind": "debt-help",
                "active": True,
                "state": "live",
                "coverage": [
                    {
                        "municipality": "9901",
                        "category": agency.category,
                        "rhythmDays": 7,
                        "informedCodes": [
                            "discussed",
                            "informed-by-letter",
                            "representative-informed",
                        ],
                        "maximumLifeMonths": 24,
                        "mayPublish": True,
                    }
                ],
                "liveUntil": None,
                "lastRehearsal": None,
                "lacks": [],
            }
        ],
    }


@pytest.mark.parametrize(
    "changed", [{"org": "00000001000000000099"}, {"client_id": "x", "sub": "x"}]
)
async def test_who_is_not_registered_is_told_so(
    world: World, changed: dict[str, object]
) -> None:
    token = world.a_source_token(world.debt_help, **changed)
    answer = await world.send("GET", "/own-registration", token)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/caller-not-registered")


async def find_last_heard(world: World) -> list[object]:
    async with reading(world.engine) as conn:
        query = text("SELECT last_heard FROM coverage WHERE last_heard IS NOT NULL")
        found = [row[0] for row in (await conn.execute(query)).all()]
    assert found
    return found


async def test_a_delivery_that_made_no_sense_does_not_count_as_heard(
    world: World,
) -> None:
    agency = world.debt_help
    token = world.a_source_token(agency)
    heard = a_delivery(world.clock()).model_dump(mode="json")
    assert (await world.send("POST", "/deliveries", token, heard)).status_code == 201
    before_it = await find_last_heard(world)
    world.clock.forward(timedelta(hours=1))
    lost = a_delivery(world.clock(), hearing=Hearing.UNHEARD).model_dump(mode="json")
    token = world.a_source_token(agency)
    assert (await world.send("POST", "/deliveries", token, lost)).status_code == 201
    assert await find_last_heard(world) == before_it
    (newest, before) = await get(world, "/deliveries", token)
    assert (newest["hearing"], before["hearing"]) == ("unheard", "heard")


async def test_a_day_begins_at_midnight_in_the_netherlands(world: World) -> None:
    """What is noted between midnight here and midnight in UTC is of today."""
    half_past_midnight = world.clock().replace(hour=23, minute=30)
    world.clock.forward(half_past_midnight - world.clock())
    today = half_past_midnight.date() + timedelta(days=1)
    agency = world.debt_help
    said = a_contact_holder(lastVerified=today)
    assert (await world.put_contact(agency, said)).status_code == 200
    later = a_contact_holder(lastVerified=today + timedelta(days=1))
    assert (await world.put_contact(agency, later)).status_code == 400
