"""While a key is shared anew, the index takes tickets of both sharings, and no others.

Whoever asked under the former config a moment ago is served; whoever has the keys of a
holder that left, or one ticket of each sharing, is not.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from keys.client import pseudonymise
from keys.client.asking import Pseudonymised
from keys.overlap import EPOCH_OVERLAP
from keys.request import Act
from keys.ticket import CLOCK_LEEWAY, TICKET_LIFETIME
from signal_index.api.key_config_view import (
    LONGEST_OVERLAP,
    FormerConfig,
    KeyConfigView,
)
from signal_index.store.activations import find_first_uses
from signal_index.store.connect import reading
from tests.dealing import Dealing
from tests.holders_builders import a_bsn
from tests.overlap_builders import change_over, share_anew
from tests.world import World

CITIZEN = a_bsn(1)
SECOND = timedelta(seconds=1)


async def give(world: World, dealing: Dealing) -> Pseudonymised:
    """What a desk has after asking holders under this sharing."""
    transport = world.holders.transport(world.holders.lookup, "user-1")
    return await pseudonymise(transport, dealing.config, [CITIZEN], Act.LOOKUP)


async def status_of(world: World, *tickets: str) -> int:
    body: dict[str, Any] = await world.ask([CITIZEN])
    answer = await world.send(
        "POST", "/lookups", world.a_token(), {**body, "tickets": list(tickets)}
    )
    return answer.status_code


async def has_answer(world: World, given: Pseudonymised) -> bool:
    return await status_of(world, *given.tickets) == 200


def taken_up(world: World, following: Dealing) -> World:
    """The world with an index that has the next config since this moment."""
    former = FormerConfig(world.holders.config, world.clock())
    return serving(world, KeyConfigView(following.config, [former]))


def serving(world: World, view: KeyConfigView) -> World:
    index = replace(world.index, key_configs=view)
    world.app.state.index = index  # type: ignore[attr-defined]
    return replace(world, index=index)


async def restarted(world: World, following: Dealing, accepted: datetime) -> World:
    """The same, with an index that begins with what its database remembers."""
    async with reading(world.index.engine) as conn:
        asked = await find_first_uses(conn)
    former = FormerConfig(world.holders.config, accepted)
    view = KeyConfigView(following.config, [former], asked)
    return serving(world, view)


@pytest.mark.anyio
async def test_what_was_asked_under_the_former_epoch_is_answered(world: World) -> None:
    first, second = world.holders.dealing, share_anew(world.holders.dealing)
    asked_before = await give(world, first)
    world = taken_up(world, second)
    assert await has_answer(world, asked_before)
    change_over(world.holders, second, 1, 2, 3)
    before, after = await give(world, first), await give(world, second)
    assert before.pseudonyms == after.pseudonyms, "the key is the same"
    assert await has_answer(world, after)
    assert await has_answer(world, before)


@pytest.mark.anyio
async def test_a_ticket_of_each_sharing_is_no_pair(world: World) -> None:
    first, second = world.holders.dealing, share_anew(world.holders.dealing)
    world = taken_up(world, second)
    change_over(world.holders, second, 1, 2, 3)
    old, new = await give(world, first), await give(world, second)
    for pair in (
        (old.tickets[0], new.tickets[1]),
        (new.tickets[0], old.tickets[1]),
        (old.tickets[0], old.tickets[0]),
    ):
        assert await status_of(world, *pair) == 403


@pytest.mark.anyio
async def test_the_tickets_of_a_holder_that_left_end_with_the_overlap(
    world: World,
) -> None:
    """Its ticket key may be with a thief; with one more it names whom it likes."""
    first = world.holders.dealing
    second = share_anew(first, replaced=2)
    world = taken_up(world, second)
    assert await has_answer(world, await give(world, first))
    after = LONGEST_OVERLAP - timedelta(hours=1)
    world.clock.forward(after)
    assert await has_answer(world, await give(world, first)), "nobody went on yet"
    change_over(world.holders, second, 1, 3)
    world.index.key_configs.note_asked({second.config.place: world.clock()})
    world.clock.forward(EPOCH_OVERLAP + TICKET_LIFETIME + CLOCK_LEEWAY - SECOND)
    assert await has_answer(world, await give(world, first))
    world.clock.forward(SECOND)
    assert not await has_answer(world, await give(world, first))


@pytest.mark.anyio
async def test_what_another_process_saw_ends_the_former_sharing_too(
    world: World,
) -> None:
    first = world.holders.dealing
    second = share_anew(first)
    another = taken_up(world, second)
    one = await restarted(world, second, world.clock())
    assert await has_answer(one, await give(world, first))
    change_over(world.holders, second, 1, 2, 3)
    serving(another, another.index.key_configs)
    assert await has_answer(another, await give(world, second))
    world.clock.forward(EPOCH_OVERLAP + TICKET_LIFETIME + CLOCK_LEEWAY)
    serving(one, one.index.key_configs)
    assert not await has_answer(one, await give(world, first))


@pytest.mark.anyio
async def test_a_restart_begins_no_overlap_anew(world: World) -> None:
    """Who has a former share and can have the index restart would keep it worth much.

    The first pair counts, also where its lookup came to nothing.
    """
    first = world.holders.dealing
    second = share_anew(first)
    world = taken_up(world, second)
    change_over(world.holders, second, 1, 2, 3)
    accepted = world.clock()
    world.clock.forward(timedelta(hours=3))
    assert await has_answer(world, await give(world, second))
    asked = world.clock()
    for _ in range(2):
        world.clock.forward(EPOCH_OVERLAP / 2)
        world = await restarted(world, second, accepted)
        assert await has_answer(world, await give(world, second))
    async with reading(world.index.engine) as conn:
        assert (await find_first_uses(conn)) == {second.config.place: asked}
    world.clock.forward(TICKET_LIFETIME + CLOCK_LEEWAY - SECOND)
    assert await has_answer(world, await give(world, first))
    world.clock.forward(SECOND)
    world = await restarted(world, second, accepted)
    assert not await has_answer(world, await give(world, first))


@pytest.mark.anyio
async def test_the_former_sharing_ends_after_a_week_also_when_nobody_goes_on(
    world: World,
) -> None:
    first = world.holders.dealing
    world = taken_up(world, share_anew(first))
    world.clock.forward(LONGEST_OVERLAP - SECOND)
    assert await has_answer(world, await give(world, first))
    world.clock.forward(SECOND)
    assert not await has_answer(world, await give(world, first))
