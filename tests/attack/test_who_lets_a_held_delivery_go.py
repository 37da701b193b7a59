"""Only a person who administers the source answers, and only about what was shown."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.ledger_reading import count_entries
from tests.source_administrators import an_administrator
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
DELIVERY = str(uuid.UUID(int=7))
DIGEST, OTHER = "a" * 64, "b" * 64
PATH = f"/agents/office/held-deliveries/{DELIVERY}/answer"


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    is_sqlite = request.param == "sqlite"
    url = None if is_sqlite else str(request.getfixturevalue("registered_postgres"))
    async with open_world(tmp_path, url) as opened:
        yield opened


def a_held(world: World, **changed: object) -> dict[str, object]:
    return {
        "delivery": DELIVERY,
        "digest": DIGEST,
        "heldAt": world.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "findings": [{"finding": "other-person", "count": 11, "of": 12}],
    } | changed


async def tell(world: World, held: dict[str, object] | None) -> list[dict[str, Any]]:
    """As the agency's own agent; gives what is answered for it."""
    feed: dict[str, object] = {"feed": "debt-help", "backlog": 0, "held": held}
    feed |= {"state": "held" if held else "done"}
    feed |= dict.fromkeys(("lastRun", "lastReconciled", "nextRun"))
    bearer = world.a_source_token(world.debt_help)
    answer = await world.send("PUT", "/agents/office", bearer, {"feeds": [feed]})
    assert answer.status_code == 200, answer.text
    answers: list[dict[str, Any]] = answer.json()["answers"]
    return answers


async def say(world: World, bearer: str, digest: str = DIGEST) -> int:
    said = {"digest": digest, "answer": "approved"}
    return (await world.send("POST", PATH, bearer, said)).status_code


async def test_an_administrators_answer_reaches_the_agent_and_the_ledger(
    world: World,
) -> None:
    assert await tell(world, a_held(world)) == []
    assert await say(world, an_administrator(world, world.debt_help)) == 204
    said = {"delivery": DELIVERY, "digest": DIGEST, "answer": "approved"}
    assert await tell(world, a_held(world)) == [said]
    assert await count_entries(world, "delivery") == 1


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


async def test_an_answer_does_not_hold_for_another_difference(world: World) -> None:
    await tell(world, a_held(world))
    await say(world, an_administrator(world, world.debt_help))
    assert await tell(world, a_held(world, digest=OTHER)) == []


async def test_what_was_not_shown_cannot_be_answered(world: World) -> None:
    administrator = an_administrator(world, world.debt_help)
    assert await say(world, administrator) == 404
    await tell(world, a_held(world))
    assert await say(world, administrator, OTHER) == 404
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
