"""Two who say or fetch something at one moment: PostgreSQL, where moments overlap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.holders_builders import a_bsn
from tests.notice_builders import acknowledge, lead, read, switch_on
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
CASE = "A" * 126


@pytest.fixture
async def world(registered_postgres: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, registered_postgres) as opened:
        await opened.publish(opened.debt_help, [a_bsn(1)])
        await switch_on(opened)
        yield opened


async def test_of_outcomes_said_at_one_moment_each_is_taken(world: World) -> None:
    (part,) = await world.look_up([a_bsn(1)])
    await lead(world)
    path = f"/lookups/{part['entryId']}/outcome"

    async def say(outcome: str) -> int:
        body = {"outcome": outcome, "flag": 0}
        return (await world.send("POST", path, world.a_token(), body)).status_code

    said = ("contact-made", "already-known", "not-reachable", "not-needed") * 2
    assert set(await asyncio.gather(*map(say, said))) == {204}
    await lead(world)
    kinds = [one["kind"] for one in await read(world, world.debt_help)]
    assert kinds.count("outcome") == len(said)


async def test_a_case_named_at_the_moment_of_another_arrival_is_kept(
    world: World,
) -> None:
    await world.look_up([a_bsn(1)])
    await lead(world)
    (told,) = await read(world, world.debt_help)
    named = {told["signals"][0]["reference"]: CASE}
    for _ in range(4):
        await asyncio.gather(
            acknowledge(world, world.debt_help, [told["id"]], **named),
            *(acknowledge(world, world.debt_help, [told["id"]]) for _ in range(3)),
        )
        (kept,) = await read(world, world.debt_help, "all")
        assert kept["signals"][0]["case"] == CASE
