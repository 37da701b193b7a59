"""An answer says what its user said of the same flags before: to them, and no more."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.base64url import encode_b64u
from signal_index.store.asked_before import MOST_BEFORE
from tests.holders_builders import a_bsn
from tests.side_channels import Watched
from tests.transfer_builders import withdraw
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)
JORIS = {"sub": "user-2"}
OTHER_PURPOSE: dict[str, Any] = {
    "purpose": "wmo-onderzoek",
    "legalBasis": "wmo-2015-2.3.2",
}


async def look_up(
    world: World,
    number: object = ONE,
    who: dict[str, str] | None = None,
    **more: object,
) -> dict[str, Any]:
    world.clock.forward(timedelta(minutes=10))
    sub = (who or {}).get("sub", "user-1")
    body = await world.ask([number], subject=sub, **more)  # type: ignore[list-item]
    token = world.a_token(sub=sub)
    answer = await world.send("POST", "/lookups", token, body)
    assert answer.status_code == 200, answer.text
    (part,) = answer.json()["answers"]
    return dict(part)


async def say(world: World, entry: str, flag: int, outcome: str | None) -> None:
    path, body = f"/lookups/{entry}/outcome", {"outcome": outcome, "flag": flag}
    answer = await world.send("POST", path, world.a_token(), body)
    assert answer.status_code == 204, answer.text


async def own(world: World) -> list[dict[str, Any]]:
    answer = await world.send("GET", "/own-lookups", world.a_token())
    return [flag for one in answer.json()["items"] for flag in one["flags"]]


def told(part: dict[str, Any]) -> list[tuple[str, str]]:
    """By organisation what was said before."""
    return [
        (part["flags"][one["place"]]["organisation"], one["outcome"])
        for one in part["saidBefore"]
    ]


async def test_what_was_said_comes_back_at_the_same_flag_and_is_changed_there(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    first = await look_up(world)
    assert first["saidBefore"] == []
    await say(world, first["entryId"], 0, "not-reachable")
    await look_up(world)  # nothing is said of this one
    await world.publish(world.income_support, [ONE])
    third = await look_up(world, ONE, None, **OTHER_PURPOSE)
    assert told(third) == [("Bureau debt-help", "not-reachable")]
    (said,) = third["saidBefore"]
    assert (said["entryId"], said["flag"], said["place"]) == (first["entryId"], 0, 1)
    await say(world, said["entryId"], said["flag"], "contact-made")
    assert told(await look_up(world)) == [("Bureau debt-help", "contact-made")]
    await say(world, said["entryId"], said["flag"], None)
    assert told(await look_up(world)) == []


async def test_the_answer_says_what_the_own_list_says(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    for outcome in ("contact-made", "not-reachable"):
        part = await look_up(world)
        await say(world, part["entryId"], 0, outcome)
    part = await look_up(world)
    (listed, *_) = await own(world)
    (said,) = part["saidBefore"]
    assert said["outcome"] == listed["contactOutcome"] == "contact-made"
    assert (said["entryId"], said["flag"]) == (listed["entryId"], listed["place"])


@pytest.mark.parametrize(
    "then",
    [
        {"who": JORIS},
        {"caseReference": encode_b64u(bytes([1] * 32))},
        {"number": TWO},
        {"days": 15},
    ],
)
async def test_nothing_comes_back_to_another_in_another_case_or_of_another_or_later(
    world: World, then: dict[str, Any]
) -> None:
    await world.publish(world.debt_help, [ONE, TWO])
    part = await look_up(world)
    await say(world, part["entryId"], 0, "citizen-says-ended")
    world.clock.forward(timedelta(days=then.pop("days", 0)))
    assert told(await look_up(world, **then)) == []


async def test_where_one_of_two_alike_is_gone_nothing_is_said_of_the_other(
    world: World,
) -> None:
    """Which of the two it is nobody can tell: what was said of one is not put on it."""
    (ended,) = await world.publish(world.debt_help, [ONE])
    await world.publish(world.debt_help, [ONE])
    part = await look_up(world)
    assert len(part["flags"]) == 2
    for flag, outcome in enumerate(("citizen-says-ended", "contact-made")):
        await say(world, part["entryId"], flag, outcome)
    again = await look_up(world)
    assert [what for _, what in told(again)] == ["citizen-says-ended", "contact-made"]
    assert (await withdraw(world, world.debt_help, ended)).status_code == 200
    left = await look_up(world)
    assert (len(left["flags"]), left["saidBefore"]) == (1, [])
    assert [one["contactOutcome"] for one in await own(world)].count(None) >= 1
    await say(world, left["entryId"], 0, "not-reachable")
    assert [what for _, what in told(await look_up(world))] == ["not-reachable"]


async def test_what_is_read_of_before_is_bounded(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    part = await look_up(world)
    await say(world, part["entryId"], 0, "contact-made")
    for _ in range(MOST_BEFORE - 1):
        await look_up(world)
    assert told(await look_up(world)) == [("Bureau debt-help", "contact-made")]
    assert told(await look_up(world)) == []


async def test_by_no_sign_of_a_lookup_it_shows_whether_anything_was_said(
    tmp_path: Path,
) -> None:
    """Of somebody without a flag, with one, with one of which something was said."""
    async with open_world(tmp_path) as opened:
        parts = {one.name: getattr(opened, one.name) for one in fields(World)}
        world = Watched(**parts)
        await world.publish(world.debt_help, [TWO, THREE])
        _, _, part = [await look_up(world, number) for number in (ONE, TWO, THREE)]
        await say(world, part["entryId"], 0, "not-reachable")
        world.watch()
        again = [await look_up(world, number) for number in (ONE, TWO, THREE)]
        steps = [one for one in world.steps if one.name == "POST /lookups"]
        world.close()
    assert [len(one["saidBefore"]) for one in again] == [0, 0, 1]
    miss, hit, said = steps
    signs = {"status", "length", "headers", "statements", "lines"}
    assert not signs & (miss.find_unlike(hit) | miss.find_unlike(said))
