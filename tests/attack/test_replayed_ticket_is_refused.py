"""Somebody has two tickets and tries to use them again, or for something else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.holders_builders import a_bsn
from tests.ledger_reading import count_entries
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)
Change = Callable[[dict[str, Any]], dict[str, Any]]


async def _status(world: World, body: object, **claims: object) -> int:
    answer = await world.send("POST", "/lookups", world.a_token(**claims), body)
    return answer.status_code


async def test_spent_tickets_open_no_other_person(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        other = await world.ask([TWO])
        assert await _status(world, body) == 200
        assert await _status(world, {**other, "tickets": body["tickets"]}) == 403


async def test_spent_tickets_open_no_other_purpose(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        assert await _status(world, body) == 200
        changed = {**body, "purpose": "wmo-onderzoek", "legalBasis": "wmo-2015-2.3.2"}
        assert await _status(world, changed) == 403


async def test_the_same_again_within_five_minutes_is_answered(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        assert await _status(world, body) == 200
        world.clock.forward(timedelta(minutes=4, seconds=59))
        assert await _status(world, body) == 200


async def test_the_same_again_after_five_minutes_is_refused(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        assert await _status(world, body) == 200
        world.clock.forward(timedelta(minutes=5))
        assert await _status(world, body) == 403


async def test_a_repeat_is_recorded_as_one(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        for _ in range(2):
            assert await _status(world, body) == 200
        assert await count_entries(world, "lookup") == 2
        assert await count_entries(world, "lookup", repeat=True) == 1


async def test_one_spent_and_one_fresh_ticket_open_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        fresh = await world.ask([ONE])
        assert await _status(world, body) == 200
        mixed = [body["tickets"][0], fresh["tickets"][1]]
        assert await _status(world, {**fresh, "tickets": mixed}) == 403


async def test_of_many_at_once_with_the_same_tickets_one_is_answered(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        others = [
            {**await world.ask([a_bsn(n)]), "tickets": body["tickets"]}
            for n in range(2, 8)
        ]
        statuses = await asyncio.gather(*(_status(world, o) for o in [body, *others]))
        assert sorted(statuses) == [200] + [403] * 6


@pytest.mark.parametrize(
    "change",
    [
        lambda body: {**body, "tickets": body["tickets"][:1]},
        lambda body: {**body, "tickets": body["tickets"][:1] * 2},
        lambda body: {**body, "tickets": []},
        lambda body: {**body, "tickets": ["a.b.c", "d.e.f"]},
    ],
)
async def test_tickets_that_do_not_hold_are_refused_and_recorded(
    tmp_path: Path, change: Change
) -> None:
    async with open_world(tmp_path) as world:
        body = change(await world.ask([ONE]))
        assert await _status(world, body) == 403
        assert await count_entries(world, "ticket-refused") == 1
        assert await count_entries(world, "lookup") == 0


async def test_tickets_of_another_user_are_refused(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE], subject="user-2")
        assert await _status(world, body) == 403


async def test_tickets_that_have_expired_are_refused(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        world.clock.forward(timedelta(minutes=15))
        assert await _status(world, body) == 403


async def test_a_refusal_by_the_policy_does_not_spend_the_tickets(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([ONE])
        assert await _status(world, {**body, "caseReference": None}) == 403
        assert await _status(world, body) == 200
