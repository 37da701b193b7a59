"""Every route, asked by everybody of another municipality and another organisation.

The requests are those that succeeded for somebody here, operation by operation of the
document; the callers have every role, the right scope, tickets of their own and even
the same account names. Nothing here changes, nothing of here is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.request import Act
from tests.live_requests import sign
from tests.live_world import BusyWorld, Claims, Operation, open_busy_town
from tests.strangers import (
    ELSEWHERE,
    HOME,
    PARTIES,
    Party,
    a_request,
    as_of,
    find_harm,
    operations,
    read_rows,
    register_strangers,
    with_tickets,
)

pytestmark = pytest.mark.anyio
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PUBLIC = (
    *("/ledger/checkpoint", "/ledger/{year}", "/health", "/problems", "/openapi"),
    "/about",
)
# Its own agent, under a name that somebody here may have chosen too; and the rules of
# the municipality, which each of its organisations may read.
OF_ONESELF = Operation("PUT", "/agents/{agent}")
OF_ALL_HERE = Operation("GET", "/policy/bundles/{digest}")


async def _ask(
    world: BusyWorld, operation: Operation, claims: Claims
) -> tuple[int, str]:
    like = a_request(world, operation)
    path = operation.path
    for name, value in like.named.items():
        path = path.replace(f"{{{name}}}", value)
    act = Act.LOOKUP if path == "/lookups" else Act.OFFICER_SEARCH
    body = like.body
    if claims["municipality"] != HOME:
        body = with_tickets(world, like.body, claims, act)
    answer = await world.send(operation.method, path, sign(world, claims), body)
    return answer.status_code, answer.text


def _find_faults(
    operation: Operation, said: tuple[int, str], known: frozenset[str], place: str
) -> Iterator[str]:
    """Say what of an answer a stranger should not have got."""
    status, text = said
    label = f"{operation.method} {operation.path}"
    if status >= 500 or status in {
        401,
        429,
    }:  # this is about who is known, and not of here
        yield f"{label}: {status} {text[:200]}"
    if status >= 400 or operation.path.startswith(PUBLIC):
        return
    is_own = operation == OF_ONESELF or (operation == OF_ALL_HERE and place == HOME)
    if "{" in operation.path and not is_own:
        yield f"{label}: {status} for what is another's"
    if told := set(UUID.findall(text)) & known:
        yield f"{label}: tells of {len(told)} things of others"


async def _attack(
    world: BusyWorld, one: Party, known: frozenset[str], asked: list[Operation]
) -> list[str]:
    """Ask all of this as everybody there; say what should not have been told."""
    return [
        f"{one.kind} {one.municipality} {claims['roles']} {each}"
        for claims in one.everybody()
        for operation in asked
        for each in _find_faults(
            operation, await _ask(world, operation, claims), known, one.municipality
        )
    ]


async def _attack_by_claim(world: BusyWorld, one: Party) -> list[str]:
    """Ask with tokens that name the municipality that is asked for."""
    return [
        f"{operation.path} as {claims['roles']}: opened by a claim"
        for claims in one.everybody()
        for operation in operations()
        if not operation.path.startswith(PUBLIC)
        and (await _ask(world, operation, as_of(claims, HOME)))[0] != 403
    ]


async def test_nobody_of_elsewhere_reads_or_changes_anything_here(
    tmp_path: Path,
) -> None:
    every = operations()
    # Looking first: who proposed the same rules may read them afterwards.
    looking = [one for one in every if one.method == "GET"]
    acting = [one for one in every if one.method != "GET"]
    async with open_busy_town(tmp_path, every) as world:
        await register_strangers(world)
        known = frozenset(value for ids in world.memory.ids.values() for value in ids)
        world.is_remembering = False  # what strangers do is not of here
        before, faults = await read_rows(world), []
        for asked in (looking, acting):
            for one in PARTIES:
                faults += await _attack(world, one, known, asked)
                after = await read_rows(world)
                faults += [f"{one}: {each}" for each in find_harm(before, after, one)]
                before = after
        there = [one for one in PARTIES if one.municipality == ELSEWHERE]
        faults += [each for one in there for each in await _attack_by_claim(world, one)]
        assert await read_rows(world) == before
    assert not faults, "\n".join(faults)
