"""What a test of officers in the ledger needs: lookups, searches, a citizen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from keys.base64url import encode_b64u
from keys.request import Act
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.world import World

OFFICER = "privacy-officer-1"


async def look_up(
    world: World, user: str = "user-1", team: str | None = None, **changed: object
) -> list[str]:
    """Look one person up as this user, a second later than before; give the ids."""
    world.clock.forward(timedelta(seconds=1))
    body = await world.ask([a_bsn(1)], subject=user, **changed)
    token = world.a_token(sub=user, team=team)
    answer = await world.send("POST", "/lookups", token, body)
    if answer.status_code == 403:
        return [str(entry) for entry in answer.json()["entryIds"]]
    return [str(part["entryId"]) for part in answer.json()["answers"]]


def a_search(world: World, **changed: object) -> dict[str, Any]:
    """A search of the last month, for supervision."""
    today = world.clock().date()
    body = {
        "why": "supervision",
        "from": (today - timedelta(days=30)).isoformat(),
        "until": today.isoformat(),
        "organisation": LOOKUP_OIN,
    }
    return {**body, **changed}


async def find(world: World, **changed: object) -> dict[str, Any]:
    """Search as the municipality's privacy officer; it must succeed."""
    body = a_search(world, **changed)
    answer = await world.send("POST", "/searches", world.an_officer(), body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [item["entryId"] for item in found["items"]]


async def a_citizen(world: World, number: int, user: str = OFFICER) -> dict[str, Any]:
    """A citizen's number as the officer's browser sends it."""
    given = await world.holders.look_up([a_bsn(number)], user, Act.OFFICER_SEARCH)
    return {
        "keyVersion": world.index.key_config.key_version,
        "tickets": list(given.tickets),
        "pseudonym": encode_b64u(given.pseudonyms[0].encoded),
    }
