"""A source goes on or ends what the citizen says has ended: who said so may know."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from policy.vocabulary import LoopActId
from signal_index.ledger import Group
from signal_index.wire.signals import Notice
from tests.citizen_builders import CitizensDesk
from tests.hand_builders import a_hand_notice, a_hand_signaller, give, open_hand_signals
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.notice_builders import TABLES, dump, lead, read, say_of_flag, switch_on
from tests.transfer_builders import withdraw
from tests.trial_builders import take_back
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)
ENDED = "citizen-says-ended"
OPEN = (LoopActId.NOTICE_OF_LOOKUP, LoopActId.ANSWER)


@pytest.fixture
async def world(world: World) -> World:
    await switch_on(world, *OPEN)
    return world


async def answers(world: World, **who: object) -> list[dict[str, Any] | None]:
    """What stands at each own flag."""
    answer = await world.send("GET", "/own-lookups", world.a_token(**who))
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return [flag["answer"] for one in items for flag in one["flags"] or ()]


async def pass_on(
    world: World, outcome: str = ENDED, *, is_read: bool = True, **asked: object
) -> str:
    """Look ONE up, pass on what the citizen says; its source reads that."""
    (part,) = await world.look_up([ONE], **asked)
    await lead(world)
    await say_of_flag(world, part["entryId"], outcome, 0)
    await lead(world)
    if is_read:
        await read(world, world.debt_help)
    return str(part["entryId"])


async def confirm(world: World, notice: Notice) -> None:
    path = f"/hand-signals/{notice.reference}/confirmation"
    token = a_hand_signaller(world, world.debt_help)
    answer = await world.send("POST", path, token, {})
    assert answer.status_code == 204, answer.text


async def test_who_passed_it_on_reads_that_help_ended_and_never_why(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await pass_on(world)
    assert await answers(world) == [None]
    await withdraw(world, world.debt_help, notice)
    assert await answers(world) == [{"how": "ended", "on": None}]
    told = [one[Group.WHAT] for one in await open_entries(world, "own-history")]
    assert sorted(str(one["answers"]) for one in told if one) == ["0", "1"]


async def test_or_that_it_goes_on_by_its_own_word_until_it_is_said_anew(
    world: World,
) -> None:
    await open_hand_signals(world)
    notice = a_hand_notice(world.debt_help)
    await give(world, world.debt_help, notice, ONE)
    entry = await pass_on(world)
    await confirm(world, notice)
    today = world.clock().date().isoformat()
    assert await answers(world) == [{"how": "goes-on", "on": today}]
    await say_of_flag(world, entry, "contact-made", 0)
    assert await answers(world) == [None]
    await say_of_flag(world, entry, ENDED, 0)
    await lead(world)
    await read(world, world.debt_help)
    assert await answers(world) == [None], "that was the answer to another saying"


async def test_or_that_its_registration_names_it_again_on_a_later_day(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await pass_on(world)
    again = notice.model_copy(update={"version": 2})
    await world.send_batch(world.debt_help, [again], [ONE])
    assert await answers(world) == [None], "that may have been sent before"
    world.clock.forward(timedelta(days=1))
    await world.send_batch(
        world.debt_help, [notice.model_copy(update={"version": 3})], [ONE]
    )
    today = world.clock().date().isoformat()
    assert await answers(world) == [{"how": "told-again", "on": today}]


@pytest.mark.parametrize("outcome", ["contact-made", "not-reachable", "already-known"])
async def test_of_what_the_citizen_did_not_say_nothing_comes_back(
    world: World, outcome: str
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await pass_on(world, outcome)
    await withdraw(world, world.debt_help, notice)
    assert await answers(world) == [None]


async def test_nobody_else_reads_it_nor_after_two_weeks(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await pass_on(world)
    await withdraw(world, world.debt_help, notice)
    assert await answers(world, sub="user-2") == []
    assert await answers(world, roles=["generalist-safety"]) == [None]
    world.clock.forward(timedelta(days=14))
    assert await answers(world) == []


async def test_nothing_is_read_that_the_source_was_not_asked(world: World) -> None:
    """That its signal goes is then no answer: the flag's going alone would be told."""
    (notice,) = await world.publish(world.debt_help, [ONE])
    await pass_on(world, is_read=False)
    await withdraw(world, world.debt_help, notice)
    assert await answers(world) == [None]


async def test_while_the_act_is_closed_nothing_comes_back(small: World) -> None:
    await switch_on(small, LoopActId.NOTICE_OF_LOOKUP)
    (notice,) = await small.publish(small.debt_help, [ONE])
    await pass_on(small)
    await withdraw(small, small.debt_help, notice)
    assert await answers(small) == [None]


async def test_under_an_embargo_nothing_comes_back(
    world: World, tmp_path: Path
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await CitizensDesk(world, tmp_path).place_embargo(ONE)
    await pass_on(world)
    await withdraw(world, world.debt_help, notice)
    assert await answers(world) == [None]


async def test_of_what_a_lookup_may_not_show_nothing_comes_back(world: World) -> None:
    """Its source says that help goes on while a correction keeps it from view."""
    await open_hand_signals(world)
    notice = a_hand_notice(world.debt_help)
    await give(world, world.debt_help, notice, ONE)
    await pass_on(world)
    body = {
        "source": world.debt_help.oin,
        "signalReference": str(notice.reference),
        "reason": "no-contact",
        "receivedOn": world.clock().date().isoformat(),
        "restrict": True,
    }
    answer = await world.send("POST", "/corrections", world.an_officer(), body)
    assert answer.status_code == 201, answer.text
    await confirm(world, notice)
    assert await answers(world) == [None]


async def test_a_source_that_is_not_live_says_nothing(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await pass_on(world)
    await withdraw(world, world.debt_help, notice)
    await take_back(world, world.debt_help)
    assert await answers(world) == [None]


async def test_answering_writes_nothing_for_who_waits(small: World) -> None:
    """A source cannot tell by its own act whether somebody waits for the answer."""
    world = small
    await switch_on(world, *OPEN)
    notices = await world.publish(world.debt_help, [ONE, TWO])
    await pass_on(world)
    before = {one: await dump(world, one) for one in TABLES}
    first, second = [
        await withdraw(world, world.debt_help, notice) for notice in notices
    ]
    assert (first.status_code, len(first.content)) == (
        second.status_code,
        len(second.content),
    )
    assert {one: await dump(world, one) for one in TABLES} == before
