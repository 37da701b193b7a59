"""A world with row keys of its own, whose rows move to another while it goes on."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.pseudonym import (
    KeyVersion,
    RowKeySecret,
    StoredPoint,
    derive_stored_point,
    parse_row_key_secret,
)
from policy.vocabulary import LoopActId
from signal_index.row_keys import RowKeyRing, RowKeys, RowKeyState
from signal_index.signals import name_event_row
from signal_index.store.connect import DatabaseRole, is_sqlite, open_engine
from signal_index.store.row_key_columns import MOVED
from signal_index.store.row_keys import add_use, change_use, close_use, remove_use
from signal_index.store.row_moves import Move
from signal_index.tables.metadata import metadata
from signal_index.tables.person_events import person_event
from signal_index.upkeep.row_moving import Counted, Mover, Say
from signal_index.wire.values import Oin
from tests.builders import a_notice
from tests.citizen_builders import CitizensDesk
from tests.follow_builders import changed, follow
from tests.holders_builders import a_bsn
from tests.match_builders import read_matches, run_matches
from tests.notice_builders import lead, switch_on
from tests.store_builders import owning
from tests.world import World, index_keys, open_world

FOLLOWED, BOTH, HELD, DECEASED = a_bsn(1), a_bsn(2), a_bsn(3), a_bsn(4)


def a_row_key() -> RowKeySecret:
    """Give a fresh row key."""
    return parse_row_key_secret(secrets.token_bytes(64))


@dataclass
class Rotation:
    """A world, and the files of its row keys."""

    world: World
    files: dict[int, RowKeySecret]

    @property
    def old(self) -> RowKeys:
        return RowKeys(self.files[1])

    @property
    def new(self) -> RowKeys:
        return RowKeys(self.files[2])

    async def begin(self) -> None:
        """Announce a second key, which the world takes up."""
        self.files[2] = a_row_key()
        now = self.world.clock()
        async with owning(self.world.engine) as conn:
            await add_use(conn, 1, self.files[1], RowKeyState.CURRENT, now)
            await add_use(conn, 2, self.files[2], RowKeyState.ANNOUNCED, now)
        self.look()

    async def require(self) -> None:
        """Let a process that lacks the second key answer nothing."""
        async with owning(self.world.engine) as conn:
            await change_use(conn, 2, RowKeyState.REQUIRED, self.world.clock())
        self.look()

    async def close(self) -> None:
        """Let nothing be written under the first key any more."""
        async with owning(self.world.engine) as conn:
            await close_use(conn, 1, self.world.clock())

    async def put_to_use(self) -> None:
        """Have what is new be written under the second key."""
        async with owning(self.world.engine) as conn:
            now = self.world.clock()
            await change_use(conn, 1, RowKeyState.LEAVING, now)
            await change_use(conn, 2, RowKeyState.CURRENT, now)
        self.look()

    async def move(self, say: Say = lambda _table, _rows: None) -> Counted:
        """Move every row, in the role that may."""
        async with self.engine() as engine:
            move = Move(self.new, self.old, self.world.index.keys)
            return await Mover(engine, move, 0.0, say).move_all()

    async def finish(self) -> None:
        """Take the first key out of use; its file is gone."""
        async with owning(self.world.engine) as conn:
            await remove_use(conn, 1)
        self.look()

    def look(self) -> None:
        """Let so much time go by that whoever asks reads anew what holds."""
        self.world.clock.forward(timedelta(seconds=6))

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[AsyncEngine]:
        """Give an engine in the role that moves rows."""
        engine = self.world.engine
        if is_sqlite(engine):
            yield engine
            return
        url = engine.url.render_as_string(hide_password=False)
        opened = open_engine(url, DatabaseRole.ROTATION, pool_size=2)
        try:
            yield opened
        finally:
            await opened.dispose()


@asynccontextmanager
async def open_rotation(folder: Path, url: str | None) -> AsyncIterator[Rotation]:
    """Open a world in which every act of the loop is open."""
    files = {1: a_row_key()}
    keys = replace(index_keys(), ring=RowKeyRing(lambda: dict(files)))
    async with open_world(folder, url, keys) as world:
        await switch_on(
            world,
            *(LoopActId.NOTICE_OF_LOOKUP, LoopActId.MATCH),
            *(LoopActId.FOLLOW, LoopActId.COLLEAGUE),
        )
        yield Rotation(world, files)


async def fill(rotation: Rotation, folder: Path) -> dict[str, Any]:
    """Have something stand in every table that another key changes; the correction."""
    world, desk = rotation.world, CitizensDesk(rotation.world, folder)
    await world.publish(world.debt_help, [FOLLOWED, BOTH, HELD])
    await world.publish(world.income_support, [BOTH, HELD])
    await world.publish(world.veilig_thuis, [HELD])
    await follow(world, FOLLOWED)
    await run_matches(world)
    await world.look_up([FOLLOWED, BOTH])
    await lead(world)
    await desk.place_embargo(HELD)
    (signal,) = (await desk.report(FOLLOWED))["signals"]
    made = await desk.enter_correction(signal, restrict=True)
    async with owning(world.engine) as conn:
        mark = rotation.old.seal(await a_point(world), name_event_row("9901"))
        row = {
            "id": uuid4(),
            "mark": mark.row_key,
            "seal": mark.seal,
            "municipality": "9901",
            "source": world.debt_help.oin,
            "kind": "deceased",
            "happened_on": world.clock().date(),
            "entry_id": uuid4(),
            "received_at": world.clock(),
            "until": world.clock() + timedelta(days=700),
        }
        await conn.execute(insert(person_event), row)
    await world.publish(world.income_support, [FOLLOWED])
    await world.look_up([BOTH])
    return made


async def a_point(world: World) -> StoredPoint:
    """Give S of whom a register said that they died."""
    given = await world.holders.prepare_publication([DECEASED])
    scalar = world.index.keys.get_scalar(KeyVersion(1))
    return derive_stored_point(scalar, given.pseudonyms[0])


async def look_at_everything(rotation: Rotation, folder: Path) -> dict[str, Any]:
    """Give what everybody reads now of what another key must not change."""
    world, desk = rotation.world, CitizensDesk(rotation.world, folder)
    flags = [
        sorted(flag["category"] for flag in part["flags"])
        for part in await world.look_up([FOLLOWED, BOTH, HELD])
    ]
    matches = [
        sorted((one["reference"], one["partner"]["category"]) for one in read)
        for agency in (world.debt_help, world.income_support)
        for read in [await read_matches(world, agency)]
    ]
    reports = [await desk.report(one) for one in (FOLLOWED, BOTH, HELD)]
    of = ("signals", "corrections", "follows")
    said = [
        [[(one.get("category"), one.get("organisation")) for one in report[name]]]
        for report in reports
        for name in of
    ]
    return {
        "flags": flags,
        "matches": matches,
        "changed": await changed(world),
        "reports": said,
        "dead": await _is_refused(rotation),
    }


async def _is_refused(rotation: Rotation) -> list[str]:
    """Give what becomes of a notice about whom a register said that they died."""
    world, agency = rotation.world, rotation.world.debt_help
    notice = a_notice(agency.contact, source=Oin(agency.oin))
    answer = await world.send_batch(agency, [notice], [DECEASED])
    return [one["outcome"] for one in answer.json()["results"]]


async def bytes_in(rotation: Rotation) -> set[bytes]:
    """Give every value of bytes in the tables that another key changes."""
    found: set[bytes] = set()
    async with owning(rotation.world.engine) as conn:
        for table in MOVED:
            rows = await conn.execute(select(metadata.tables[table]))
            for row in rows.mappings():
                found |= {bytes(one) for one in row.values() if isinstance(one, bytes)}
    return found
