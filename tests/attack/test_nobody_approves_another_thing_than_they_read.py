"""Attacker: who writes the database, to have another thing approved than is read."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update

from signal_index.tables.overview import report_request
from signal_index.tables.transfers import signal_transfer
from tests.holders_builders import a_bsn
from tests.policy_officers import send
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
