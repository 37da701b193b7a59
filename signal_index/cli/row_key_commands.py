"""`keys row-key`: another h, the index's row key, while lookups go on.

    begin    a second key file; every process takes it up and asks under both
    run      a process without it stops answering; then what is new is written under
             it, and all rows move to it
    finish   closes the former key, counts that nothing stands under it, and takes it
             out of use
    destroy  erases its file

Each step but `run` is an entry of the ledger, written before it takes effect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TextColumn

from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.errors import RowKeyRefused
from signal_index.key_files import (
    create_row_key,
    destroy_row_key,
    list_row_keys,
    load_row_keys,
    load_year_keys,
)
from signal_index.ledger import KeyStep
from signal_index.row_keys import RowKeyState, RowKeyUse, split_keys
from signal_index.settings import Settings, load_settings
from signal_index.store.connect import DatabaseRole, open_database, reading
from signal_index.store.key_steps import record_key_step
from signal_index.store.row_keys import (
    add_use,
    change_use,
    close_use,
    erase_unreadable,
    find_since,
    find_uses,
    remove_use,
)
from signal_index.store.row_moves import Move
from signal_index.store.schema import verify_schema
from signal_index.store.standing import MAXIMUM_AGE
from signal_index.upkeep.row_moving import REST, Counted, Mover, Say, moving_alone

TAKEN_UP_AFTER: Final = MAXIMUM_AGE + timedelta(seconds=80)
"""No request, and no round of the leader, goes on for longer with what it knew."""

row_key_app = typer.Typer(
    no_args_is_help=True, help="Another row key, while lookups go on."
)

Rest = Annotated[
    float,
    typer.Option(
        "--rest",
        min=0.0,
        max=100.0,
        help="Rest this many times as long as each part took; 0 is fastest.",
    ),
]
GivenUp = Annotated[
    int,
    typer.Option(
        "--give-up",
        min=0,
        help="How many rows that do not open are given up: signals among them are "
        "erased, so that their source tells them again.",
    ),
]


@row_key_app.command("begin")
def begin(settings: SettingsFile) -> None:
    """Make the next row key; every process takes it up without a restart."""
    number = run(lambda: _begin(settings))
    say(
        f"row-key-{number}.key is made: copy it to each machine that serves, then `run`"
    )


@row_key_app.command("run")
def run_(settings: SettingsFile, *, rest: Rest = REST) -> None:
    """Move every row to the next key; stopped or killed, it goes on where it was."""
    number = run(lambda: _find_next(settings))
    asked = typer.prompt(
        f"Every machine that serves has row-key-{number}.key? Type {number}"
    )
    counted = run(lambda: _run(settings, number, asked, rest))
    say(f"{counted.moved} rows moved; {counted.rows} stand under row key {number}")
    _say_unreadable(counted)


@row_key_app.command("finish")
def finish(settings: SettingsFile, *, give_up: GivenUp = 0) -> None:
    """Count that nothing stands under the former key, and take it out of use."""
    former, counted = run(lambda: _finish(settings, give_up))
    say(f"{counted.rows} rows stand under the new key, none under row key {former}")
    say(f"make a back-up of the database now, then `destroy` row key {former}")


@row_key_app.command("destroy")
def destroy(number: int, settings: SettingsFile) -> None:
    """Destroy a row key under which nothing stands any more."""
    asked = typer.prompt(f"Type {number} to destroy row-key-{number}.key for ever")
    run(lambda: _destroy(settings, number, asked))
    say(f"row-key-{number}.key is destroyed here: destroy its copies too")


@row_key_app.command("status")
def status(settings: SettingsFile) -> None:
    """Say which row keys are in use, for what, and which files are there."""
    for line in run(lambda: _status(settings)):
        say(line)


@dataclass(frozen=True, slots=True)
class _Change:
    """Which key comes, and which goes."""

    coming: int
    going: int
    state: RowKeyState


def _find_change(uses: Sequence[RowKeyUse]) -> _Change:
    if len(uses) != 2:
        raise RowKeyRefused("there is no next row key: `begin` makes one")
    going, coming = sorted(one.number for one in uses)
    (state,) = (one.state for one in uses if one.number == coming)
    return _Change(coming, going, state)


async def _begin(file: Path) -> int:
    settings = load_settings(file)
    ring = load_row_keys(settings.keys)
    async with administering(settings) as (conn, recorder):
        uses = await find_uses(conn)
        if len(uses) > 1:
            raise RowKeyRefused("a next row key was made already: `run`, then `finish`")
        if not uses:
            await add_use(conn, 1, ring.keys.current, RowKeyState.CURRENT, clock.now())
        number = 1 + max(list_row_keys(settings.keys))
        key = create_row_key(settings.keys, number)
        await record_key_step(conn, recorder, KeyStep.ROW_KEY_BEGUN, rowKey=number)
        await add_use(conn, number, key, RowKeyState.ANNOUNCED, clock.now())
    return number


async def _find_next(file: Path) -> int:
    settings = load_settings(file)
    async with administering(settings) as (conn, _):
        return _find_change(await find_uses(conn)).coming


async def _run(file: Path, number: int, asked: str, rest: float) -> Counted:
    if asked != str(number):
        raise RowKeyRefused("nothing was moved: that is not the number")
    settings = load_settings(file)
    if number not in list_row_keys(settings.keys):
        raise RowKeyRefused(f"row-key-{number}.key is not in the key folder here")
    await _put_to_use(settings, number)
    with _progress() as told:
        return await _move(settings, rest, told)


async def _put_to_use(settings: Settings, number: int) -> None:
    """Have what is new written under the next key, once every process asks for it.

    It is required first: a process without its file answers nothing, loudly, while
    nothing stands under it yet; none goes on with what it knew before that.
    """
    async with administering(settings) as (conn, _):
        change = _find_change(await find_uses(conn))
        if change.coming != number:
            raise RowKeyRefused("another rotation began meanwhile: `status` says which")
        if change.state is RowKeyState.ANNOUNCED:
            await change_use(conn, number, RowKeyState.REQUIRED, clock.now())
        since = await find_since(conn, number)
    if change.state not in {RowKeyState.ANNOUNCED, RowKeyState.REQUIRED}:
        return
    left = TAKEN_UP_AFTER - (clock.now() - since) if since else TAKEN_UP_AFTER
    if left > timedelta():
        wait = min(left, TAKEN_UP_AFTER)
        say(f"waiting {wait.seconds + 1} s until every process asks under both keys")
        await asyncio.sleep(wait.total_seconds())
    async with administering(settings) as (conn, _):
        if _find_change(await find_uses(conn)) != replace(
            change, state=RowKeyState.REQUIRED
        ):
            raise RowKeyRefused("another command went on meanwhile: `status` says how")
        now = clock.now()
        await change_use(conn, change.going, RowKeyState.LEAVING, now)
        await change_use(conn, number, RowKeyState.CURRENT, now)


async def _move(settings: Settings, rest: float, told: Say) -> Counted:
    """Move rows, in the role that may; alone."""
    engine = open_database(settings, DatabaseRole.ROTATION, pool_size=2)
    ring, years = load_row_keys(settings.keys), load_year_keys(settings.keys)
    try:
        async with reading(engine) as conn:
            ring.take_up(await find_uses(conn))
        to, since = split_keys(ring.keys)
        async with moving_alone(engine):
            return await Mover(engine, Move(to, since, years), rest, told).move_all()
    finally:
        await engine.dispose()


async def _finish(file: Path, give_up: int) -> tuple[int, Counted]:
    settings = load_settings(file)
    async with administering(settings) as (conn, _):
        change = _find_change(await find_uses(conn))
        since = await find_since(conn, change.coming)
    if change.state is not RowKeyState.CURRENT or since is None:
        raise RowKeyRefused("rows have not moved yet: `run` first")
    if clock.now() - since < TAKEN_UP_AFTER:
        raise RowKeyRefused(
            "a request may still go on with what it knew: wait a moment"
        )
    async with administering(settings) as (conn, _):
        await close_use(conn, change.going, clock.now())
    with _progress() as told:
        counted = await _move(settings, 0.0, told)
    lost = sum(counted.unreadable.values())
    if lost != give_up:
        named = ", ".join(f"{name}: {n}" for name, n in counted.unreadable.items())
        raise RowKeyRefused(
            f"{lost} rows do not open, and would be found no more ({named or 'none'}): "
            f"give them up with --give-up {lost}"
        )
    async with administering(settings) as (conn, recorder):
        if _find_change(await find_uses(conn)) != change:
            raise RowKeyRefused("another command went on meanwhile: `status` says how")
        if lost:
            ring = load_row_keys(settings.keys)
            ring.take_up(await find_uses(conn))
            erased = await erase_unreadable(conn, split_keys(ring.keys)[0], recorder)
            if erased != counted.unreadable.get("signal", 0):
                raise RowKeyRefused("more signals do not open now: `finish` again")
        await record_key_step(
            conn,
            recorder,
            KeyStep.ROW_KEY_FINISHED,
            rowKey=change.coming,
            rows=counted.rows,
        )
        await remove_use(conn, change.going)
    return change.going, counted


async def _destroy(file: Path, number: int, asked: str) -> None:
    settings = load_settings(file)
    if asked != str(number):
        raise RowKeyRefused("nothing was destroyed: that is not the number")
    if number not in list_row_keys(settings.keys):
        raise RowKeyRefused(f"row-key-{number}.key is not there")
    async with administering(settings) as (conn, recorder):
        uses = await find_uses(conn)
        if not uses or number in {one.number for one in uses}:
            raise RowKeyRefused("rows stand under that key")
        await record_key_step(conn, recorder, KeyStep.ROW_KEY_DESTROYED, rowKey=number)
    # Only now: what was destroyed without an entry could not be explained any more.
    destroy_row_key(settings.keys, number)


async def _status(file: Path) -> Sequence[str]:
    settings = load_settings(file)
    engine = open_database(settings, DatabaseRole.OWNER, pool_size=1)
    try:
        async with reading(engine) as conn:
            await verify_schema(conn)
            uses = await find_uses(conn)
    finally:
        await engine.dispose()
    states = {one.number: one.state.value for one in uses}
    files = list_row_keys(settings.keys)
    return [
        f"row key {number}: {states.get(number, 'not in use')}, "
        f"{'file is there' if number in files else 'FILE IS NOT THERE'}"
        for number in sorted({*states, *files})
    ]


def _say_unreadable(counted: Counted) -> None:
    for table, count in counted.unreadable.items():
        say(f"{count} rows of {table} do not open: `finish` says what becomes of them")


@contextmanager
def _progress() -> Iterator[Say]:
    """Show how far a pass is, where a person watches."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed} rows"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {}

        def told(table: str, rows: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=None)
            bar.advance(tasks[table], rows)

        yield told
