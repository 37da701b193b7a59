"""Lookups that share a transaction are answered and recorded as one at a time.

Two worlds hold the same signals. In one the lookups come together, in the other one
after the other: flags, grounds and the numbers of persons must be the same.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signal_index.ledger import Group
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.world import World, open_world

PERSONS = st.integers(min_value=1, max_value=4)
SIGNALS = st.sets(st.tuples(st.sampled_from(["debt", "income"]), PERSONS))
LOOKUP = st.fixed_dictionaries(
    {
        "persons": st.lists(PERSONS, min_size=1, max_size=3),
        "is_allowed": st.sampled_from([True, True, True, False]),
        "same_as_first": st.sampled_from([False, False, False, True]),
    }
)
Answer = tuple[int, Any]


async def _bodies(world: World, lookups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []
    for lookup in lookups:
        if bodies and lookup["same_as_first"]:
            bodies.append(bodies[0])
            continue
        body = await world.ask([a_bsn(number) for number in lookup["persons"]])
        bodies.append(body if lookup["is_allowed"] else {**body, "caseReference": None})
    return bodies


async def _publish(world: World, signals: set[tuple[str, int]]) -> None:
    agencies = {"debt": world.debt_help, "income": world.income_support}
    for name, agency in agencies.items():
        numbers = sorted(number for kind, number in signals if kind == name)
        if numbers:
            await world.publish(agency, [a_bsn(number) for number in numbers])


async def _send(world: World, body: dict[str, Any]) -> Answer:
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    if answer.status_code != 200:
        return answer.status_code, answer.json()["type"]
    return 200, [
        [(flag["category"], flag["organisation"]) for flag in part["flags"]]
        for part in answer.json()["answers"]
    ]


async def _recorded(world: World) -> Counter[Any]:
    """What the ledger says, but for ids and names, which differ between worlds."""
    entries = await open_entries(world, "lookup")
    names = [str((one[Group.PERSON] or {})["name"]) for one in entries]
    numbers = Counter(names)
    said: Counter[Any] = Counter(numbers.values())
    for one in entries:
        what: Any = one[Group.WHAT]
        decision: Any = one[Group.DECISION]
        flags = tuple(flag["category"] for flag in what["flags"])
        said[decision["outcome"], decision["repeat"], flags] += 1
    return said


async def _compare(
    signals: set[tuple[str, int]], lookups: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as last:
        async with open_world(Path(first)) as apart, open_world(Path(last)) as together:
            for world in (apart, together):
                await _publish(world, signals)
            one_by_one = [
                await _send(apart, body) for body in await _bodies(apart, lookups)
            ]
            bodies = await _bodies(together, lookups)
            at_once = await asyncio.gather(*(_send(together, body) for body in bodies))
            assert list(at_once) == one_by_one
            assert await _recorded(together) == await _recorded(apart)


@settings(max_examples=settings().max_examples // 4)  # two worlds for each
@given(SIGNALS, st.lists(LOOKUP, min_size=2, max_size=6))
def test_gathered_equals_one_at_a_time(
    signals: set[tuple[str, int]], lookups: list[dict[str, Any]]
) -> None:
    asyncio.run(_compare(signals, lookups))
