"""The database is lost at COMMIT: the index does not know, and says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.holders_builders import a_bsn
from tests.world import World, open_world, restarted

pytestmark = pytest.mark.anyio


class LostCommit:
    """Loses the connection at the next so many commits."""

    def __init__(self, world: World, *, times: int) -> None:
        self.left = times
        self.seen = 0
        event.listen(world.engine.sync_engine, "commit", self)

    def __call__(self, _connection: object) -> None:
        self.seen += 1
        if self.left:
            self.left -= 1
            raise OperationalError("COMMIT", {}, OSError("lost"))


async def test_an_unknown_commit_is_503_and_is_not_tried_again(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([a_bsn(1)])
        token = world.a_token()
        await world.send("GET", "/catalogue", token)
        lost = LostCommit(world, times=1)
        answer = await world.send("POST", "/lookups", token, body)
        assert answer.status_code == 503
        assert answer.json()["type"].endswith("/commit-unknown")
        assert answer.headers["retry-after"]
        assert lost.seen == 1


async def test_asking_the_same_again_after_it_is_answered(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([a_bsn(1)])
        token = world.a_token()
        await world.send("GET", "/catalogue", token)
        LostCommit(world, times=1)
        await world.send("POST", "/lookups", token, body)
        async with restarted(world) as again:
            answer = await again.send("POST", "/lookups", token, body)
        assert answer.status_code == 200


async def test_gathered_lookups_all_hear_that_it_is_unknown(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_token()
        bodies = [await world.ask([a_bsn(number)]) for number in range(1, 6)]
        await world.send("GET", "/catalogue", token)
        LostCommit(world, times=9)
        answers = await asyncio.gather(
            *(world.send("POST", "/lookups", token, body) for body in bodies)
        )
    assert {answer.status_code for answer in answers} == {503}
