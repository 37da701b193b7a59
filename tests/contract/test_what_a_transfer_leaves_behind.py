"""After a transfer the right one can still show, change and end each signal."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from signal_index.store.signals import Ending, bury_signals
from signal_index.wire.values import Label, Oin
from tests.builders import a_contact_holder, a_notice, a_withdrawal
from tests.citizen_builders import CitizensDesk
from tests.hand_builders import (
    a_hand_notice,
    a_hand_signaller,
    give,
    open_hand_signals,
    take_back,
)
from tests.holders_builders import a_bsn
from tests.policy_officers import approve, send
from tests.store_builders import owning
from tests.transfer_builders import DEBTS, a_successor, a_transfer, withdraw
from tests.world import Agency, World
from tests.world_registry import MUNICIPALITY

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


async def pass_on(world: World, body: object) -> int:
    """Ask and approve; gives the status of the approval."""
    status, asked = await send(world, "/transfers", body)
    assert status == 201, asked
    return (await approve(world, {"id": asked["approvalId"]}))[0]


async def there_and_back(world: World, successor: Agency) -> None:
    assert await pass_on(world, a_transfer(world, successor)) == 200
    back = {"source": successor.oin, "successor": world.debt_help.oin}
    back["reason"] = "task-moved"
    assert await pass_on(world, {**back, "categories": [DEBTS]}) == 200


async def flags(world: World) -> list[str]:
    (part,) = await world.look_up([ONE])
    return [one["organisation"] for one in part["flags"]]


async def sources_of(world: World) -> list[str]:
    (part,) = await world.look_up([ONE])
    return [one["organisation"] for one in part["sources"] if one["category"] == DEBTS]


async def test_who_handed_over_everything_is_not_said_to_know_nobody(
    world: World,
) -> None:
    """It is told of again once it gives a signal anew; another kind stays told of."""
    await world.publish(world.debt_help, [ONE])
    (before,) = await sources_of(world)
    successor = await a_successor(world)
    assert await pass_on(world, a_transfer(world, successor)) == 200
    world.index.standing.forget()
    (after,) = await sources_of(world)
    assert after != before
    await world.publish(world.debt_help, [TWO])
    world.index.standing.forget()
    assert set(await sources_of(world)) == {before, after}


async def corrections_of(world: World, agency: Agency) -> list[dict[str, Any]]:
    token = world.a_source_token(agency)
    answer = await world.send("GET", "/own-corrections", token)
    return list(answer.json()["items"])


async def a_team(world: World) -> str:
    """Register a second contact holder of the first source."""
    team = uuid4()
    said = a_contact_holder(function=Label("Regisseur"))
    await world.put_contact(world.debt_help, said, contact=team)
    return str(team)


async def test_a_restriction_that_was_answered_ends_where_the_signal_went(
    world: World, tmp_path: Path
) -> None:
    await world.publish(world.debt_help, [ONE])
    desk = CitizensDesk(world, tmp_path)
    (signal,) = (await desk.report(ONE))["signals"]
    entered = await desk.enter_correction(signal, restrict=True)
    assert (await desk.answer(entered, "changed")).status_code == 204
    successor = await a_successor(world)
    assert await pass_on(world, a_transfer(world, successor)) == 200
    assert await flags(world) == []
    path = f"/corrections/{entered['id']}/release"
    told = {"citizenTold": True, "answer": "changed"}
    assert (await desk.send("POST", path, told)).status_code == 204
    assert await flags(world) == ["Schuldhulp Samen"]


async def test_what_is_entered_after_a_transfer_is_of_who_has_the_signal(
    world: World, tmp_path: Path
) -> None:
    await world.publish(world.debt_help, [ONE])
    successor = await a_successor(world)
    assert await pass_on(world, a_transfer(world, successor)) == 200
    desk = CitizensDesk(world, tmp_path)
    (signal,) = (await desk.report(ONE))["signals"]
    entered = await desk.enter_correction(signal, restrict=True)
    assert await corrections_of(world, world.debt_help) == []
    assert len(await corrections_of(world, successor)) == 1
    assert (await desk.answer(entered)).status_code == 404


async def test_a_signal_that_came_back_is_ended_and_passed_on_as_any_other(
    world: World,
) -> None:
    kept, ended, buried = await world.publish(world.debt_help, [ONE, TWO, a_bsn(3)])
    successor = await a_successor(world)
    await there_and_back(world, successor)
    assert (await withdraw(world, world.debt_help, ended)).status_code == 200
    async with owning(world.engine) as conn:  # as the register of persons has it
        gone = Ending(a_withdrawal(buried), DEBTS, MUNICIPALITY)
        await bury_signals(conn, [gone], world.index.keys, now=world.clock())
    assert await pass_on(world, a_transfer(world, successor)) == 200
    assert await flags(world) == ["Schuldhulp Samen"]
    refused = await withdraw(world, world.debt_help, kept)
    assert refused.status_code == 409


async def test_a_correction_stays_with_a_signal_that_came_back(
    world: World, tmp_path: Path
) -> None:
    """Another team passes on: what is disputed here does not wander along."""
    await world.publish(world.debt_help, [ONE])
    successor = await a_successor(world)
    await there_and_back(world, successor)
    team = await a_team(world)
    await world.publish(world.debt_help, [TWO], contactHolder=team)
    desk = CitizensDesk(world, tmp_path)
    (signal,) = (await desk.report(ONE))["signals"]
    await desk.enter_correction(signal, restrict=True)
    assert await pass_on(world, a_transfer(world, successor, contacts=[team])) == 200
    first, second = world.debt_help, successor
    assert len(await corrections_of(world, first)) == 1
    assert await corrections_of(world, second) == []


async def test_what_a_person_gave_is_the_deliverys_at_a_source_with_an_export(
    world: World,
) -> None:
    await open_hand_signals(world)
    notice = a_hand_notice(world.debt_help)
    await give(world, world.debt_help, notice, ONE)
    successor = await a_successor(world)
    assert await pass_on(world, a_transfer(world, successor)) == 200
    own = {"source": Oin(successor.oin), "category": DEBTS, "version": 2}
    newer = a_notice(successor.contact, reference=notice.reference, **own)
    answer = await world.send_batch(successor, [newer], [ONE])
    assert [one["outcome"] for one in answer.json()["results"]] == ["accepted"]
    assert (await withdraw(world, successor, newer)).status_code == 200
    assert await flags(world) == []


async def test_what_a_delivery_told_is_a_persons_at_a_source_without_an_export(
    world: World,
) -> None:
    await open_hand_signals(world)
    (notice,) = await world.publish(world.debt_help, [ONE])
    successor = await a_successor(world, by_hand=True)
    assert await pass_on(world, a_transfer(world, successor)) == 200
    gone = a_withdrawal(notice).model_copy(update={"source": Oin(successor.oin)})
    token = a_hand_signaller(world, successor)
    assert (await take_back(world, successor, gone, token)).status_code == 200
    assert await flags(world) == []


async def test_a_transfer_of_nothing_is_refused_with_the_word(world: World) -> None:
    """Asked for one team; before the second person looked it had handed over."""
    team = await a_team(world)
    await world.publish(world.debt_help, [ONE], contactHolder=team)
    successor = await a_successor(world)
    asked = a_transfer(world, successor, contacts=[team])
    status, made = await send(world, "/transfers", asked)
    assert status == 201
    to = {"to": str(world.debt_help.contact)}
    token = world.a_source_token(world.debt_help)
    path = f"/contact-holders/{team}/hand-over"
    assert (await world.send("POST", path, token, to)).status_code < 300
    status, said = await approve(world, {"id": made["approvalId"]})
    assert (status, said["type"].rsplit("/", 1)[-1]) == (409, "transfer-outdated")
    assert await flags(world) == ["Bureau debt-help"]
