"""A process that is late, or lacks a file, hides nobody while rows move to another key.

Threat model, rows 770 and 771.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.cli.row_key_commands import TAKEN_UP_AFTER
from signal_index.errors import RowKeyBusy, RowKeyLeft
from signal_index.row_keys import RowKeyRing
from signal_index.store.connect import transaction
from signal_index.store.row_keys import hold_rows
from signal_index.store.standing import MAXIMUM_AGE
from tests.builders import a_notice
from tests.holders_builders import a_bsn
from tests.row_key_builders import Rotation, a_row_key, open_rotation
from tests.store_builders import owning
from tests.world import index_keys, open_world

pytestmark = pytest.mark.anyio

NEW = a_bsn(7)


@pytest.fixture(params=["sqlite", "postgresql"])
async def rotation(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Rotation]:
    is_sqlite = request.param == "sqlite"
    url = None if is_sqlite else str(request.getfixturevalue("registered_postgres"))
    async with open_rotation(tmp_path, url) as opened:
        yield opened


def test_a_key_is_required_for_longer_than_any_process_goes_on_with_what_it_knew() -> (
    None
):
    assert TAKEN_UP_AFTER > 2 * MAXIMUM_AGE


async def test_a_machine_without_the_file_stops_before_anything_moves(
    tmp_path: Path,
) -> None:
    here = {1: a_row_key()}
    keys = replace(index_keys(), ring=RowKeyRing(lambda: dict(here)))
    async with open_world(tmp_path, None, keys) as world:
        await world.publish(world.debt_help, [NEW])
        elsewhere = Rotation(world, dict(here))
        await elsewhere.begin()
        assert [len(one["flags"]) for one in await world.look_up([NEW])] == [1]
        await elsewhere.require()
        answer = await world.send(
            "POST", "/lookups", world.a_token(), await world.ask([NEW])
        )
        assert answer.status_code == 503
        here[2] = elsewhere.files[2]
        world.clock.forward(timedelta(seconds=6))
        assert [len(one["flags"]) for one in await world.look_up([NEW])] == [1]


async def test_what_is_late_is_not_written_under_a_key_that_is_closed(
    rotation: Rotation,
) -> None:
    """A publication whose process stood still since before the key was left."""
    world = rotation.world
    await rotation.begin()
    await rotation.require()
    await world.look_up([NEW])  # this process holds what stands now
    await rotation.put_to_use()
    world.clock.forward(timedelta(seconds=-6))  # and looks no more
    await rotation.close()
    await rotation.move()  # nothing stands under the first key
    notice = a_notice(world.debt_help.contact, source=world.debt_help.oin)
    late = await world.send_batch(world.debt_help, [notice], [NEW])
    assert late.status_code == 503
    again = await world.send_batch(world.debt_help, [notice], [NEW])
    assert [one["outcome"] for one in again.json()["results"]] == ["accepted"]
    await rotation.finish()
    assert [len(one["flags"]) for one in await world.look_up([NEW])] == [1]


async def test_a_key_is_closed_when_all_that_was_written_under_it_has_committed(
    rotation: Rotation,
) -> None:
    await rotation.begin()
    await rotation.put_to_use()
    async with transaction(rotation.world.engine) as conn:
        await hold_rows(conn, rotation.old)
        closing = asyncio.create_task(rotation.close())
        done, _ = await asyncio.wait({closing}, timeout=0.3)
        assert not done
    await closing
    with pytest.raises(RowKeyLeft):
        async with transaction(rotation.world.engine) as conn:
            await hold_rows(conn, rotation.old)
    async with owning(rotation.world.engine) as conn:
        await hold_rows(conn, replace(rotation.new, number=2))


async def test_nobody_waits_for_long_where_something_stands_still(
    registered_postgres: str, tmp_path: Path
) -> None:
    async with open_rotation(tmp_path, registered_postgres) as rotation:
        await rotation.begin()
        async with transaction(rotation.world.engine) as conn:
            await hold_rows(conn, rotation.old)
            with pytest.raises(RowKeyBusy):
                await rotation.close()
