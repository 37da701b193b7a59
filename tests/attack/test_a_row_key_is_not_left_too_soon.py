"""A process that is late, or lacks a file, hides nobody while rows move to another key.

Threat model, rows 770, 771, 860, 861 and 915 to 917.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from signal_index.cli.row_key_commands import TAKEN_UP_AFTER
from signal_index.errors import RowKeyBusy, RowKeyLeft
from signal_index.row_keys import RowKeyRing
from signal_index.store.connect import transaction
from signal_index.store.lookups import Found, spend_and_find
from signal_index.store.notice_opening import count_unreadable
from signal_index.store.row_keys import hold_rows, remove_use
from signal_index.store.standing import MAXIMUM_AGE
from signal_index.upkeep.row_moving import Counted
from tests.builders import a_notice
from tests.citizen_builders import CitizensDesk
from tests.follow_builders import FATIMA, JORIS, changed, follow
from tests.holders_builders import a_bsn
from tests.match_builders import read_matches, run_matches
from tests.notice_builders import lead, read
from tests.row_key_builders import (
    FOLLOWED,
    Rotation,
    a_row_key,
    fill,
    look_at_everything,
    open_rotation,
)
from tests.store_builders import owning
from tests.world import index_keys, open_world

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]

NEW = a_bsn(7)
FIND = "signal_index.api.lookup_run.spend_and_find"
PUBLICATION = "signal_index.api.publication_run"
MATCHING = "signal_index.upkeep.matching"


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
    both = replace(rotation.old, numbers=(1, 2))
    async with transaction(rotation.world.engine) as conn:
        await hold_rows(conn, both)
        closing = asyncio.create_task(rotation.close())
        done, _ = await asyncio.wait({closing}, timeout=0.3)
        assert not done
    await closing
    with pytest.raises(RowKeyLeft):
        async with transaction(rotation.world.engine) as conn:
            await hold_rows(conn, both)
    async with owning(rotation.world.engine) as conn:
        await hold_rows(conn, replace(rotation.new, numbers=(2, 1)))


async def test_nobody_waits_for_long_where_something_stands_still(
    registered_postgres: str, tmp_path: Path
) -> None:
    async with open_rotation(tmp_path, registered_postgres) as rotation:
        await rotation.begin()
        async with transaction(rotation.world.engine) as conn:
            await hold_rows(conn, rotation.old)
            with pytest.raises(RowKeyBusy):
                await rotation.close()


async def _rotate_unseen(rotation: Rotation) -> None:
    """Rotate from begin to end, while this process goes on with what it knew."""
    steps = (rotation.begin, rotation.require, rotation.put_to_use, rotation.close)
    for step in steps:
        await step()
    await rotation.move()
    await rotation.finish()
    for _ in range(4):  # each step but closing let time go by
        rotation.world.clock.forward(timedelta(seconds=-6))


@pytest.fixture
def still(rotation: Rotation) -> Rotation:
    """A world whose process reads anew by the world's own clock alone."""
    rotation.world.index.standing._count_seconds = lambda: 0.0
    return rotation


@pytest.fixture
async def plain(database_url: str | None, tmp_path: Path) -> AsyncIterator[Rotation]:
    """The same without any act of the loop: a lookup leaves no box, and only reads."""
    files = {1: a_row_key()}
    keys = replace(index_keys(), ring=RowKeyRing(lambda: dict(files)))
    async with open_world(tmp_path, database_url, keys) as world:
        world.index.standing._count_seconds = lambda: 0.0
        yield Rotation(world, files)


async def test_a_lookup_that_stood_still_for_a_whole_rotation_is_no_miss(
    plain: Rotation,
) -> None:
    world = plain.world
    await world.publish(world.debt_help, [NEW])
    assert [len(one["flags"]) for one in await world.look_up([NEW])] == [1]
    await _rotate_unseen(plain)
    body = await world.ask([NEW])
    late = await world.send("POST", "/lookups", world.a_token(), body)
    assert late.status_code == 503, late.text
    again = await world.send("POST", "/lookups", world.a_token(), body)
    assert again.status_code == 200  # by the same tickets: nothing was spent
    assert [len(one["flags"]) for one in again.json()["answers"]] == [1]


