"""An answer says what its user said of the same flags before: to them, and no more."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from keys.base64url import decode_b64u, encode_b64u
from signal_index.proof import Group, parse_disclosure
from signal_index.store.asked_before import MOST_BEFORE
from signal_index.store.opened_entries import open_entries
from signal_index.wire.signals import Notice
from tests.builders import a_day
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


async def publish_alike(world: World) -> list[Notice]:
    """Two signals that an answer shows as one and the same, the older first."""
    found = []
    for days in (-20, -10):
        found += await world.publish(world.debt_help, [ONE], validFrom=a_day(days))
    return found


@pytest.mark.parametrize("gone", [0, 1])
async def test_of_two_alike_the_one_that_is_left_keeps_its_own_words(
    world: World, gone: int
) -> None:
    """And another that comes beside it has none."""
    alike = await publish_alike(world)
    words = ["citizen-says-ended", "contact-made"]
    part = await look_up(world)
    for flag, outcome in enumerate(words):
        await say(world, part["entryId"], flag, outcome)
    assert [what for _, what in told(await look_up(world))] == words
    assert (await withdraw(world, world.debt_help, alike[gone])).status_code == 200
    left = await look_up(world)
    assert [what for _, what in told(left)] == [words[1 - gone]]
    assert left["saidBefore"][0]["flag"] == 1 - gone
    await world.publish(world.debt_help, [ONE], validFrom=a_day(-1))
    beside = await look_up(world)
    assert [
        (one["place"], one["outcome"], one["flag"]) for one in beside["saidBefore"]
    ] == [(0, words[1 - gone], 1 - gone)]
    listed = [one["contactOutcome"] for one in await own(world) if not one["again"]]
    assert sorted(map(str, listed)) == sorted([*words, "None"])


async def test_one_that_stood_alone_then_beside_another_then_ended_leaves_no_word(
    world: World,
) -> None:
    (alone,) = await world.publish(world.debt_help, [ONE], validFrom=a_day(-20))
    first = await look_up(world)
    await say(world, first["entryId"], 0, "not-reachable")
    await world.publish(world.debt_help, [ONE], validFrom=a_day(-10))
    both = await look_up(world)
    assert [(one["place"], one["outcome"]) for one in both["saidBefore"]] == [
        (0, "not-reachable")
    ]
    assert (await withdraw(world, world.debt_help, alone)).status_code == 200
    left = await look_up(world)
    assert (len(left["flags"]), left["saidBefore"]) == (1, [])


async def test_a_mark_is_of_one_user_person_and_case(world: World) -> None:
    """The same signal has another in each: entries of others cannot be tied by it."""
    await world.publish(world.debt_help, [ONE])
    asked: list[dict[str, Any]] = [
        {},
        OTHER_PURPOSE,
        {"who": JORIS},
        {"caseReference": encode_b64u(bytes([1] * 32))},
    ]
    entries = [UUID((await look_up(world, **one))["entryId"]) for one in asked]
    async with world.index.engine.connect() as conn:
        opened = await open_entries(conn, entries, world.index.keys.disclosures)
    marks = [opened[one].marks for one in entries]
    assert {len(one) for one in marks} == {1}
    assert marks[0] == marks[1]
    assert len({one for (one,) in marks}) == len(asked) - 1


async def test_marks_tell_a_reader_without_the_key_not_of_one_person(
    world: World,
) -> None:
    """Of receipts, proofs, or a day that a key holder reads: in none are two alike."""
    (one,) = await world.publish(world.debt_help, [ONE])
    parts = [await look_up(world) for _ in "12"]
    said = [
        parse_disclosure(text)
        for part in parts
        for text in part["receipt"]["disclosures"]
    ]
    what = [each.value or {} for each in said if each.group is Group.WHAT]
    assert what[0]["flags"] == what[1]["flags"]
    marks = [decode_b64u(str(each["marks"])) for each in what]
    assert marks[0] != marks[1]
    assert not any(mark in one.reference.bytes for mark in marks)


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
