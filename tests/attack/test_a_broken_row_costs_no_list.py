"""Somebody breaks one stored row: every list names it, and still has all others."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from signal_index.wire.values import Phone
from tests.builders import a_contact_holder
from tests.contact_desk import read_details
from tests.hand_builders import (
    a_hand_notice,
    a_hand_signaller,
    give,
    open_hand_signals,
)
from tests.holders_builders import a_bsn
from tests.world import World

pytestmark = pytest.mark.anyio
BROKEN_CATEGORY = "UPDATE signal SET category = 'Schulden!' WHERE reference = :it"


async def _read(world: World, path: str, **claims: object) -> Mapping[str, Any]:
    token = world.a_source_token(world.debt_help, **claims)
    answer = await world.send("GET", path, token)
    assert answer.status_code == 200, answer.text
    said: Mapping[str, Any] = answer.json()
    return said


@pytest.mark.parametrize(
    "details",
    [
        "[]",
        '"none"',
        "7",
        "null",
        "{}",
        {"function": "<b>Teamleider</b>"},
        {"phone": 31},
        {"lastVerified": "9999-12-31"},
        {"deputy": "Teamleider"},
        {"source": None},
    ],
    ids=str,
)
async def test_a_contact_holder_that_cannot_be_read_is_named_and_mended(
    world: World, details: str | Mapping[str, object]
) -> None:
    agency, other = world.debt_help, uuid.uuid4()
    await world.publish(agency, [a_bsn(1)])
    await world.put_contact(agency, a_contact_holder(), contact=other)
    if not isinstance(details, str):
        known = await read_details(world, str(agency.contact))
        details = json.dumps({**known, **details})
    broken = agency.contact
    change = "UPDATE contact_holder SET details = :it WHERE id = :id"
    await world.run_sql(change, it=details, id=broken.hex)
    said = await _read(world, "/contact-holders")
    assert [one["id"] for one in said["items"]] == [str(other)]
    assert said["unreadable"] == [{"id": str(broken), "signals": 1}]
    mended = a_contact_holder(phone=Phone("+31101234599"))
    assert (await world.put_contact(agency, mended)).status_code == 200
    said = await _read(world, "/contact-holders")
    assert (len(said["items"]), said["unreadable"]) == (2, [])


async def test_a_row_does_not_pass_for_another_contact_holder(world: World) -> None:
    """Which one it is, is the row's own id: nothing in its details."""
    agency = world.debt_help
    await world.publish(agency, [a_bsn(1)])
    known = await read_details(world, str(agency.contact))
    changed = json.dumps({**known, "id": str(uuid.uuid4())})
    await world.run_sql(
        "UPDATE contact_holder SET details = :it WHERE id = :id",
        it=changed,
        id=agency.contact.hex,
    )
    said = await _read(world, "/contact-holders")
    assert [one["id"] for one in said["items"]] == [str(agency.contact)]


async def test_of_own_signals_one_is_named_and_all_others_are_there(
    world: World,
) -> None:
    agency = world.debt_help
    await world.publish(agency, [a_bsn(1), a_bsn(2), a_bsn(3)])
    references = [one["reference"] for one in (await _read(world, "/signals"))["items"]]
    middle = references[1]
    await world.run_sql(BROKEN_CATEGORY, it=uuid.UUID(middle).hex)
    first = await _read(world, "/signals?limit=2")
    assert [one["reference"] for one in first["items"]] == references[:1]
    assert first["unreadable"] == [middle]
    rest = await _read(world, f"/signals?limit=2&cursor={first['next']}")
    assert [one["reference"] for one in rest["items"]] == references[2:]
    counts = await _read(world, "/signal-counts")
    assert ([one["count"] for one in counts["items"]], counts["unreadable"]) == ([2], 1)


async def test_of_signals_by_hand_one_is_named_and_all_others_are_there(
    world: World,
) -> None:
    await open_hand_signals(world)
    agency = world.debt_help
    lost, kept = a_hand_notice(agency), a_hand_notice(agency)
    for notice, number in ((lost, a_bsn(1)), (kept, a_bsn(2))):
        assert (await give(world, agency, notice, number)).status_code == 200
    await world.run_sql(BROKEN_CATEGORY, it=lost.reference.hex)
    await world.run_sql("UPDATE contact_holder SET details = '[]'")
    token = a_hand_signaller(world, agency)
    listed = (await world.send("GET", "/hand-signals", token)).json()
    assert [one["reference"] for one in listed["items"]] == [str(kept.reference)]
    assert listed["unreadable"] == [str(lost.reference)]
    options = await world.send("GET", "/hand-signal-options", token)
    assert (options.status_code, options.json()["contacts"]) == (200, [])


STATUS: Mapping[str, object] = {"feeds": [], "unsent": []}


@pytest.mark.parametrize(
    "change",
    [
        "status = '[]'",
        """status = '{"feeds": [7]}'""",
        "answers = '7'",
        "answers = '[{}]'",
        "unsent = '[null]'",
    ],
)
async def test_of_agents_one_is_named_and_can_say_again_how_it_does(
    world: World, change: str
) -> None:
    token = world.a_source_token(world.debt_help)
    for agent in ("one", "two"):
        told = await world.send("PUT", f"/agents/{agent}", token, STATUS)
        assert told.status_code == 200
    await world.run_sql(f"UPDATE agent_status SET {change} WHERE agent = 'one'")  # noqa: S608 - ours
    said = await _read(world, "/agents")
    assert [one["agent"] for one in said["items"]] == ["two"]
    assert said["unreadable"] == ["one"]
    told = await world.send("PUT", "/agents/one", token, STATUS)
    assert (told.status_code, told.json()) == (200, {"answers": []})
    assert (await _read(world, "/agents"))["unreadable"] == []


async def test_of_deliveries_one_is_counted_and_all_others_are_there(
    world: World,
) -> None:
    agency = world.debt_help
    await world.publish(agency, [a_bsn(1)])
    token = world.a_source_token(agency)
    lost, kept = uuid.uuid4(), uuid.uuid4()
    for delivery in (lost, kept):
        body = {
            "delivery": str(delivery),
            "source": agency.oin,
            "kind": "delta",
            "from": "2026-11-22T00:00:00Z",
            "until": "2026-11-23T00:00:00Z",
            "categories": [agency.category],
            "municipalities": ["9901"],
            "counts": dict.fromkeys(
                ("read", "accepted", "unchanged", "withdrawn", "rejected"), 0
            ),
            "hearing": "heard",
        }
        closed = await world.send("POST", "/deliveries", token, body)
        assert closed.status_code == 201, closed.text
    change = """UPDATE delivery SET counts = '{"counts": 1}' WHERE id = :it"""
    await world.run_sql(change, it=lost.hex)
    said = await _read(world, "/deliveries")
    assert str(lost) not in {one["delivery"] for one in said["items"]}
    assert (bool(said["items"]), said["unreadable"]) == (True, 1)
