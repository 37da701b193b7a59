"""Somebody who writes the database alters one sealed row: the others are still told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, delete, insert, select, text

from policy.vocabulary import LoopActId
from signal_index.store.connect import transaction
from signal_index.tables.follows import follow as follows
from signal_index.tables.ledger import ledger_disclosure
from signal_index.upkeep.counting import Counting
from tests.citizen_builders import CitizensDesk
from tests.follow_builders import FATIMA, JORIS, ask, follow
from tests.holders_builders import a_bsn
from tests.notice_builders import acknowledge, lead, read, switch_on
from tests.world import World

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)
Rows = list[dict[str, Any]]


@pytest.fixture
async def world(world: World) -> World:
    acts = (LoopActId.NOTICE_OF_LOOKUP, LoopActId.FOLLOW, LoopActId.COLLEAGUE)
    await switch_on(world, *acts)
    await world.publish(world.debt_help, [ONE])
    return world


async def alter(world: World, table: Table, id_: str) -> None:
    """Put a row in the place of another, with a seal that does not open."""
    (name,) = table.primary_key.columns
    async with transaction(world.engine) as conn:
        found = await conn.execute(select(table).where(name == UUID(id_)))
        row = dict(found.mappings().one())
        await conn.execute(delete(table).where(name == UUID(id_)))
        await conn.execute(insert(table), {**row, "sealed": bytes(len(row["sealed"]))})


async def items(world: World, token: str, path: str, body: object = None) -> Rows:
    answer = await world.send("GET" if body is None else "POST", path, token, body)
    assert answer.status_code == 200, answer.text
    found: Rows = answer.json()["items"]
    return found


async def look_twice(world: World) -> tuple[str, str]:
    """Look one person up twice; the second entry is altered."""
    (kept,), (altered,) = [await world.look_up([ONE]) for _ in range(2)]
    await lead(world)
    await alter(world, ledger_disclosure, altered["entryId"])
    return kept["entryId"], altered["entryId"]


async def test_a_source_hears_of_the_others_and_that_one_is_not_readable(
    world: World,
) -> None:
    await look_twice(world)
    told = {one["content"]: one for one in await read(world, world.debt_help)}
    assert told["readable"]["lookedUp"]["organisation"] == "Gemeente Voorbeeld"
    lost = told["unreadable"]
    assert (lost["kind"], lost["lookedUp"]) == ("looked-up", None)
    assert lost["signals"] == told["readable"]["signals"]
    logged = [json.loads(one) for one in (await lead(world, due=True)).splitlines()]
    counted = [one["count"] for one in logged if one["event"] == "notices-unreadable"]
    assert counted == [1]
    assert await acknowledge(world, world.debt_help, [lost["id"]]) == 1


async def test_own_lookups_the_officers_list_and_one_entry_say_which_it_is(
    world: World,
) -> None:
    kept, altered = await look_twice(world)
    expected = {kept: "readable", altered: "unreadable"}
    own = await items(world, world.a_token(), "/own-lookups")
    assert {one["entryId"]: one["content"] for one in own} == expected
    officer = world.an_officer()
    today = world.clock().date().isoformat()
    asked = {"why": "supervision", "from": today, "until": today}
    found = await items(world, officer, "/searches", asked)
    assert {one["entryId"]: one["content"] for one in found} == expected
    one = await world.send("GET", f"/entries/{altered}", officer)
    assert (one.status_code, one.json()["content"]) == (200, "unreadable")


async def test_the_citizen_reads_the_others_and_that_there_was_one_more(
    world: World, tmp_path: Path
) -> None:
    await follow(world, ONE)
    kept, altered = await look_twice(world)
    report = await CitizensDesk(world, tmp_path).report(ONE)
    outcomes = {one["entryId"]: one["outcome"] for one in report["lookups"]}
    assert (outcomes[kept], outcomes[altered]) == ("answered", "unreadable")


async def test_the_days_counts_go_on_and_the_log_says_how_many_are_missing(
    world: World,
) -> None:
    await look_twice(world)
    index = world.index
    counting = Counting(
        world.engine, index.keys, world.clock, lambda: 2021, index.events
    )
    await counting.run()
    logged = [json.loads(one) for one in world.log.getvalue().splitlines()]
    counted = [one["count"] for one in logged if one["event"] == "entries-unreadable"]
    assert counted == [1]


async def test_an_outcome_that_was_altered_hides_none_of_the_others(
    world: World,
) -> None:
    await world.publish(world.income_support, [ONE])
    (part,) = await world.look_up([ONE])
    path, rows = f"/lookups/{part['entryId']}/outcome", []
    for flag in (0, 1):
        body = {"outcome": "contact-made", "flag": flag}
        await world.send("POST", path, world.a_token(), body)
        async with transaction(world.engine) as conn:
            found = await conn.execute(text("SELECT hex(id) FROM lookup_outcome"))
            rows.append({one[0] for one in found})
    async with transaction(world.engine) as conn:
        await conn.execute(
            text(
                "UPDATE lookup_outcome SET sealed = zeroblob(length(sealed))"
                " WHERE hex(id) = :id"
            ),
            {"id": next(iter(rows[0]))},
        )
    (own,) = await items(world, world.a_token(), "/own-lookups")
    said = [one["contactOutcome"] for one in own["flags"]]
    assert said == [None, "contact-made"]


async def test_an_altered_follow_hides_no_other_and_costs_nobody_an_answer(
    world: World,
) -> None:
    made, _ = await follow(world, ONE), await follow(world, TWO)
    await alter(world, follows, made["id"])
    answer = await world.send("GET", "/follows", world.a_token(**FATIMA))
    assert answer.status_code == 200
    assert (len(answer.json()["items"]), answer.json()["unreadable"]) == (1, 1)
    (part,) = await ask(world, [ONE], JORIS)
    assert part["colleagues"] == []
