"""Under an embargo no source hears of the person, and none learns that there is one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.notice_builders import (
    acknowledge_everything,
    count_unread,
    dump,
    everything_told,
    lead,
    read,
    read_page,
    say_of_flag,
    switch_on,
)
from tests.world import World

pytestmark = pytest.mark.anyio
KNOWN, BOTH, NOBODY = a_bsn(1), a_bsn(2), a_bsn(3)


@pytest.fixture
async def world(world: World) -> World:
    await world.publish(world.debt_help, [KNOWN, BOTH])
    await world.publish(world.income_support, [BOTH])
    await world.publish(world.veilig_thuis, [KNOWN])
    await switch_on(world)
    return world


async def test_under_an_embargo_no_source_hears_that_somebody_looked(
    world: World, tmp_path: Path
) -> None:
    desk = CitizensDesk(world, tmp_path)
    await desk.place_embargo(KNOWN)
    await world.look_up([KNOWN])
    assert await everything_told(world) == []
    await world.look_up([BOTH])
    assert len(await everything_told(world)) == 2


async def test_what_came_of_a_lookup_is_not_told_under_an_embargo_placed_since(
    world: World, tmp_path: Path
) -> None:
    (part,) = await world.look_up([KNOWN])
    assert await everything_told(world) != []
    await acknowledge_everything(world)
    await CitizensDesk(world, tmp_path).place_embargo(KNOWN)
    await say_of_flag(world, part["entryId"], "contact-made", 0)
    assert await everything_told(world) == []


async def test_what_was_not_fetched_yet_is_not_told_under_an_embargo_either(
    world: World, tmp_path: Path
) -> None:
    await world.look_up([KNOWN])
    await lead(world)
    await CitizensDesk(world, tmp_path).place_embargo(KNOWN)
    page = await read_page(world, world.debt_help)
    assert {one["kind"] for one in page["items"]} == {"cover"}
    await acknowledge_everything(world)
    world.clock.forward(timedelta(days=29))  # the embargo is over, the row is there
    assert await read(world, world.debt_help, "all") == []


async def test_a_count_hands_nothing_out_so_that_an_embargo_hides_what_was_counted(
    world: World, tmp_path: Path
) -> None:
    await world.look_up([KNOWN])
    await lead(world)
    before = await dump(world, "return_notice")
    assert await count_unread(world, world.debt_help) == 1
    assert await count_unread(world, world.income_support) == 0
    assert await dump(world, "return_notice") == before
    await CitizensDesk(world, tmp_path).place_embargo(KNOWN)
    assert await count_unread(world, world.debt_help) == 0
    assert await everything_told(world) == []


async def test_what_had_arrived_does_not_vanish_when_an_embargo_is_placed(
    world: World, tmp_path: Path
) -> None:
    await world.look_up([KNOWN])
    await lead(world)
    await acknowledge_everything(world)
    before = await read(world, world.debt_help, "all")
    await CitizensDesk(world, tmp_path).place_embargo(KNOWN)
    assert await read(world, world.debt_help, "all") == before != []


async def test_what_somebody_read_is_there_as_it_was_under_an_embargo_and_after(
    world: World, tmp_path: Path
) -> None:
    """Read at a desk and acknowledged by nobody; what comes meanwhile is a cover."""
    await world.look_up([BOTH])
    await lead(world)
    first = await read(world, world.debt_help)
    assert [one["kind"] for one in first] == ["looked-up"]
    await world.look_up([NOBODY])
    await lead(world)  # a cover, which is marked and sealed as the other is
    before = await dump(world, "return_notice")
    await CitizensDesk(world, tmp_path).place_embargo(BOTH)
    assert await read(world, world.debt_help) == first
    after = await dump(world, "return_notice")
    mine = {row["id"] for row in after if row["source"] == world.debt_help.oin}
    assert {row["id"] for row in after if row["told"]} == mine
    untold = {row["id"] for row in before if not row["told"]} & mine
    anew = {row["id"] for row in after if row not in before}
    assert (len(untold), anew) == (1, untold)