async def test_what_is_read_after_a_whole_rotation_is_read_anew(
    still: Rotation, tmp_path: Path
) -> None:
    """A report that says less, a follow that sees nothing, a match that is over."""
    world, desk = still.world, CitizensDesk(still.world, tmp_path)
    await fill(still, tmp_path)
    before = await look_at_everything(still, tmp_path)
    await _rotate_unseen(still)
    agency = world.debt_help
    request, person = await desk.register(), await desk.person(FOLLOWED)
    asked = (
        ("POST", f"/access-requests/{request['id']}/report", desk.token(), person),
        ("GET", "/follows", world.a_token(), None),
        ("GET", "/matches", world.a_source_token(agency), None),
    )
    copy, ring = world.index.standing._copy, vars(world.index.keys.ring)
    known = dict(ring)
    for method, path, token, body in asked:
        world.index.standing._copy = copy
        ring.update(known)
        late = await world.send(method, path, token, body)
        assert late.status_code == 503, (path, late.text)
    still.look()
    assert await look_at_everything(still, tmp_path) == before


async def test_a_box_is_not_left_under_a_key_that_closed_while_a_lookup_stood_still(
    registered_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rotation(tmp_path, registered_postgres) as rotation:
        world = rotation.world
        world.index.standing._count_seconds = lambda: 0.0
        await world.publish(world.debt_help, [NEW])
        await rotation.begin()
        await rotation.require()
        await world.look_up([NEW])
        await rotation.put_to_use()
        world.clock.forward(timedelta(seconds=-6))

        async def find(*args: Any, **more: Any) -> Sequence[Found | None]:  # noqa: ANN401 - passed on
            found = await spend_and_find(*args, **more)
            await rotation.close()  # where nothing is held yet
            return found

        monkeypatch.setattr(FIND, find)
        body = await world.ask([NEW])
        late = await world.send("POST", "/lookups", world.a_token(), body)
        assert late.status_code == 503, late.text
        monkeypatch.undo()
        await rotation.move()
        await rotation.finish()
        again = await world.send("POST", "/lookups", world.a_token(), body)
        assert [len(one["flags"]) for one in again.json()["answers"]] == [1]
        async with owning(world.engine) as conn:
            assert await count_unreadable(conn, world.index.keys) == 0


@asynccontextmanager
async def _standing_still(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch, at: str
) -> AsyncIterator[None]:
    """Have whoever comes to `at` for the first time stand still until all has moved.

    Its row key was closed before; meanwhile it is counted empty and taken out of use.
    """
    module, name = at.rsplit(".", 1)
    goes_on = getattr(import_module(module), name)
    moved: list[Counted] = []

    async def stand_still(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - passed on
        if not moved:
            moved.append(await rotation.move())
            async with owning(rotation.world.engine) as conn:
                await remove_use(conn, 1)
        return await goes_on(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(at, stand_still)
        yield
    assert moved
    assert moved[0].rows
    rotation.look()


@pytest.fixture
async def between(registered_postgres: str, tmp_path: Path) -> AsyncIterator[Rotation]:
    """What stands still between two statements, others pass on PostgreSQL alone."""
    async with open_rotation(tmp_path, registered_postgres) as opened:
        yield opened


async def _leave(rotation: Rotation) -> None:
    """Have nothing more be written under the first key, before anything has moved."""
    await rotation.begin()
    await rotation.require()
    await rotation.put_to_use()
    await rotation.close()


async def test_a_notice_does_not_go_back_to_a_key_that_its_known_row_was_read_under(
    between: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, agency = between.world, between.world.debt_help
    (known,) = await world.publish(agency, [NEW])
    await _leave(between)
    again = known.model_copy(update={"version": known.version + 1})
    async with _standing_still(between, monkeypatch, f"{PUBLICATION}.lock_standing"):
        late = await world.send_batch(agency, [again], [NEW])
    assert late.status_code == 503, late.text
    assert [len(one["flags"]) for one in await world.look_up([NEW])] == [1]
    sent = await world.send_batch(agency, [again], [NEW])
    assert [one["outcome"] for one in sent.json()["results"]] == ["accepted"]
    assert [len(one["flags"]) for one in await world.look_up([NEW])] == [1]


async def test_a_source_is_told_though_its_box_moved_while_it_was_opened(
    between: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, opening = between.world, "signal_index.store.notice_opening"
    await world.publish(world.debt_help, [NEW])
    await world.look_up([NEW])
    await _leave(between)
    async with _standing_still(between, monkeypatch, f"{opening}.tell_lookups"):
        with pytest.raises(RowKeyLeft):
            await lead(world)
    await lead(world)
    assert [one["kind"] for one in await read(world, world.debt_help)] == ["looked-up"]


async def test_what_is_handed_out_is_kept_as_it_stands_by_now(
    between: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, handing = between.world, "signal_index.store.notices"
    await world.publish(world.debt_help, [NEW])
    await world.look_up([NEW])
    await lead(world)
    await _leave(between)
    token = world.a_source_token(world.debt_help)
    async with _standing_still(between, monkeypatch, f"{handing}.hand_out"):
        late = await world.send("GET", "/notices", token)
    assert late.status_code == 503, late.text
    assert [one["kind"] for one in await read(world, world.debt_help)] == ["looked-up"]
    async with owning(world.engine) as conn:
        assert await count_unreadable(conn, world.index.keys) == 0


async def test_a_match_is_told_though_its_box_moved_while_it_was_found(
    between: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = between.world
    both = (world.debt_help, world.income_support)
    for agency in both:
        await world.publish(agency, [NEW])
    await _leave(between)
    async with _standing_still(between, monkeypatch, f"{MATCHING}.write_sheets"):
        with pytest.raises(RowKeyLeft):
            await run_matches(world)
    assert await run_matches(world) == 1
    assert [len(await read_matches(world, agency)) for agency in both] == [1, 1]


async def test_a_follow_that_moved_while_it_was_taken_over_still_sees(
    between: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = between.world
    await world.publish(world.debt_help, [NEW])
    kept = await follow(world, NEW)
    mine = world.a_token(**FATIMA)
    offered = {"follows": [kept["id"]]}
    offer = (await world.send("POST", "/follow-offers", mine, offered)).json()
    await _leave(between)
    path, code = "/follow-takeovers", {"code": offer["code"]}
    async with _standing_still(
        between, monkeypatch, "signal_index.api.follows.decide_again"
    ):
        late = await world.send("POST", path, world.a_token(**JORIS), code)
    assert late.status_code == 503, late.text
    taken = await world.send("POST", path, world.a_token(**JORIS), code)
    assert taken.status_code == 200, taken.text
    await world.publish(world.income_support, [NEW])
    assert await changed(world, JORIS) == [True]


async def test_a_restriction_ends_for_all_that_moved_while_it_was_released(
    between: Rotation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world, desk = between.world, CitizensDesk(between.world, tmp_path)
    await world.publish(world.debt_help, [NEW])
    (signal,) = (await desk.report(NEW))["signals"]
    made = await desk.enter_correction(signal, restrict=True)
    await world.publish(world.debt_help, [NEW])  # kept back as well: the same row
    assert (await desk.answer(made)).status_code == 204
    await _leave(between)
    path = f"/corrections/{made['id']}/release"
    said = {"citizenTold": True, "answer": "facts-correct"}
    store = "signal_index.store.corrections"
    async with _standing_still(between, monkeypatch, f"{store}.lock_source"):
        released = await desk.send("POST", path, said)
    assert released.status_code == 204, released.text
    assert [len(one["flags"]) for one in await world.look_up([NEW])] == [2]
