"""A colleague who takes over, by hand, signals that nobody gave them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from signal_index.follows import OFFERED_DAYS
from signal_index.ledger import Group
from signal_index.tables.ledger import ledger_entry
from signal_index.wire.signals import Notice
from tests.builders import a_contact_holder, a_withdrawal
from tests.hand_builders import (
    a_hand_notice,
    a_hand_signaller,
    give,
    offer,
    open_hand_signals,
    pass_on,
    take_back,
    take_over,
)
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.store_builders import owning
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


@pytest.fixture
async def given(world: World) -> list[Notice]:
    """Two signals that somebody gave by hand."""
    await open_hand_signals(world)
    made = [a_hand_notice(world.debt_help) for _ in "12"]
    for number, notice in enumerate(made, start=1):
        answer = await give(world, world.debt_help, notice, a_bsn(number))
        assert answer.status_code == 200, answer.text
    return made


async def called(world: World) -> set[str]:
    parts = await world.look_up([a_bsn(1), a_bsn(2)])
    return {one["contactHolder"]["function"] for part in parts for one in part["flags"]}


async def test_both_persons_stand_in_the_ledger_and_others_call_the_colleague(
    world: World, given: list[Notice]
) -> None:
    agency, colleague = world.debt_help, uuid.uuid4()
    said = a_contact_holder(function="Begeleider")
    assert (await world.put_contact(agency, said, contact=colleague)).is_success
    answer = await pass_on(world, agency, given, colleague)
    assert answer.status_code == 204, answer.text
    assert await called(world) == {"Begeleider"}
    found = {
        str((one[Group.WHAT] or {})["act"]): one
        for one in await open_entries(world, "administration")
    }
    offered, taken = found["hand-signals-offered"], found["hand-signals-taken-over"]
    assert offered[Group.WHO] == {"sub": "ib-1"}
    assert taken[Group.WHO] == {"sub": "ib-2"}
    before, what = offered[Group.WHAT] or {}, taken[Group.WHAT] or {}
    assert (what["takenFrom"], what["to"]) == ("ib-1", str(colleague))
    assert what["references"] == before["references"]
    assert before["references"] == sorted(str(one.reference) for one in given)


@pytest.mark.parametrize(
    "attempt",
    ["more than was offered", "own", "past", "made up", "elsewhere", "without role"],
)
async def test_nothing_is_taken_that_was_not_offered_to_them(
    world: World, given: list[Notice], attempt: str
) -> None:
    agency, other = world.debt_help, world.income_support
    before = await called(world)
    colleague = uuid.uuid4()
    said = a_contact_holder(function="Begeleider")
    assert (await world.put_contact(agency, said, contact=colleague)).is_success
    offered, wanted = await offer(world, agency, given[:1]), given[:1]
    token = a_hand_signaller(world, agency, sub="ib-2")
    if attempt == "more than was offered":
        wanted = given
    elif attempt == "own":
        token = a_hand_signaller(world, agency)
    elif attempt == "past":
        world.clock.forward(timedelta(days=OFFERED_DAYS + 1))
        token = a_hand_signaller(world, agency, sub="ib-2")
    elif attempt == "made up":
        offered = str(uuid.uuid4())
    elif attempt == "elsewhere":
        token = a_hand_signaller(world, other, sub="ib-2")
    else:
        token = a_hand_signaller(world, agency, sub="ib-2", roles=["generalist"])
    answer = await take_over(world, offered, wanted, token, colleague)
    said_of = answer.json()["type"].rpartition("/")[2]
    refused = "caller-not-allowed" if attempt == "without role" else "unknown-offer"
    assert said_of == refused
    assert await called(world) == before


async def test_an_entry_that_is_no_offer_opens_nothing(
    world: World, given: list[Notice]
) -> None:
    agency = world.debt_help
    assert (await pass_on(world, agency, given)).status_code == 204
    kind = ledger_entry.c.kind == "administration"
    async with owning(world.engine) as conn:
        entries = await conn.scalars(select(ledger_entry.c.entry_id).where(kind))
        found = [str(one) for one in entries]
    token = a_hand_signaller(world, agency, sub="ib-2")
    answers = [await take_over(world, one, given, token) for one in found]
    statuses = sorted(one.status_code for one in answers)
    assert statuses == [204, *[404] * (len(found) - 1)]


async def test_of_what_ended_since_nothing_passes(
    world: World, given: list[Notice]
) -> None:
    agency = world.debt_help
    offered = await offer(world, agency, given)
    assert (await take_back(world, agency, a_withdrawal(given[0]))).is_success
    token = a_hand_signaller(world, agency, sub="ib-2")
    answer = await take_over(world, offered, given, token)
    assert answer.json()["type"].endswith("/unknown-signal")
    left = await take_over(world, offered, given[1:], token)
    assert left.status_code == 204, left.text
