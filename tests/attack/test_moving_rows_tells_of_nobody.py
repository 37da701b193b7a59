"""While rows move to another key, nobody tells from outside whom they are about."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import select, text

from keys.pseudonym import SealedRow
from signal_index.store.connect import transaction
from signal_index.store.row_moves import JOBS, Move
from signal_index.store.sealed_moves import SEALED
from signal_index.tables.signals import signal
from tests.holders_builders import a_bsn
from tests.match_builders import run_matches
from tests.notice_builders import lead
from tests.row_key_builders import (
    BOTH,
    FOLLOWED,
    HELD,
    Rotation,
    fill,
    open_rotation,
)
from tests.side_channels import Step, Watched
from tests.store_builders import owning
from tests.world import World

SIGNALLED, OTHER = a_bsn(5), a_bsn(6)


async def _ask(folder: Path, *, is_signalled: bool) -> list[Step]:
    """Ask about one person in each state of a rotation; of them or another is a row."""
    async with open_rotation(folder, None) as rotation:
        parts = {one.name: getattr(rotation.world, one.name) for one in fields(World)}
        world = Watched(**parts)
        person = SIGNALLED if is_signalled else OTHER
        # Of a kind that the purpose does not see: a flag itself is meant to be read.
        await world.publish(world.veilig_thuis, [person])
        world.watch()
        steps = (rotation.begin, rotation.put_to_use, rotation.move, rotation.finish)
        for step in steps:
            await world.look_up([SIGNALLED])
            await lead(world)
            await step()
            world.note("between")
        await world.look_up([SIGNALLED])
        world.close()
        return world.steps


def test_a_lookup_shows_the_same_in_every_state_of_a_rotation(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = asyncio.run(_ask(tmp_path / "one", is_signalled=True))
    other = asyncio.run(_ask(tmp_path / "other", is_signalled=False))
    told = [mine.find_unlike(theirs) for mine, theirs in zip(one, other, strict=True)]
    assert told == [set() for _ in one]
    asked = [step for step in one if step.name == "POST /lookups"]
    assert [step.signs["status"] for step in asked] == [200] * 5


@pytest.mark.anyio
async def test_what_is_sealed_changes_whole_covers_too_and_keeps_its_length(
    tmp_path: Path,
) -> None:
    async with open_rotation(tmp_path, None) as rotation:
        await fill(rotation, tmp_path)
        before = await _sealed(rotation)
        assert all(before.values())
        await rotation.begin()
        await rotation.put_to_use()
        await rotation.move()
        after = await _sealed(rotation)
        for table, rows in before.items():
            assert rows.keys() == after[table].keys()
            assert not set(rows.values()) & set(after[table].values())
            lengths = {id_: len(one) for id_, one in rows.items()}
            assert lengths == {id_: len(one) for id_, one in after[table].items()}


async def _sealed(rotation: Rotation) -> dict[str, dict[object, bytes]]:
    found: dict[str, dict[object, bytes]] = {}
    async with owning(rotation.world.engine) as conn:
        for table in SEALED:
            rows = await conn.execute(select(table.c.id, table.c.sealed))
            found[table.name] = {row.id: bytes(row.sealed) for row in rows}
    return found


@pytest.mark.anyio
async def test_rows_move_in_the_order_of_their_names_whoever_they_are_about(
    tmp_path: Path,
) -> None:
    """So a copy that is taken in the middle brings no two rows of a person together."""
    async with open_rotation(tmp_path, None) as rotation:
        world = rotation.world
        people = [a_bsn(number) for number in range(1, 30)]
        for agency in (world.debt_help, world.income_support):
            await world.publish(agency, people)
        await rotation.begin()
        await rotation.put_to_use()
        names = sorted(await _names(rotation))
        part = JOBS[0].part
        move = Move(rotation.new, rotation.old, world.index.keys)
        async with rotation.engine() as engine, transaction(engine) as conn:
            await part(conn, move, names[len(names) // 2])
        left = await _names(rotation)
        assert set(names[: len(names) // 2 + 1]) <= left
        assert left.isdisjoint(names[len(names) // 2 + 1 :])


async def _names(rotation: Rotation) -> set[bytes]:
    async with owning(rotation.world.engine) as conn:
        rows = await conn.scalars(select(signal.c.row_key))
        return {bytes(one) for one in rows}


@pytest.mark.anyio
async def test_nothing_that_is_left_opens_under_the_key_that_was_stolen(
    tmp_path: Path,
) -> None:
    """Nor does an approval's digest name anybody to who kept that key."""
    async with open_rotation(tmp_path, None) as rotation:
        await fill(rotation, tmp_path)
        await run_matches(rotation.world)
        await rotation.begin()
        await rotation.put_to_use()
        counted = await rotation.move()
        await rotation.finish()
        move = Move(rotation.old, rotation.new, rotation.world.index.keys)
        async with owning(rotation.world.engine) as conn:
            rows = await conn.execute(
                select(signal.c.row_key, signal.c.seal, signal.c.category)
            )
            for row in rows:
                sealed = SealedRow(bytes(row.row_key), bytes(row.seal))
                assert move.find_moved(sealed, row.category) is not None
            for job in JOBS:
                if job.look is not None:
                    passed = await job.look(conn, move, None)
                    assert passed.unreadable == 0
            assert await conn.scalar(text("SELECT count(*) FROM correction")) == 1
        assert counted.moved > len([FOLLOWED, BOTH, HELD])


@pytest.mark.anyio
async def test_sql_brings_no_former_key_back_in_use(tmp_path: Path) -> None:
    """A row that names a key of which the file is gone stops; it is never a miss."""
    async with open_rotation(tmp_path, None) as rotation:
        world = rotation.world
        await world.publish(world.debt_help, [FOLLOWED])
        await rotation.begin()
        await rotation.put_to_use()
        await rotation.move()
        await rotation.finish()
        del rotation.files[1]
        async with owning(world.engine) as conn:
            await conn.execute(
                text(
                    "INSERT INTO row_key_use SELECT 1, check_value, 'leaving', since "
                    "FROM row_key_use"
                )
            )
        rotation.look()
        body = await world.ask([FOLLOWED])
        answer = await world.send("POST", "/lookups", world.a_token(), body)
        assert answer.status_code == 503
