"""Rows move to another row key while everybody goes on; on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from signal_index.errors import RowKeyBusy
from signal_index.tables.follows import follow
from signal_index.upkeep.row_moving import moving_alone
from tests.citizen_builders import CitizensDesk
from tests.follow_builders import changed
from tests.match_builders import run_matches
from tests.notice_builders import (
    acknowledge_everything,
    everything_told,
    lead,
    read_page,
)
from tests.row_key_builders import (
    BOTH,
    FOLLOWED,
    HELD,
    Rotation,
    a_row_key,
    bytes_in,
    fill,
    look_at_everything,
)
from tests.store_builders import owning

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


class Killed(Exception):
    """The command is killed between two parts."""


async def test_everybody_reads_the_same_before_in_the_middle_and_after(
    rotation: Rotation, tmp_path: Path
) -> None:
    await fill(rotation, tmp_path)
    before = await look_at_everything(rotation, tmp_path)
    assert [len(one) for one in before["flags"]] == [1, 2, 2]
    assert [len(one) for one in before["matches"]] == [1, 1]
    assert before["dead"] == ["refused"]
    named = await bytes_in(rotation)

    await rotation.begin()
    assert await look_at_everything(rotation, tmp_path) == before
    await rotation.put_to_use()
    assert await look_at_everything(rotation, tmp_path) == before

    def stop(table: str, _rows: int) -> None:
        if table == "embargo":  # signals have moved, what names their persons has not
            raise Killed

    with pytest.raises(Killed):
        await rotation.move(stop)
    assert await look_at_everything(rotation, tmp_path) == before

    counted = await rotation.move()
    assert counted.unreadable == {}
    assert await look_at_everything(rotation, tmp_path) == before
    again = await rotation.move()
    assert again.moved == 0

    await rotation.finish()
    assert await look_at_everything(rotation, tmp_path) == before
    rows = {one for one in named if len(one) == 16} - await _owners(rotation)
    assert len(rows) >= 10
    assert not rows & await bytes_in(rotation)


async def _owners(rotation: Rotation) -> set[bytes]:
    """Keyed hashes of users in follows: 16 bytes too, and not under h."""
    async with owning(rotation.world.engine) as conn:
        rows = await conn.execute(select(follow.c.owner))
        return {bytes(row.owner) for row in rows}


async def test_no_notice_is_lost_of_what_moves_before_it_is_told(
    rotation: Rotation, tmp_path: Path
) -> None:
    await fill(rotation, tmp_path)
    await everything_told(rotation.world)
    await acknowledge_everything(rotation.world)
    await rotation.begin()
    await rotation.world.look_up([BOTH, HELD])  # its boxes name rows by the old key
    await rotation.put_to_use()
    await rotation.move()
    told = await everything_told(rotation.world)
    assert sorted(one["kind"] for one in told) == ["looked-up", "looked-up"]


async def test_a_match_is_found_among_rows_under_both_keys(rotation: Rotation) -> None:
    world = rotation.world
    await world.publish(world.debt_help, [BOTH])
    await rotation.begin()
    await rotation.put_to_use()
    await world.publish(world.income_support, [BOTH])
    assert await run_matches(world) == 1


async def test_what_is_disputed_stays_so_in_a_row_that_has_not_moved_yet(
    rotation: Rotation, tmp_path: Path
) -> None:
    """A notice that comes meanwhile is restricted, and released with the others."""
    world, desk = rotation.world, CitizensDesk(rotation.world, tmp_path)
    await world.publish(world.debt_help, [FOLLOWED])
    (signal,) = (await desk.report(FOLLOWED))["signals"]
    made = await desk.enter_correction(signal, restrict=True)
    await rotation.begin()
    await rotation.put_to_use()
    await world.publish(world.debt_help, [FOLLOWED])
    assert await _flags(rotation) == 0
    await desk.answer(made)
    release = {"citizenTold": True, "answer": "facts-correct"}
    answer = await desk.send("POST", f"/corrections/{made['id']}/release", release)
    assert answer.status_code == 204, answer.text
    assert await _flags(rotation) == 2
    await rotation.move()
    assert await _flags(rotation) == 2


async def _flags(rotation: Rotation) -> int:
    (part,) = await rotation.world.look_up([FOLLOWED])
    return len(part["flags"])


async def test_two_that_move_rows_at_once_are_refused(rotation: Rotation) -> None:
    async with rotation.engine() as one, rotation.engine() as other, moving_alone(one):
        with pytest.raises(RowKeyBusy):
            async with moving_alone(other):
                pass
    async with rotation.engine() as one, moving_alone(one):
        pass


async def test_who_lacks_a_key_that_rows_stand_under_answers_nothing(
    rotation: Rotation,
) -> None:
    world = rotation.world
    await world.publish(world.debt_help, [FOLLOWED])
    await rotation.begin()
    made = rotation.files.pop(2)
    rotation.world.index.keys.ring.__init__(lambda: dict(rotation.files))  # type: ignore[misc]
    assert await _flags(rotation) == 1  # announced: nothing stands under it
    rotation.files[2] = made
    await rotation.put_to_use()
    rotation.files[2] = a_row_key()
    rotation.world.index.keys.ring.__init__(lambda: dict(rotation.files))  # type: ignore[misc]
    rotation.look()
    assert await _refused(rotation) == [(503, "row-key-missing")] * 2
    assert "row-key-2.key is not the key" in world.log.getvalue()


async def _refused(rotation: Rotation) -> list[tuple[int, str]]:
    """Give what a lookup and the health of this process say."""
    world = rotation.world
    body = await world.ask([FOLLOWED])
    answers = [
        await world.send("POST", "/lookups", world.a_token(), body),
        await world.send("GET", "/health", world.a_token()),
    ]
    return [(one.status_code, one.json()["type"].split("/")[-1]) for one in answers]


async def test_of_whom_no_key_says_nobody_is_told_and_the_list_is_there(
    rotation: Rotation, tmp_path: Path
) -> None:
    """An embargo of theirs would not be found; what else stands in a list is shown."""
    world = rotation.world
    await fill(rotation, tmp_path)
    await lead(world)
    world.index.keys.ring.__init__(lambda: {1: a_row_key()})  # type: ignore[misc]
    page = await read_page(world, world.debt_help)
    told = {one["kind"] for one in page["items"]}
    assert told == {"cover", "correction"}  # a correction names its signal, no person
    assert await changed(world) == [None]
    assert "notices-unreadable" in await lead(world, due=True)
