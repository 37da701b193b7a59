"""Only a person who administers the source answers, and only about what was shown."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from signal_index.proof import Group
from signal_index.wire.agents import HeldDelivery
from tests.ledger_reading import count_entries, open_entries
from tests.source_administrators import an_administrator
from tests.world import Agency, World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
DELIVERY = str(uuid.UUID(int=7))
MARK, OTHER = "a" * 64, "b" * 64
PATH = f"/agents/office/held-deliveries/{DELIVERY}/answer"


def a_held(world: World, **changed: object) -> dict[str, object]:
    return {
        "delivery": DELIVERY,
        "source": world.debt_help.oin,
        "mark": MARK,
        "heldAt": world.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "findings": [{"finding": "other-person", "count": 11, "of": 12}],
    } | changed


def digest_of(held: dict[str, object]) -> str:
    """What an answer is about: every member of what was shown."""
    return HeldDelivery.model_validate_json(json.dumps(held)).digest


async def tell(
    world: World, held: dict[str, object] | None, *unsent: dict[str, str]
) -> list[dict[str, Any]]:
    """As the agency's own agent; gives what is answered for it."""
    answer = await try_to_tell(world, held, world.debt_help, *unsent)
    assert answer.status_code == 200, answer.text
    answers: list[dict[str, Any]] = answer.json()["answers"]
    return answers


async def try_to_tell(
    world: World,
    held: dict[str, object] | None,
    agency: Agency,
    *unsent: dict[str, str],
) -> Response:
    feed: dict[str, object] = {"feed": "debt-help", "backlog": 0, "held": held}
    feed |= {"state": "held" if held else "done"}
    feed |= dict.fromkeys(("lastRun", "lastReconciled", "nextRun"))
    bearer = world.a_source_token(agency)
    told = {"feeds": [feed], "unsent": list(unsent)}
    return await world.send("PUT", "/agents/office", bearer, told)


async def say(world: World, bearer: str, **shown: object) -> int:
    """Answer about what was shown; override what was not told so."""
    said = {"digest": digest_of(a_held(world, **shown)), "answer": "approved"}
    return (await world.send("POST", PATH, bearer, said)).status_code


async def test_an_administrators_answer_reaches_the_agent_and_the_ledger(
    world: World,
) -> None:
    assert await tell(world, a_held(world)) == []
    assert await say(world, an_administrator(world, world.debt_help)) == 204
    digest = digest_of(a_held(world))
    said = {"delivery": DELIVERY, "digest": digest, "answer": "approved"}
    assert await tell(world, a_held(world)) == [said]
    (entry,) = await open_entries(world, "delivery")
    assert (entry[Group.WHAT] or {})["source"] == world.debt_help.oin


async def test_a_delivery_of_a_source_that_it_does_not_send_for_is_not_held(
    world: World,
) -> None:
    refused = await try_to_tell(world, a_held(world), world.income_support)
    assert refused.status_code == 403
    assert await say(world, an_administrator(world, world.income_support)) == 404


async def test_an_answer_said_twice_is_recorded_once(world: World) -> None:
    await tell(world, a_held(world))
    for _ in range(2):
        assert await say(world, an_administrator(world, world.debt_help)) == 204
    assert await count_entries(world, "delivery") == 1


async def test_an_answer_is_forgotten_when_it_was_carried_out(world: World) -> None:
    """So that it is never played again, also not for the same delivery."""
    await tell(world, a_held(world))
    await say(world, an_administrator(world, world.debt_help))
    assert await tell(world, None) == []
    assert await tell(world, a_held(world)) == []


async def test_who_dropped_a_delivery_stays_known_when_it_is_gone(world: World) -> None:
    bearer = an_administrator(world, world.debt_help)
    await tell(world, a_held(world))
    said = {"digest": digest_of(a_held(world)), "answer": "dropped"}
    assert (await world.send("POST", PATH, bearer, said)).status_code == 204
    await tell(world, None)
    (agent,) = (await world.send("GET", "/agents", bearer)).json()["items"]
    ((one, user),) = [(x["delivery"], x["by"]["user"]) for x in agent["unsent"]]
    assert (agent["answers"], one) == ([], DELIVERY)
    assert user


