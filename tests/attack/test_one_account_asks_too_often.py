"""An account, or whoever has its token, floods the index or fills its ledger."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keys.edge.errors import TooOften
from keys.edge.rate import MANY, Rate
from signal_index.api.rates import make_rates
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.world import World, open_world

NOON = 43_200.0


def test_so_many_at_once_and_then_as_fast_as_the_minute_allows() -> None:
    rate = Rate[str](20, 60)
    for _ in range(20):
        rate.verify("ann", NOON)
        rate.take("ann", NOON)
    rate.verify("bob", NOON)
    with pytest.raises(TooOften) as refused:
        rate.verify("ann", NOON)
    assert refused.value.headers == {"retry-after": "3"}
    rate.verify("ann", NOON + 3)
    rate.take("ann", NOON + 3)
    with pytest.raises(TooOften):
        rate.verify("ann", NOON + 4)


def test_who_has_all_of_it_again_is_forgotten() -> None:
    rate = Rate[int](60, 60)
    for number in range(MANY + 1):
        rate.take(number, NOON)
    rate.take(-1, NOON + 60)
    assert len(rate) == 1


def test_a_clock_that_was_ahead_keeps_nobody_waiting_longer_than_a_minute() -> None:
    rate, tomorrow = Rate[str](20, 60), NOON + 86_400
    rate.take("ann", tomorrow)
    with pytest.raises(TooOften) as refused:
        rate.verify("ann", NOON)
    assert refused.value.headers == {"retry-after": "3"}
    rate.verify("ann", NOON + 3)
    rate.take("ann", NOON + 60)
    rate.verify("ann", NOON + 60)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        limits = make_rates(requests=12, refusals=3)
        opened.index = replace(opened.index, rates=limits)
        opened.app.state.index = opened.index  # type: ignore[attr-defined]
        yield opened


async def send(world: World, body: object, **claims: object) -> int:
    """Look up, and give the status."""
    token = world.a_token(**claims)
    return (await world.send("POST", "/lookups", token, body)).status_code


@pytest.mark.anyio
async def test_tickets_that_do_not_hold_fill_no_ledger(world: World) -> None:
    body = {**await world.ask([a_bsn(1)]), "tickets": ["a.b.c", "d.e.f"]}
    told = [await send(world, body) for _ in range(5)]
    assert told == [403, 403, 403, 429, 429]
    assert len(await open_entries(world, "ticket-refused")) == 3
    other = await world.ask([a_bsn(1)], subject="user-2")
    assert await send(world, other, sub="user-2") == 200


@pytest.mark.anyio
async def test_repeating_a_lookup_has_its_bound_too(world: World) -> None:
    body = await world.ask([a_bsn(1)])
    told = [await send(world, body) for _ in range(5)]
    assert told == [200, 200, 200, 200, 429]


@pytest.mark.anyio
async def test_who_asked_too_often_hears_when_to_come_again(world: World) -> None:
    for _ in range(12):
        answer = await world.send("GET", "/own-lookups", world.a_token())
        assert answer.status_code == 200
    refused = await world.send("GET", "/own-lookups", world.a_token())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert refused.json()["type"].endswith("/too-often")
    world.clock.forward(timedelta(seconds=5))
    answer = await world.send("GET", "/own-lookups", world.a_token())
    assert answer.status_code == 200
