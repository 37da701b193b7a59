"""A source is spared what it knows already, and of nothing else does it hear less.

"Already known" of the same two keeps lookups from a source for 90 days. The faults that
this looks for: what else is said meanwhile reaches nobody, an older word holds, or a
source hears that something was taken back which was never said.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from signal_index.store.connect import transaction
from signal_index.wire.notice_order import find_former
from signal_index.wire.notices import ReturnNotice
from tests.follow_builders import erase
from tests.holders_builders import a_bsn
from tests.notice_builders import lead, read, switch_on
from tests.world import World

pytestmark = pytest.mark.anyio
KNOWN = a_bsn(1)


@pytest.fixture
async def world(world: World) -> World:
    await switch_on(world)
    await world.publish(world.debt_help, [KNOWN])
    return world


async def put_in(
    world: World, entry: str, outcome: str | None, flag: int | None = 0
) -> None:
    path, body = f"/lookups/{entry}/outcome", {"outcome": outcome, "flag": flag}
    answer = await world.send("POST", path, world.a_token(), body)
    assert answer.status_code == 204, answer.text


async def say(
    world: World, entry: str, outcome: str | None, flag: int | None = 0
) -> None:
    await put_in(world, entry, outcome, flag)
    await lead(world)


async def look_up(world: World) -> tuple[str, bool]:
    """Look the known person up; gives the entry, and whether the source heard of it."""
    before = await read(world, world.debt_help)
    (part,) = await world.look_up([KNOWN])
    await lead(world)
    return part["entryId"], len(await read(world, world.debt_help)) > len(before)


async def test_what_is_said_of_a_flag_in_the_silence_is_told_and_ends_it(
    world: World,
) -> None:
    first, _ = await look_up(world)
    await say(world, first, "already-known")
    world.clock.forward(timedelta(days=5))
    second, is_heard = await look_up(world)
    assert not is_heard
    told = await read(world, world.debt_help)
    await say(world, second, "already-known")  # nothing new to anybody
    assert await read(world, world.debt_help) == told
    await say(world, second, "citizen-says-ended")
    (said,) = [one for one in await read(world, world.debt_help) if one not in told]
    assert (said["kind"], said["outcome"]) == ("outcome", "citizen-says-ended")
    assert said["lookedUp"]["organisation"] == "Gemeente Voorbeeld"
    _, is_heard = await look_up(world)
    assert is_heard


async def test_what_is_taken_back_in_the_silence_ends_it_and_is_told(
    world: World,
) -> None:
    first, _ = await look_up(world)
    await say(world, first, "already-known")
    world.clock.forward(timedelta(days=1))
    second, _ = await look_up(world)
    for outcome in ("contact-made", "already-known", None):
        world.clock.forward(timedelta(seconds=1))
        await say(world, second, outcome)
    told = [
        ReturnNotice.model_validate_json(json.dumps(one))
        for one in await read(world, world.debt_help)
    ]
    (newest,) = [one for one in told if one.kind == "outcome" and not one.outcome]
    former = [one.outcome for one in find_former(told)[newest.id]]
    assert former == ["already-known", "contact-made"]
    assert (await look_up(world))[1]


async def test_what_was_said_last_holds_in_whatever_order_boxes_are_opened(
    world: World,
) -> None:
    """Eight of one round: by chance one of the 256 orders is that of what was said."""
    first, _ = await look_up(world)
    for count in range(8):
        world.clock.forward(timedelta(seconds=1))
        await put_in(world, first, None if count % 2 else "already-known")
    await lead(world)
    assert (await look_up(world))[1]
    world.clock.forward(timedelta(seconds=1))
    await say(world, first, "already-known")
    assert not (await look_up(world))[1]


async def test_a_silence_holds_ninety_days_whatever_was_said_before_it(
    world: World,
) -> None:
    for outcome, days in (("contact-made", 60), ("already-known", 31)):
        entry, is_heard = await look_up(world)
        assert is_heard
        await say(world, entry, outcome)
        world.clock.forward(timedelta(days=days))
        await erase(world)
    entry, is_heard = await look_up(world)  # what was said first is over for long
    assert not is_heard
    world.clock.forward(timedelta(days=30))
    await erase(world)
    await say(world, (await look_up(world))[0], "contact-made")
    for _ in range(2):
        assert (await look_up(world))[1]
        world.clock.forward(timedelta(days=40))


async def test_the_same_is_said_again_after_ninety_days_before_anything_is_erased(
    world: World,
) -> None:
    for _ in range(3):
        entry, is_heard = await look_up(world)
        assert is_heard
        await say(world, entry, "contact-made")
        world.clock.forward(timedelta(days=91))


async def test_nobody_hears_of_taking_back_what_was_never_said_or_of_a_whole_lookup(
    world: World,
) -> None:
    await world.publish(world.income_support, [KNOWN])
    entry, _ = await look_up(world)
    before = await read(world, world.debt_help)
    await say(world, entry, None)
    await say(world, entry, "already-known", None)
    assert await read(world, world.debt_help) == before
    assert (await look_up(world))[1]
    await say(world, entry, "contact-made")
    for _ in range(2):
        await say(world, entry, None)
    told = [
        *await read(world, world.debt_help),
        *await read(world, world.income_support),
    ]
    said = [one["outcome"] for one in told if one["kind"] == "outcome"]
    assert sorted(said, key=str) == [None, "contact-made"]


async def test_a_word_that_was_altered_silences_nobody(world: World) -> None:
    first, _ = await look_up(world)
    await say(world, first, "already-known")
    assert not (await look_up(world))[1]
    async with transaction(world.engine) as conn:
        await conn.execute(text("UPDATE notice_damping SET sealed = zeroblob(92)"))
    assert (await look_up(world))[1]
