"""Somebody wants to know by messages what they may not: who looked, when, at whom.

A partner at the mailbox, whoever steals the page's disk or has its token, or the token
of another's wish.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event

from keys.base64url import decode_b64u, encode_b64u
from tests.attack.test_an_embargo_does_not_show import look_up_for_safety
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import SOURCE_OIN, a_bsn
from tests.ledger_reading import count_entries
from tests.portal_builders import ask_due, begin_messages, end_messages, view_own
from tests.tokens import officer_claims
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)
DAY = timedelta(days=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


async def begin(world: World, view: dict[str, object]) -> str:
    token: str = (await begin_messages(world, view)).json()["token"]
    return token


def today(world: World) -> date:
    return world.clock().date()


async def test_a_day_of_safety_alone_is_a_day_of_nothing_with_and_without_an_embargo(
    world: World, tmp_path: Path
) -> None:
    """And what is asked of the database is the same for all three."""
    desk = CitizensDesk(world, tmp_path)
    tokens = [
        await begin(world, await view_own(world, one)) for one in (ONE, TWO, THREE)
    ]
    await desk.place_embargo(ONE)
    for number in (ONE, TWO):
        await world.publish(world.veilig_thuis, [number])
        await look_up_for_safety(desk, number)
    world.clock.forward(DAY)
    yesterday = today(world) - DAY
    await ask_due(world, yesterday, tokens)  # what a worker reads once, it has
    seen, statements = [], []
    event.listen(
        world.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: statements.append(statement[:80]),
    )
    for token in tokens:
        statements.clear()
        answer = await ask_due(world, yesterday, [token])
        (item,) = answer.json()["items"]
        seen.append((item["isDue"], len(answer.content), list(statements)))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] is False


async def test_an_answer_is_as_long_whoever_was_looked_up(world: World) -> None:
    tokens = [await begin(world, await view_own(world, one)) for one in (ONE, TWO)]
    await world.look_up([ONE])
    world.clock.forward(DAY)
    answers = [
        await ask_due(world, today(world) - DAY, [token, token]) for token in tokens
    ]
    due = [[one["isDue"] for one in answer.json()["items"]] for answer in answers]
    assert due == [[True, True], [False, False]]
    assert len({len(answer.content) for answer in answers}) == 1


async def test_nobody_but_the_pages_machine_wishes_or_asks(world: World) -> None:
    view = await view_own(world, ONE)
    token = await begin(world, view)
    world.clock.forward(DAY)
    yesterday = today(world) - DAY
    for changed in (
        {"roles": ["generalist"]},
        {"scope": "lookup ledger"},
        {"org": SOURCE_OIN, "client_id": f"agent-{SOURCE_OIN[-4:]}"},
    ):
        refused = await ask_due(world, yesterday, [token], **changed)
        assert refused.status_code == 403, refused.text
    view = await view_own(world, ONE)
    claims = officer_claims(world.clock(), roles=["citizen-portal"], scope="own-view")
    for wish in (begin_messages, end_messages):
        refused = await wish(world, view, claims=claims)
        assert refused.status_code == 403, refused.text
        assert not refused.json()["type"].endswith("/view-over")


async def test_a_wish_is_of_whose_view_it_is_for_an_hour(world: World) -> None:
    own, other = await view_own(world, ONE), await view_own(world, TWO)
    for changed in (
        {"whose": other["whose"]},
        {"whose": encode_b64u(bytes(60))},
        {"of": str(uuid4())},
        {"of": other["reportId"]},
        {"madeAt": "2026-11-30T00:00:00Z"},
    ):
        for wish in (begin_messages, end_messages):
            refused = await wish(world, own, **changed)
            assert refused.status_code == 403, refused.text
    world.clock.forward(timedelta(hours=1, seconds=1))
    assert (await begin_messages(world, own)).status_code == 403
    assert await count_entries(world, "own-wish") == 0


async def test_nothing_of_two_views_or_two_wishes_says_that_they_are_of_one_person(
    world: World,
) -> None:
    first, second = await view_own(world, ONE), await view_own(world, ONE)
    assert first["whose"] != second["whose"]
    tokens = [await begin(world, second) for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert not set(tokens) & {first["whose"], second["whose"]}
    parts = [decode_b64u(one) for one in tokens]
    assert parts[0][2:14] != parts[1][2:14]


async def test_a_token_is_no_way_to_a_view_or_a_lookup(world: World) -> None:
    """Whoever has the disk of the page has tokens: they open days, and nobody."""
    token = await begin(world, await view_own(world, ONE))
    world.clock.forward(DAY)
    answer = await ask_due(world, today(world) - DAY, [token])
    (item,) = answer.json()["items"]
    assert set(item) == {"isDue", "name"}
    given = await world.holders.view_own(ONE)
    pseudonym = given.pseudonyms[0].encoded
    for said in (decode_b64u(token), decode_b64u(item["name"])):
        assert pseudonym not in said
