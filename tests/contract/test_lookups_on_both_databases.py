"""A lookup does the same on SQLite and on PostgreSQL, alone or in company."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from signal_index.ledger import Group
from signal_index.proof import JsonObject
from tests.builders import a_day
from tests.holders_builders import a_bsn
from tests.ledger_reading import count_entries, open_entries
from tests.store_builders import owning
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)


def _categories(part: dict[str, Any]) -> list[str]:
    return [flag["category"] for flag in part["flags"]]


def _group(opened: Any, group: Group) -> JsonObject:  # noqa: ANN401 - an opened entry
    value = opened[group]
    assert value is not None
    return dict(value)


async def test_a_hit_shows_the_flag_and_whom_to_call(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    (part,) = await world.look_up([ONE])
    (flag,) = part["flags"]
    assert flag["organisation"] == "Bureau debt-help"
    assert flag["contactHolder"]["phone"] == "+31101234567"


async def test_a_household_is_answered_in_the_order_asked(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    await world.publish(world.income_support, [THREE, ONE])
    parts = await world.look_up([TWO, ONE, THREE])
    assert [_categories(part) for part in parts] == [
        [],
        ["bijstand", "schuldhulpverlening"],
        ["bijstand"],
    ]


async def test_what_has_expired_is_not_shown(world: World) -> None:
    await world.publish(world.debt_help, [ONE], validUntil=a_day(1))
    world.clock.forward(timedelta(days=2))
    (part,) = await world.look_up([ONE])
    assert part["flags"] == []


async def test_a_miss_names_the_connected_sources(world: World) -> None:
    (part,) = await world.look_up([ONE])
    named = {source["organisation"] for source in part["sources"]}
    assert named == {"Bureau debt-help", "Bureau income-support"}


async def test_every_person_asked_about_has_an_entry(world: World) -> None:
    parts = await world.look_up([ONE, TWO])
    entries = await open_entries(world, "lookup")
    assert len(entries) == len(parts) == 2
    names = {str(_group(one, Group.PERSON)["name"]) for one in entries}
    assert len(names) == 2


async def test_the_numbers_of_a_person_run_without_a_gap(world: World) -> None:
    for _ in range(3):
        await world.look_up([ONE])
    await world.look_up([ONE, TWO])
    refused = await world.ask([ONE], caseReference=None)
    await world.send("POST", "/lookups", world.a_token(), refused)
    numbers = [
        _group(one, Group.PERSON)["number"]
        for one in await open_entries(world, "lookup")
    ]
    assert Counter(numbers) == Counter([1, 2, 3, 4, 1, 5])


async def test_an_entry_says_who_why_and_what_was_shown(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE])
    (entry,) = await open_entries(world, "lookup")
    assert _group(entry, Group.WHO) == {"sub": "user-1"}
    assert _group(entry, Group.WHY)["purpose"] == "schuldhulp-toegang"
    flags: Any = _group(entry, Group.WHAT)["flags"]
    assert [flag["category"] for flag in flags] == ["schuldhulpverlening"]


async def test_a_refusal_tells_every_ground_and_is_recorded_first(world: World) -> None:
    body = await world.ask([ONE], caseReference=None)
    body["subjects"][0]["informed"] = None
    answer = await world.send("POST", "/lookups", world.a_token(loa="low"), body)
    problem = answer.json()
    assert answer.status_code == 403
    assert len(problem["grounds"]) >= 3
    (entry,) = await open_entries(world, "lookup")
    grounds: Any = _group(entry, Group.DECISION)["grounds"]
    assert sorted(grounds) == sorted(ground["id"] for ground in problem["grounds"])


async def test_one_refused_subject_refuses_the_household(world: World) -> None:
    body = await world.ask([ONE, TWO])
    body["subjects"][1]["informed"] = None
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 403
    assert len(answer.json()["entryIds"]) == 2


async def test_breaking_the_glass_leaves_a_review_in_the_queue(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    body = await world.ask([ONE], breakGlass={"reason": "eviction-today"})
    body["subjects"][0]["informed"] = None
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 200, answer.text
    async with owning(world.engine) as conn:
        waiting = text(
            "SELECT rule, state FROM review JOIN review_ground ON review_id = id"
        )
        rows = (await conn.execute(waiting)).all()
    assert [(row.rule, row.state) for row in rows] == [("break-glass", "open")]


async def test_many_at_once_are_each_answered_with_their_own(world: World) -> None:
    await world.publish(world.debt_help, [ONE, THREE])
    asked = [ONE, TWO, THREE] * 10
    bodies = [
        await world.ask([number], subject=f"user-{place}")
        for place, number in enumerate(asked)
    ]
    answers = await asyncio.gather(
        *(
            world.send("POST", "/lookups", world.a_token(sub=f"user-{place}"), body)
            for place, body in enumerate(bodies)
        )
    )
    shown = [len(answer.json()["answers"][0]["flags"]) for answer in answers]
    assert shown == [1, 0, 1] * 10
    numbers = [
        _group(one, Group.PERSON)["number"]
        for one in await open_entries(world, "lookup")
    ]
    assert sorted(Counter(numbers).values()) == [3] * 10


async def test_what_came_of_a_lookup_is_kept_and_shown_to_its_asker(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    (part,) = await world.look_up([ONE])
    path, token = f"/lookups/{part['entryId']}/outcome", world.a_token()
    for outcome in ("not-reachable", "contact-made"):
        body = {"outcome": outcome, "flag": 0}
        answer = await world.send("POST", path, token, body)
        assert answer.status_code == 204
    (mine,) = (await world.send("GET", "/own-lookups", token)).json()["items"]
    assert mine["entryId"] == part["entryId"]
    assert [flag["contactOutcome"] for flag in mine["flags"]] == ["contact-made"]
    assert await count_entries(world, "outcome") == 2
    assert await count_entries(world, "own-history") == 1


async def test_each_print_is_recorded_with_the_lookup_it_is_of(world: World) -> None:
    (part,) = await world.look_up([ONE])
    path = f"/lookups/{part['entryId']}/print"
    for _ in range(2):
        answer = await world.send("POST", path, world.a_token(), {})
        assert answer.status_code == 204, answer.text
    prints = await open_entries(world, "print")
    assert [_group(one, Group.WHO)["sub"] for one in prints] == ["user-1", "user-1"]
    assert {_group(one, Group.WHAT)["entry"] for one in prints} == {part["entryId"]}


async def test_nobody_prints_the_answer_of_another(world: World) -> None:
    (part,) = await world.look_up([ONE])
    path = f"/lookups/{part['entryId']}/print"
    answer = await world.send("POST", path, world.a_token(sub="user-2"), {})
    assert (answer.status_code, await count_entries(world, "print")) == (404, 0)


async def test_a_refusal_has_nothing_to_print(world: World) -> None:
    body = await world.ask([ONE], caseReference=None)
    refused = await world.send("POST", "/lookups", world.a_token(), body)
    (entry,) = refused.json()["entryIds"]
    answer = await world.send("POST", f"/lookups/{entry}/print", world.a_token(), {})
    assert (answer.status_code, await count_entries(world, "print")) == (404, 0)


async def test_the_own_history_pages_without_losing_any(world: World) -> None:
    asked = [(await world.look_up([ONE]))[0]["entryId"] for _ in range(5)]
    seen, path = [], "/own-lookups?limit=2"
    while path:
        page = (await world.send("GET", path, world.a_token())).json()
        seen += [item["entryId"] for item in page["items"]]
        cursor = page["next"]
        path = cursor and f"/own-lookups?limit=2&cursor={cursor}"
    assert sorted(seen) == sorted(asked)
