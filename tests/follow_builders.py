"""A town where cases may be followed: begin, list, end, hand over."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import httpx

from keys.bsn import Bsn
from keys.events import EventLog
from policy.vocabulary import LoopActId
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, open_engine
from signal_index.upkeep.expiry import Erasure
from tests.notice_builders import switch_on
from tests.world import World

FATIMA = {"sub": "user-1", "name": "Fatima El Amrani", "team": "centrum"}
JORIS = {"sub": "user-2", "name": "Joris de Wit", "team": "noord"}


async def open_follows(world: World) -> None:
    """Have the municipality establish following, and naming colleagues."""
    await switch_on(world, LoopActId.FOLLOW, LoopActId.COLLEAGUE)


async def ask(
    world: World, numbers: Sequence[Bsn], who: dict[str, Any], **changed: object
) -> list[dict[str, Any]]:
    """Look persons up as somebody; what the parts say, and of whom: the body's."""
    body = await world.ask(numbers, subject=who["sub"], **changed)
    answer = await world.send("POST", "/lookups", world.a_token(**who), body)
    assert answer.status_code == 200, answer.text
    parts: list[dict[str, Any]] = answer.json()["answers"]
    for part, subject in zip(parts, body["subjects"], strict=True):
        part["named"] = {
            "keyVersion": body["keyVersion"],
            "pseudonym": subject["pseudonym"],
        }
    return parts


async def begin(
    world: World,
    part: dict[str, Any],
    who: dict[str, Any] = FATIMA,
    **changed: object,
) -> httpx.Response:
    """Follow the person of one part."""
    body = {**part["named"], "informed": "discussed", **changed}
    path = f"/lookups/{part['entryId']}/follow"
    return await world.send("POST", path, world.a_token(**who), body)


async def follow(
    world: World, number: Bsn, who: dict[str, Any] = FATIMA, **changed: object
) -> dict[str, Any]:
    """Look somebody up and follow them."""
    (part,) = await ask(world, [number], who, **changed)
    answer = await begin(world, part, who)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def erase(world: World) -> None:
    """Do what the leader does with what is past its last day, in its own role."""
    url = world.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url, DatabaseRole.UPKEEP, pool_size=1)
    try:
        log = EventLog(io.StringIO(), world.clock)
        recorder = Recorder(world.index.keys, "upkeep", world.clock)
        catalogue = world.index.catalogue
        await Erasure(engine, recorder, catalogue, log, world.clock, 5).run()
    finally:
        await engine.dispose()


async def listed(world: World, who: dict[str, Any] = FATIMA) -> list[dict[str, Any]]:
    """What somebody follows."""
    answer = await world.send("GET", "/follows", world.a_token(**who))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def changed(world: World, who: dict[str, Any] = FATIMA) -> list[bool | None]:
    """Of each follow whether something changed."""
    return [one["changed"] for one in await listed(world, who)]
