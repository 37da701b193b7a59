"""What the attacks on the running town do by SQL, on both databases: each does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.town.attacks.sql import find_newest, name_otherwise
from signal_index.store.connect import transaction
from signal_index.store.found_entries import compare_entries
from tests.holders_builders import a_bsn
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
async def asked(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[World, str]]:
    url = f"sqlite+aiosqlite:///{tmp_path}/index.sqlite"
    given = None
    if request.param == "postgresql":
        url = given = str(request.getfixturevalue("registered_postgres"))
    async with open_world(tmp_path, given) as world:
        await world.look_up([a_bsn(1)])
        await world.look_up([a_bsn(2)])
        yield world, url


async def count_differences(world: World) -> int:
    async with transaction(world.engine) as conn:
        found, _ = await compare_entries(conn, world.index.keys, first_kept_year=2022)
    return len(found)


async def test_a_lookup_gets_another_name_or_none_and_its_own_again(
    asked: tuple[World, str],
) -> None:
    world, url = asked
    entry, own, other = await find_newest(url)
    assert own != other
    for found in (other, None):
        assert await count_differences(world) == 0
        await name_otherwise(url, entry, found)
        assert await count_differences(world) == 1
        await name_otherwise(url, entry, own)
    assert await count_differences(world) == 0
