"""What came of each flag: said, changed, told again to who asked, and nobody else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from signal_index.ledger import Group
from tests.builders import a_contact_holder
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)
TWO_WEEKS = timedelta(days=14)


@pytest.fixture
async def world(world: World) -> World:
    await world.publish(world.debt_help, [ONE])
    await world.publish(world.income_support, [ONE])
    return world


async def say(
    world: World, entry: str, flag: object, outcome: str | None, **who: object
) -> tuple[int, dict[str, Any]]:
    answer = await world.send(
        "POST",
        f"/lookups/{entry}/outcome",
        world.a_token(**who),
        {"outcome": outcome, "flag": flag},
    )
    return answer.status_code, answer.json() if answer.content else {}


async def own(world: World) -> list[dict[str, Any]]:
    answer = await world.send("GET", "/own-lookups", world.a_token())
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_each_flag_has_its_own_outcome_and_the_last_one_holds(
    world: World,
) -> None:
    (part,) = await world.look_up([ONE])
    entry = part["entryId"]
    for flag, outcome in (
        (0, "not-reachable"),
        (1, "already-known"),
        (0, "citizen-says-ended"),
    ):
        world.clock.forward(timedelta(seconds=1))
        assert (await say(world, entry, flag, outcome))[0] == 204
    (mine,) = await own(world)
    assert [
        (one["place"], one["categoryShort"], one["organisation"], one["contactOutcome"])
        for one in mine["flags"]
    ] == [
        (0, "bijstand", "Bureau income-support", "citizen-says-ended"),
        (1, "schuldhulp", "Bureau debt-help", "already-known"),
    ]
    said = [one[Group.WHAT] for one in await open_entries(world, "outcome")]
    assert [(one["flag"], one["outcome"]) for one in said if one] == [
        (0, "not-reachable"),
        (1, "already-known"),
        (0, "citizen-says-ended"),
    ]


async def test_what_was_said_by_mistake_is_taken_back_and_then_nothing_was_said(
    world: World,
) -> None:
    (part,) = await world.look_up([ONE])
    entry = part["entryId"]
    for flag in (0, None):
        assert (await say(world, entry, flag, "contact-made"))[0] == 204
        assert (await say(world, entry, flag, None))[0] == 204
    (mine,) = await own(world)
    assert mine["contactOutcome"] is None
    assert [flag["contactOutcome"] for flag in mine["flags"]] == [None, None]
    assert mine["flags"][0]["contact"] is not None
    said = [one[Group.WHAT] for one in await open_entries(world, "outcome")]
    recorded = Counter(one["outcome"] for one in said if one)
    assert recorded == {"contact-made": 2, None: 2}
    path = f"/entries/{entry}"
    told = (await world.send("GET", path, world.an_officer())).json()
    assert told["contactOutcomes"] == []
    assert [one["takenBack"] for one in told["shown"]] == [True, False]


async def open_calls(world: World, **who: object) -> int:
    answer = await world.send("GET", "/catalogue", world.a_token(**who))
    count: int = answer.json()["openCalls"]
    return count


async def test_who_is_still_to_be_called_of_today_is_counted_for_the_asker_alone(
    world: World,
) -> None:
    """A second household does not make her forget the first; tomorrow is new."""
    (part,) = await world.look_up([ONE])
    await world.look_up([TWO])
    assert await open_calls(world) == len(part["flags"]) == 2
    for outcome, left in (("not-reachable", 2), ("contact-made", 1), (None, 2)):
        await say(world, part["entryId"], 0, outcome)
        assert await open_calls(world) == left
    assert await open_calls(world, sub="user-2") == 0
    world.clock.forward(timedelta(days=1))
    assert await open_calls(world) == 0


async def test_what_is_looked_up_again_in_the_same_case_is_one_call(
    world: World,
) -> None:
    """What came of it at either lookup came of both."""
    (first,) = await world.look_up([ONE])
    world.clock.forward(timedelta(minutes=10))
    (second,) = await world.look_up([ONE])
    assert await open_calls(world) == 2
    newest, older = await own(world)
    assert [[flag["again"] for flag in one["flags"]] for one in (newest, older)] == [
        [False, False],
        [True, True],
    ]
    assert [flag["alsoAt"] for flag in newest["flags"]] == [[older["at"]]] * 2
    for part, flag, left in ((first, 0, 1), (second, 1, 0)):
        await say(world, part["entryId"], flag, "contact-made")
        assert await open_calls(world) == left
    newest, older = await own(world)
    said = [flag["contactOutcome"] for one in (newest, older) for flag in one["flags"]]
    assert said == ["contact-made"] * 4
    assert newest["flags"][0]["entryId"] == first["entryId"], "taken back where it is"


async def test_nobody_takes_back_what_another_said_or_what_counts_by_now(
    world: World,
) -> None:
    (part,) = await world.look_up([ONE])
    await say(world, part["entryId"], 0, "contact-made")
    assert (await say(world, part["entryId"], 0, None, sub="user-2"))[0] == 404
    world.clock.forward(TWO_WEEKS)
    assert (await say(world, part["entryId"], 0, None))[0] == 409


async def test_the_place_is_that_of_the_answer(world: World) -> None:
    (part,) = await world.look_up([ONE])
    (mine,) = await own(world)
    shown = [flag["organisation"] for flag in part["flags"]]
    assert [flag["organisation"] for flag in mine["flags"]] == shown


async def test_whom_to_call_is_told_as_it_is_now_until_somebody_was_reached(
    world: World,
) -> None:
    (part,) = await world.look_up([ONE])
    changed = a_contact_holder(function="Loket", officeHours=[])
    answer = await world.put_contact(world.debt_help, changed)
    assert answer.status_code < 300, answer.text
    for flag, outcome in ((0, "contact-made"), (1, "not-reachable")):
        await say(world, part["entryId"], flag, outcome)
    (mine,) = await own(world)
    reached, unreached = mine["flags"]
    assert reached["contact"] is None
    told = unreached["contact"]
    assert (told["function"], told["officeHours"]) == ("Loket", [])
    world.clock.forward(TWO_WEEKS)
    (mine,) = await own(world)
    assert mine["flags"] is None


async def test_a_lookup_as_a_whole_says_nothing_of_a_flag(world: World) -> None:
    (part,) = await world.look_up([ONE])
    assert (await say(world, part["entryId"], None, "not-needed"))[0] == 204
    (mine,) = await own(world)
    assert mine["contactOutcome"] == "not-needed"
    assert [flag["contactOutcome"] for flag in mine["flags"]] == [None, None]


@pytest.mark.parametrize("flag", [2, -1, "0", 1.5, True])
async def test_a_flag_that_was_not_shown_has_no_outcome(
    world: World, flag: object
) -> None:
    (part,) = await world.look_up([ONE])
    status, problem = await say(world, part["entryId"], flag, "contact-made")
    assert (status, [one["field"] for one in problem["errors"]]) == (400, ["flag"])


async def test_a_miss_has_no_flag_to_say_anything_of(world: World) -> None:
    (part,) = await world.look_up([TWO])
    assert (await say(world, part["entryId"], 0, "contact-made"))[0] == 400
    (mine,) = await own(world)
    assert mine["flags"] == []


async def test_what_a_lookup_showed_is_told_for_two_weeks_and_no_longer(
    world: World,
) -> None:
    (part,) = await world.look_up([ONE])
    await say(world, part["entryId"], 0, "not-reachable")
    world.clock.forward(TWO_WEEKS - timedelta(minutes=1))
    assert (await say(world, part["entryId"], 0, "contact-made"))[0] == 204
    world.clock.forward(timedelta(minutes=2))
    status, problem = await say(world, part["entryId"], 1, "contact-made")
    assert (status, problem["type"].rpartition("/")[2]) == (409, "outcome-closed")
    (mine,) = await own(world)
    assert (mine["flags"], mine["contactOutcome"]) == (None, None)


async def test_nobody_says_what_came_of_the_lookup_of_another(world: World) -> None:
    (part,) = await world.look_up([ONE])
    other, _ = await say(world, part["entryId"], 0, "contact-made", sub="user-2")
    elsewhere, _ = await say(
        world, part["entryId"], 0, "contact-made", org=TEAM_OIN, client_id="desk-team"
    )
    assert (other, elsewhere) == (404, 404)


async def test_an_officer_sees_what_came_of_each_flag(world: World) -> None:
    (part,) = await world.look_up([ONE])
    await say(world, part["entryId"], 1, "contact-made")
    path = f"/entries/{part['entryId']}"
    entry = (await world.send("GET", path, world.an_officer())).json()
    assert [one["contactOutcome"] for one in entry["shown"]] == [None, "contact-made"]
    assert entry["contactOutcomes"] == ["contact-made"]
