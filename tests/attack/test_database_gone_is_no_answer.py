"""The database goes away: nobody gets in on what was true before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.holders_builders import a_bsn
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


def _take_away(world: World) -> None:
    def gone(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, OSError("gone"))

    event.listen(world.engine.sync_engine, "before_cursor_execute", gone)


@pytest.mark.parametrize("path", ["/health", "/catalogue", "/ledger/checkpoint"])
async def test_every_route_says_503(tmp_path: Path, path: str) -> None:
    async with open_world(tmp_path) as world:
        _take_away(world)
        world.clock.forward(timedelta(seconds=10))
        answer = await world.send("GET", path, world.a_token())
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_a_lookup_says_503_and_reveals_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.publish(world.debt_help, [a_bsn(1)])
        body = await world.ask([a_bsn(1)])
        _take_away(world)
        answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 503
    assert "flags" not in answer.text


async def test_a_suspended_account_does_not_get_in_while_it_is_gone(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_token()
        assert (await world.send("GET", "/catalogue", token)).status_code == 200
        _take_away(world)
        world.clock.forward(timedelta(seconds=11))
        assert (await world.send("GET", "/catalogue", token)).status_code == 503
