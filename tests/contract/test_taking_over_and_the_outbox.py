"""A source that takes over signals: its deliveries and comparisons end none of them.

Only what somebody says in so many words does, in the delivery that tells its own.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from keys.bsn import parse_bsn
from signal_index.store.connect import reading
from sources.restarting import replace_taken_over
from tests.agency_world import CATEGORIES, HOME, Town, open_agency
from tests.contract.test_reconciling_source_and_index import deliver, number
from tests.policy_officers import approve, send
from tests.transfer_builders import DEBTS, a_successor, a_transfer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as town:
        yield town


async def take_over(town: Town, *persons: int) -> None:
    """Let the agency of the town take over signals about these from another source."""
    world = town.world
    giver = await a_successor(world)
    await world.publish(giver, [parse_bsn(number(one)) for one in persons])
    asked = {"source": giver.oin, "successor": world.debt_help.oin, "reason": "merger"}
    status, found = await send(world, "/transfers", {**asked, "categories": [DEBTS]})
    assert status == 201, found
    assert (await approve(world, {"id": found["approvalId"]}))[0] == 200


async def count_flags(town: Town, *persons: int) -> list[int]:
    return [len(await town.find(number(one))) for one in persons]


async def replace(town: Town) -> int:
    """Say that the agency's next delivery comes in the place of what it took over."""
    async with town.world.http() as client:
        with town.outbox() as outbox:
            index = town._parties(client, outbox)[1]
            return await replace_taken_over(outbox, index, CATEGORIES, {HOME})


@pytest.mark.parametrize("count", [5, 14])
async def test_a_nightly_comparison_ends_nothing_that_was_taken_over(
    town: Town, count: int
) -> None:
    """More than a comparison asks about, and fewer: its own are confirmed every day."""
    await deliver(town, 6)
    theirs = range(100, 100 + count)
    await take_over(town, *theirs)
    town.world.clock.forward(timedelta(days=1))
    done = await town.reconcile()
    assert (done.equal, done.compared, done.differences.count) == (True, 6, 0)
    assert await count_flags(town, *theirs) == [1] * count
    async with reading(town.world.engine) as conn:
        own = "SELECT DISTINCT confirmed_on FROM signal WHERE NOT untold"
        (confirmed,) = [str(row[0]) for row in await conn.execute(text(own))]
    assert confirmed.startswith(town.world.clock().strftime("%Y-%m-%d"))


async def test_who_gave_them_compares_and_gives_nobody_a_second_flag(
    town: Town,
) -> None:
    await deliver(town, 3)
    successor = await a_successor(town.world)
    body = a_transfer(town.world, successor)
    _, asked = await send(town.world, "/transfers", body)
    assert (await approve(town.world, {"id": asked["approvalId"]}))[0] == 200
    town.world.clock.forward(timedelta(days=1))
    assert len((await town.reconcile()).differences.lacking) == 3
    await deliver(town, 3)
    assert await count_flags(town, 0, 1, 2) == [1, 1, 1]


async def test_a_source_that_never_delivered_may_after_taking_over(town: Town) -> None:
    await take_over(town, 100)
    await deliver(town, 3)
    assert await count_flags(town, 0, 2, 100) == [1, 1, 1]


async def test_an_outbox_that_begins_anew_takes_back_nothing_taken_over(
    town: Town,
) -> None:
    await deliver(town, 3)
    await take_over(town, 100)
    with town.outbox() as outbox:
        lost = outbox.id
    town.outbox_name = "anew.sqlite"
    assert await town.take_over(lost) == 3
    await deliver(town, 3)
    assert await count_flags(town, 0, 2, 100) == [1, 1, 1]


async def test_said_so_the_next_delivery_takes_the_place_of_what_was_taken_over(
    town: Town,
) -> None:
    """Never a moment without a flag, and not one with two once it is delivered."""
    await deliver(town, 3)
    await take_over(town, 3, 4)
    assert await replace(town) == 2
    assert (await town.reconcile()).equal
    assert await count_flags(town, 3, 4) == [1, 1]
    town.world.clock.forward(timedelta(days=1))
    await deliver(town, 5)
    assert await count_flags(town, 0, 3, 4) == [1, 1, 1]
    assert (await town.reconcile()).compared == 5
    assert await replace(town) == 0