def unsent(count: int, how: str = "dropped") -> dict[str, str]:
    delivery = str(uuid.UUID(int=count))
    return {"delivery": delivery, "feed": "debt-help", "how": how}


async def list_unsent(world: World, bearer: str) -> dict[str, dict[str, Any]]:
    (agent,) = (await world.send("GET", "/agents", bearer)).json()["items"]
    return {one["delivery"]: one for one in agent["unsent"]}


async def test_what_was_dropped_where_the_agent_is_is_listed_by_nobody(
    world: World,
) -> None:
    """Nor does telling it again make it newer than it is."""
    bearer = an_administrator(world, world.debt_help)
    await tell(world, None, unsent(1))
    (first,) = (await list_unsent(world, bearer)).values()
    world.clock.forward(timedelta(minutes=5))
    await tell(world, None, unsent(1), unsent(2, "abandoned"))
    listed = await list_unsent(world, an_administrator(world, world.debt_help))
    assert first["by"] is None
    assert first == listed.pop(unsent(1)["delivery"])
    assert [one["how"] for one in listed.values()] == ["abandoned"]


async def test_no_word_of_an_agent_takes_away_who_dropped_a_delivery(
    world: World,
) -> None:
    """Neither another word about it, nor as many others as it may tell of."""
    bearer = an_administrator(world, world.debt_help)
    await tell(world, a_held(world))
    said = {"digest": digest_of(a_held(world)), "answer": "dropped"}
    assert (await world.send("POST", PATH, bearer, said)).status_code == 204
    before = (await list_unsent(world, bearer))[DELIVERY]
    others = [unsent(100 + n) for n in range(19)]
    await tell(world, None, unsent(7, "replaced"), *others)
    assert (await list_unsent(world, bearer))[DELIVERY] == before
    assert before["by"]["user"]


async def test_what_an_agent_tells_of_it_is_bounded_and_of_a_closed_list(
    world: World,
) -> None:
    many = [unsent(n) for n in range(21)]
    for told in (many, [unsent(1, "Z-17")], [unsent(1) | {"case": "Z-17"}]):
        refused = await try_to_tell(world, None, world.debt_help, *told)
        assert refused.status_code == 400, refused.text


async def test_an_answer_does_not_hold_for_another_difference(world: World) -> None:
    await tell(world, a_held(world))
    await say(world, an_administrator(world, world.debt_help))
    assert await tell(world, a_held(world, mark=OTHER)) == []


async def test_what_was_not_shown_cannot_be_answered(world: World) -> None:
    administrator = an_administrator(world, world.debt_help)
    assert await say(world, administrator) == 404
    await tell(world, a_held(world))
    fewer = [{"finding": "other-person", "count": 1, "of": 12}]
    for shown in ({"mark": OTHER}, {"findings": fewer}):
        assert await say(world, administrator, **shown) == 404
    assert await count_entries(world, "delivery") == 0


async def test_the_agencys_own_machine_may_not_answer(world: World) -> None:
    await tell(world, a_held(world))
    assert await say(world, world.a_source_token(world.debt_help)) == 403


@pytest.mark.parametrize("role", ["generalist", "privacy-officer"])
async def test_a_colleague_with_another_role_may_not_answer(
    world: World, role: str
) -> None:
    await tell(world, a_held(world))
    bearer = an_administrator(world, world.debt_help, roles=[role])
    assert await say(world, bearer) == 403


async def test_another_agencys_administrator_finds_nothing_to_answer(
    world: World,
) -> None:
    await tell(world, a_held(world))
    assert await say(world, an_administrator(world, world.income_support)) == 404
