"""A town that tells its sources of lookups, its leader, what a source then reads."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from keys.events import EventLog
from keys.municipality import MunicipalityCode
from policy.vocabulary import Establishment, LoopActId
from signal_index.store.acts import Recorder
from signal_index.store.connect import (
    DatabaseRole,
    is_sqlite,
    open_engine,
    reading,
)
from signal_index.store.establishments import establish
from signal_index.upkeep.notices import NoticeUpkeep
from tests.store_builders import owning
from tests.world import Agency, World

TABLES = ("notice_box", "return_notice", "notice_damping")


def _url(world: World) -> str:
    return world.engine.url.render_as_string(hide_password=False)


async def switch_on(world: World, *acts: LoopActId) -> None:
    """Have the municipality establish acts of the loop: a notice of a lookup."""
    async with owning(world.engine) as conn:
        for act in acts or (LoopActId.NOTICE_OF_LOOKUP,):
            made = Establishment(
                act, MunicipalityCode("9901"), "college", date(2026, 1, 1)
            )
            await establish(conn, made, now=world.clock())
    world.clock.forward(timedelta(seconds=11))  # what stands is read anew


async def lead(world: World, *, due: bool = False) -> str:
    """Do what the leader does, in its own role: open boxes, tell what is due.

    Gives what it logged.
    """
    engine = world.engine
    if not is_sqlite(engine):
        engine = open_engine(_url(world), DatabaseRole.UPKEEP, pool_size=1)
    recorder = Recorder(world.index.keys, "upkeep", world.clock)
    written = io.StringIO()
    log = EventLog(written, world.clock)
    upkeep = NoticeUpkeep(
        engine,
        recorder,
        world.index.keys,
        world.index.catalogue,
        log,
        world.clock,
        due_at_once=1,
    )
    try:
        await upkeep.open()
        if due:
            await upkeep.tell_due()
    finally:
        if engine is not world.engine:
            await engine.dispose()
    return written.getvalue()


async def read_page(
    world: World, agency: Agency, query: str = "?limit=1000"
) -> dict[str, Any]:
    """One page of an agency's notices, covers among them."""
    token = world.a_source_token(agency)
    answer = await world.send("GET", f"/notices{query}", token)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def read(
    world: World, agency: Agency, state: str = "new"
) -> list[dict[str, Any]]:
    """What an agency is told: its notices without the covers."""
    page = await read_page(world, agency, f"?limit=1000&state={state}")
    return [one for one in page["items"] if one["kind"] != "cover"]


async def count_unread(
    world: World, agency: Agency, since: str = "2026-01-01T00:00:00Z", *seen: str
) -> int:
    """How many notices somebody who saw these did not see."""
    token = world.a_source_token(agency)
    body = {"since": since, "seen": list(seen)}
    answer = await world.send("POST", "/notices/unread", token, body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["count"])


async def acknowledge(
    world: World, agency: Agency, ids: Collection[str], **cases: str
) -> int:
    """Say that notices arrived; `cases`: sealed names, by reference."""
    named = [
        {"reference": key, "sealed": sealed} for key, sealed in sorted(cases.items())
    ]
    body = {"notices": [{"id": one, "cases": named} for one in ids]}
    token = world.a_source_token(agency)
    answer = await world.send("POST", "/notices/acknowledgements", token, body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["acknowledged"])


async def dump(world: World, table: str) -> list[dict[str, Any]]:
    """All rows of a table, as who has the database reads them."""
    async with reading(world.engine) as conn:
        rows = await conn.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - ours
        return [dict(row._mapping) for row in rows]


async def everything_told(world: World) -> list[dict[str, Any]]:
    await lead(world)
    return [
        one for agency in world.agencies.values() for one in await read(world, agency)
    ]


async def say_of_flag(
    world: World, entry: str, outcome: str | None, flag: int | None
) -> None:
    body = {"outcome": outcome, "flag": flag}
    path = f"/lookups/{entry}/outcome"
    answer = await world.send("POST", path, world.a_token(), body)
    assert answer.status_code == 204, answer.text


async def acknowledge_everything(world: World) -> None:
    for agency in world.agencies.values():
        page = await read_page(world, agency)
        if ids := [one["id"] for one in page["items"]]:
            await acknowledge(world, agency, ids)
