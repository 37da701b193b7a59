"""A town whose sources hear of each other: the daily run, what each reads and says."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import httpx

from keys.bsn import Bsn
from keys.events import EventLog
from policy.decide import Policy, load_policy
from policy.vocabulary import LoopActId
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, is_sqlite, open_engine
from signal_index.upkeep.matching import MatchUpkeep
from signal_index.upkeep.matching_existing import box_what_stands
from tests.follow_builders import erase as erase_what_is_over
from tests.holders_builders import a_bsn
from tests.notice_builders import read, read_page, switch_on
from tests.world import Agency, World

ONE = a_bsn(1)
TABLES = ("match_box", "match_sheet", "daily_run", "match_step")


@cache
def _policy() -> Policy:
    return load_policy()


async def open_matching(world: World) -> None:
    """Have the municipality establish that two sources hear of each other."""
    await switch_on(world, LoopActId.MATCH)


async def run_matches(
    world: World,
    *,
    daily: bool = False,
    erase: bool = False,
    existing: bool = False,
    log: io.StringIO | None = None,
) -> int:
    """Do the daily run, in the leader's own role; how many matches it found."""
    engine = world.engine
    if not is_sqlite(engine):
        url = engine.url.render_as_string(hide_password=False)
        engine = open_engine(url, DatabaseRole.UPKEEP, pool_size=1)
    recorder = Recorder(world.index.keys, "upkeep", world.clock)
    events = EventLog(log or io.StringIO(), world.clock)
    upkeep = MatchUpkeep(
        engine, recorder, world.index.keys, _policy(), events, world.clock, 5
    )
    found = 0
    try:
        if existing:
            await box_what_stands(upkeep, world.index.keys)
        if erase:
            await upkeep.say_unreadable()
            await erase_what_is_over(world)
        elif daily:
            await upkeep.run_daily()
        else:
            found = await upkeep.run_now()
    finally:
        if engine is not world.engine:
            await engine.dispose()
    return found


async def read_matches(
    world: World, agency: Agency, query: str = "?limit=1000"
) -> list[dict[str, Any]]:
    """What an agency reads of its matches."""
    answer = await world.send("GET", f"/matches{query}", world.a_source_token(agency))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def name_cases(world: World, agency: Agency, sealed: str = "A" * 126) -> None:
    """Have an agency fetch what came, and say how it calls the cases."""
    page = await read_page(world, agency)
    notices = [
        {
            "id": one["id"],
            "cases": [
                {"reference": each["reference"], "sealed": sealed}
                for each in one["signals"]
            ],
        }
        for one in page["items"]
    ]
    if notices:
        token, path = world.a_source_token(agency), "/notices/acknowledgements"
        answer = await world.send("POST", path, token, {"notices": notices})
        assert answer.status_code == 200, answer.text


async def say(
    world: World, agency: Agency, match: dict[str, Any], act: str, **changed: object
) -> httpx.Response:
    """Have an agency say something of a match that it read."""
    body = {"act": act, "step": match["step"], **changed}
    token = world.a_source_token(agency)
    return await world.send("POST", f"/matches/{match['id']}/steps", token, body)


async def both_publish(world: World, person: Bsn = ONE) -> None:
    for agency in (world.debt_help, world.income_support):
        await world.publish(agency, [person])


async def nobody_knows(world: World) -> bool:
    """Whether neither of the two reads of a match, nor hears that there is one."""
    both = (world.debt_help, world.income_support)
    listed = [one for agency in both for one in await read_matches(world, agency)]
    return listed + [one for agency in both for one in await read(world, agency)] == []


async def count_unreadable(world: World) -> int:
    """What the hourly log says."""
    log = io.StringIO()
    await run_matches(world, erase=True, log=log)
    said = [json.loads(line) for line in log.getvalue().splitlines()]
    return sum(one["count"] for one in said if one["event"] == "matches-unreadable")


async def ask_overview(world: World, **who: str) -> dict[str, Any]:
    """What an officer reads."""
    body = {"from": "2026-11-30", "until": "2026-11-30"}
    answer = await world.send(
        "POST", "/overviews", world.an_officer("privacy-officer", **who), body
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def counted(world: World, **who: str) -> dict[str, tuple[int, int, int]]:
    """Matches, unanswered, settled, by organisation."""
    said = await ask_overview(world, **who)
    return {
        one["organisationName"]: (one["matches"], one["unanswered"], one["settled"])
        for one in said["matches"]
    }
