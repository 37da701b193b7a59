"""An act commits with its record, or nothing of it happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from signal_index.api.acting import acting
from signal_index.api.errors import NothingRecorded
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Kind
from signal_index.tables.citizen_rights import access_request
from signal_index.tables.ledger import ledger_entry
from tests.builders import a_day
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.policy_builders import a_caller
from tests.policy_officers import CHANGE, approve, propose
from tests.report_builders import change_mandate
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


async def keep_something(
    world: World, *, said: bool = False, repeated: bool = False
) -> None:
    async with acting(world.index, a_caller(), Kind.ACCESS_REQUEST) as act:
        await act.conn.execute(
            insert(access_request),
            {
                "id": new_uuid7(act.now),
                "municipality": "9901",
                "organisation": world.debt_help.oin,
                "reference": "7KQ-4TM",
                "identity_check": "digid",
                "received_on": a_day(0),
                "due_on": a_day(30),
            },
        )
        if said:
            await act.record({"act": "access-request-registered"})
        if repeated:
            act.leave()


async def count(world: World) -> int:
    async with world.engine.connect() as conn:
        found = await conn.scalar(select(func.count()).select_from(access_request))
    return int(found or 0)


async def test_an_act_that_says_nothing_is_undone(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        with pytest.raises(NothingRecorded):
            await keep_something(world, said=False)
        assert await count(world) == 0
        assert await open_entries(world, "access-request") == []


async def test_an_act_that_was_done_before_writes_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await keep_something(world, repeated=True)
        assert await count(world) == 0


async def test_an_act_and_its_record_come_together(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await keep_something(world, said=True)
        assert await count(world) == 1
        assert len(await open_entries(world, "access-request")) == 1


async def moments(world: World) -> list[datetime]:
    """When each entry says that it happened, in the order in which they came."""
    async with world.engine.connect() as conn:
        found = await conn.scalars(
            select(ledger_entry.c.recorded_at).order_by(ledger_entry.c.entry_id)
        )
    return list(found)


async def test_all_that_one_act_records_has_one_moment(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await change_mandate(world, world.clock().date())

        def clock() -> datetime:
            world.clock.forward(timedelta(milliseconds=10))
            return world.clock()

        world.app.state.index = replace(world.index, clock=clock)  # type: ignore[attr-defined]
        desk, months = CitizensDesk(world, tmp_path), ("2026-10-01", "2026-10-31")
        asked = {"from": months[0], "until": months[1], "reason": "complaint"}

        proposed = await propose(world, CHANGE)
        acts: list[Callable[[], Awaitable[object]]] = [
            lambda: desk.place_embargo(a_bsn(1)),
            lambda: desk.send("POST", "/specific-reports", asked),
            lambda: approve(world, proposed),
        ]
        for act in acts:
            before = len(await moments(world))
            await act()
            recorded = (await moments(world))[before:]
            assert len(recorded) == 2
            assert len(set(recorded)) == 1
