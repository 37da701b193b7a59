"""Attacker: who writes the database, to have another thing approved than is read."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from signal_index.tables.overview import report_request
from signal_index.tables.transfers import signal_transfer
from signal_index.wire.values import Phone
from tests.builders import a_contact_holder
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.policy_officers import approving, send
from tests.report_builders import AFTER, OFFICER, change_mandate
from tests.store_builders import owning
from tests.transfer_builders import a_successor, a_transfer
from tests.world import World

pytestmark = pytest.mark.anyio


async def test_a_transfer_that_was_put_otherwise_is_not_listed(world: World) -> None:
    agency = await a_successor(world)
    await world.publish(world.debt_help, [a_bsn(1)])
    status, asked = await send(world, "/transfers", a_transfer(world, agency))
    assert status == 201, asked
    assert await _list(world, "/transfers") == [asked["id"]]
    async with owning(world.engine) as conn:
        await conn.execute(update(signal_transfer).values(reason="municipality"))
    assert await _list(world, "/transfers") == []


@pytest.mark.both_databases
@pytest.mark.parametrize("change", ["a signal more", "another number", "a correction"])
async def test_a_transfer_is_approved_as_it_was_read_or_not_at_all(
    world: World, tmp_path: Path, change: str
) -> None:
    """One person reads; before they press, somebody else changes what would pass on."""
    agency = world.debt_help
    assert (await world.put_contact(agency, a_contact_holder())).is_success
    await world.publish(agency, [a_bsn(1)])
    asked = await _ask_transfer(world)
    bram = world.an_officer(sub="bram")
    read = await approving(world, bram, asked["approvalId"])
    assert read["shown"] == asked["shown"]
    if change == "a signal more":
        await world.publish(agency, [a_bsn(2)])
    elif change == "another number":
        said = a_contact_holder(phone=Phone("+31101234599"))
        assert (await world.put_contact(agency, said)).is_success
    else:
        desk = CitizensDesk(world, tmp_path)
        (signal,) = (await desk.report(a_bsn(1)))["signals"]
        await desk.enter_correction(signal)
    path = f"/approvals/{asked['approvalId']}/decision"
    refused = await world.send("POST", path, bram, read)
    assert refused.json()["type"].endswith("/shown-outdated")
    (part,) = await world.look_up([a_bsn(1)])
    assert [one["organisation"] for one in part["flags"]] == ["Bureau debt-help"]
    anew = await approving(world, bram, asked["approvalId"])
    done = await world.send("POST", path, bram, anew)
    assert done.status_code == 200, done.text
    (part,) = await world.look_up([a_bsn(1)])
    assert [one["organisation"] for one in part["flags"]] == ["Schuldhulp Samen"]


async def _ask_transfer(world: World) -> dict[str, str]:
    body = a_transfer(world, await a_successor(world))
    status, asked = await send(world, "/transfers", body)
    assert status == 201, asked
    return asked


async def test_a_report_that_borrows_the_approval_of_another_is_not_listed(
    world: World,
) -> None:
    """The small one is read; approved would be the wide one."""
    world.clock.moment = AFTER
    await change_mandate(world, AFTER.date())
    small, wide = [
        await _ask_report(world, day) for day in ("2026-10-02", "2026-10-31")
    ]
    assert set(await _list(world, "/specific-reports")) == {small, wide}
    async with owning(world.engine) as conn:
        asked = report_request.c
        of = select(asked.approval_id).where(asked.id == UUID(wide))
        these = update(report_request).where(asked.id == UUID(small))
        await conn.execute(these.values(approval_id=await conn.scalar(of)))
    assert await _list(world, "/specific-reports") == [wide]


async def _ask_report(world: World, until: str) -> str:
    body = {"from": "2026-10-01", "until": until, "reason": "complaint"}
    answer = await world.send(
        "POST", "/specific-reports", world.an_officer(sub=OFFICER), body
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _list(world: World, path: str) -> list[str]:
    answer = await world.send("GET", path, world.an_officer())
    assert answer.status_code == 200, answer.text
    return [str(one["id"]) for one in answer.json()["items"]]
