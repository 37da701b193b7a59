"""Officer and watchman see how far a rotation is, and that one stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from keys.pseudonym import KeyVersion
from tests.row_key_builders import Rotation

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def read(rotation: Rotation, path: str) -> dict[str, Any]:
    world = rotation.world
    answer = await world.send("GET", path, world.an_officer())
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def stages(rotation: Rotation) -> list[str]:
    """Give what page and health say: the same, of what follows from no entry."""
    shown = (await read(rotation, "/keys"))["rotations"]
    assert (await read(rotation, "/health"))["rotations"] == shown
    return [one["stage"] for one in shown]


async def test_rows_that_move_are_shown_from_begin_to_end(rotation: Rotation) -> None:
    assert await stages(rotation) == []
    await rotation.begin()
    assert await stages(rotation) == ["row-key-announced"]
    await rotation.require()
    assert await stages(rotation) == ["row-key-required"]
    await rotation.put_to_use()
    assert await stages(rotation) == ["row-key-moving"]
    await rotation.close()
    assert await stages(rotation) == ["row-key-closed"]
    await rotation.move()
    await rotation.finish()
    assert await stages(rotation) == []


async def test_the_next_version_of_the_key_is_shown_until_the_former_is_gone(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = rotation.world.index
    held = index.keys.scalars
    monkeypatch.setitem(held, KeyVersion(2), held[KeyVersion(1)])
    assert await stages(rotation) == ["key-made"]
    config = index.key_config
    index.key_configs.current = config.model_copy(update={"key_version": KeyVersion(2)})
    (one,) = (await read(rotation, "/keys"))["rotations"]
    assert (one["stage"], one["since"], one["until"]) == ("key-overlap", None, None)
    monkeypatch.delitem(held, KeyVersion(1))
    assert await stages(rotation) == []


async def test_one_that_stands_still_for_a_week_is_a_warning(
    rotation: Rotation,
) -> None:
    await rotation.begin()
    before = await read(rotation, "/health")
    rotation.world.clock.forward(timedelta(days=8))
    after = await read(rotation, "/health")
    assert (before["status"], after["status"]) == ("ok", "warning")
    assert after["keyConfig"]["warning"] == "none"
