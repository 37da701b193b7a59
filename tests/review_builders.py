"""Lookups that wait for a review, and what officers and users do with them in tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from tests.holders_builders import a_bsn
from tests.tokens import person_claims
from tests.world import World

NOT_IN_ORDER = {"verdict": "not-in-order", "finding": "no-task"}


async def break_glass(world: World, *, subject: str = "user-1", number: int = 1) -> str:
    """Look somebody up in an emergency; gives the id of the lookup's entry."""
    body = await world.ask(
        [a_bsn(number)], subject=subject, breakGlass={"reason": "eviction-today"}
    )
    body["subjects"][0]["informed"] = None
    token = world.a_token(sub=subject)
    answer = await world.send("POST", "/lookups", token, body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["answers"][0]["entryId"])


async def find_queue(world: World, token: str, query: str = "") -> dict[str, Any]:
    """The queue as this officer sees it."""
    answer = await world.send("GET", f"/reviews{query}", token)
    assert answer.status_code == 200, answer.text
    queue: dict[str, Any] = answer.json()
    return queue


async def a_review(world: World, *, subject: str = "user-1") -> str:
    """The id of the review of a fresh emergency of `user-1`."""
    entry = await break_glass(world, subject=subject)
    queue = await find_queue(world, world.an_officer())
    found = next(one["id"] for one in queue["items"] if one["entryId"] == entry)
    return str(found)


async def act(
    world: World, review: str, step: str, body: object, token: str | None = None
) -> httpx.Response:
    """One step of a review, by the first privacy officer unless a token says other.

    A second later than the step before: entries are ordered by their time.
    """
    world.clock.forward(timedelta(seconds=1))
    token = token or world.an_officer()
    return await world.send("POST", f"/reviews/{review}/{step}", token, body)


async def explain(
    world: World, review: str, body: object, *, subject: str = "user-1"
) -> httpx.Response:
    """The explanation of a user, a second later."""
    world.clock.forward(timedelta(seconds=1))
    token = world.issuer.sign(person_claims(world.clock(), sub=subject))
    return await world.send("POST", f"/own-reviews/{review}/explanation", token, body)
