"""A person signals by hand for an organisation that has no export."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from signal_index.proof import Group
from signal_index.store.registry import SourceRecord, add_source
from signal_index.wire.signals import WithdrawalReason
from signal_index.wire.sources import SourceState
from tests.builders import a_contact_holder, a_day, a_withdrawal, anew
from tests.hand_builders import (
    a_hand_notice,
    a_hand_signaller,
    give,
    open_hand_signals,
    take_back,
)
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.ledger_reading import open_entries
from tests.store_builders import owning
from tests.world import Agency, World

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(world: World) -> World:
    await open_hand_signals(world)
    return world


@pytest.fixture
def agency(world: World) -> Agency:
    return world.debt_help


async def _flags(world: World) -> list[dict[str, Any]]:
    (part,) = await world.look_up([ONE])
    flags: list[dict[str, Any]] = part["flags"]
    return flags


async def _listed(world: World) -> list[dict[str, Any]]:
    token = a_hand_signaller(world, world.debt_help)
    answer = await world.send("GET", "/hand-signals", token)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _post(world: World, path: str, body: object) -> httpx.Response:
    token = a_hand_signaller(world, world.debt_help)
    return await world.send("POST", f"/hand-signals/{path}", token, body)


@pytest.mark.both_databases
async def test_what_a_person_gives_is_seen_and_names_who_gave_it(
    world: World, agency: Agency
) -> None:
    before = await open_entries(world, "publication")
    notice = a_hand_notice(agency)
    said = [(await give(world, agency, notice, ONE)).json() for _ in range(2)]
    assert [one["outcome"] for one in said] == ["accepted", "unchanged"]
    assert [flag["category"] for flag in await _flags(world)] == [agency.category]
    entries = (await open_entries(world, "publication"))[len(before) :]
    assert [one[Group.WHO] for one in entries] == [{"sub": "ib-1"}] * 2


async def test_what_stands_is_listed_with_the_day_to_look_again(
    world: World, agency: Agency
) -> None:
    await world.publish(agency, [TWO])  # of a delivery: not in this list
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    (one,) = await _listed(world)
    assert one["reference"] == str(notice.reference)
    assert (one["state"], one["categoryLabel"]) == ("active", "Schuldhulpverlening")
    assert one["confirmBy"] == a_day(182).isoformat()


async def test_contact_that_is_still_to_begin_is_not_signalled_by_hand(
    world: World, agency: Agency
) -> None:
    notice = a_hand_notice(agency, validFrom=a_day(1))
    refused = (await give(world, agency, notice, ONE)).json()
    assert [(one["field"], one["code"]) for one in refused["errors"]] == [
        ("validFrom", "in-the-future")
    ]
    assert await _flags(world) == []


async def test_to_the_asker_its_own_organisation_is_marked_and_no_other(
    world: World, agency: Agency
) -> None:
    kind = frozenset({agency.category})
    own = SourceRecord(LOOKUP_OIN, "debt-help", kind, frozenset({"9901"}), 7)
    async with owning(world.engine) as conn:
        await add_source(conn, replace(own, state=SourceState.LIVE), now=world.clock())
    world.index.standing.forget()
    (part,) = await world.look_up([ONE])
    said = {one["organisation"]: one.get("own") for one in part["sources"]}
    assert said["Gemeente Voorbeeld"] is True
    assert said["Bureau debt-help"] is None


async def test_a_form_offers_what_is_open_and_no_more(
    world: World, agency: Agency
) -> None:
    token = a_hand_signaller(world, agency)
    offered = (await world.send("GET", "/hand-signal-options", token)).json()
    (place,) = offered["places"]
    assert (place["category"], place["municipality"]) == (agency.category, "9901")
    assert place["latestEnd"] == a_day(366).isoformat()
    assert place["informed"][0] == {
        "code": "discussed",
        "label": "Besproken met de inwoner",
    }
    assert [one["id"] for one in offered["contacts"]] == [str(agency.contact)]
    closed = a_hand_signaller(world, world.agencies["uwv"])
    offered = (await world.send("GET", "/hand-signal-options", closed)).json()
    assert offered["places"] == []


@pytest.mark.both_databases
async def test_a_confirmed_signal_is_fresh_and_may_live_longer(
    world: World, agency: Agency
) -> None:
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    world.clock.forward(timedelta(days=183))
    answer = await _post(world, f"{notice.reference}/confirmation", {})
    assert answer.status_code == 204, answer.text
    (one,) = await _listed(world)
    assert one["confirmBy"] == a_day(183 + 182).isoformat()
    assert one["validUntil"] == notice.validUntil.isoformat()
    later = {"validUntil": a_day(183 + 360).isoformat()}
    await _post(world, f"{notice.reference}/confirmation", later)
    (flag,) = await _flags(world)
    assert flag["expires"] == later["validUntil"]


@pytest.mark.parametrize(
    ("days", "problem"), [(-1, "invalid-input"), (900, "life-too-long")]
)
async def test_no_life_is_longer_than_its_category_allows(
    world: World, agency: Agency, days: int, problem: str
) -> None:
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    said = {"validUntil": a_day(days).isoformat()}
    answer = await _post(world, f"{notice.reference}/confirmation", said)
    assert answer.json()["type"].endswith(problem)


async def test_an_ended_signal_shows_no_more_and_cannot_be_confirmed(
    world: World, agency: Agency
) -> None:
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    gone = a_withdrawal(notice, reason=WithdrawalReason.ENTERED_IN_ERROR, version=1)
    said = [(await take_back(world, agency, gone)).json() for _ in range(2)]
    assert [one["outcome"] for one in said] == ["accepted", "unchanged"]
    assert await _flags(world) == []
    assert await _listed(world) == []
    answer = await _post(world, f"{notice.reference}/confirmation", {})
    assert answer.status_code == 404


@pytest.mark.both_databases
async def test_a_colleague_takes_a_signal_over(world: World, agency: Agency) -> None:
    colleague = uuid.uuid4()
    body = a_contact_holder(function="Begeleider")
    await world.put_contact(agency, body, contact=colleague)
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    path = f"{notice.reference}/hand-over"
    answer = await _post(world, path, {"to": str(colleague)})
    assert answer.status_code == 204, answer.text
    (flag,) = await _flags(world)
    assert flag["contactHolder"]["function"] == "Begeleider"
    others = {"to": str(world.income_support.contact)}
    assert (await _post(world, path, others)).status_code == 404


async def test_a_corrected_person_moves_the_signal(
    world: World, agency: Agency
) -> None:
    notice = a_hand_notice(agency)
    await give(world, agency, notice, TWO)
    again = await give(world, agency, notice, ONE)
    assert again.json()["errors"] == [
        {
            "field": "version",
            "code": "used-before",
            "message": "Dit nummer is al gebruikt. Neem een hoger nummer.",
        }
    ]
    await give(world, agency, anew(notice, version=2), ONE)
    assert len(await _flags(world)) == 1
    (part,) = await world.look_up([TWO])
    assert part["flags"] == []
