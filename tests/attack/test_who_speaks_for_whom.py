"""A machine's client poses as a person; somebody with a role poses as an auditor."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.tokens import SUPERVISOR_OIN
from tests.world import World

pytestmark = pytest.mark.anyio
BUNDLE = "/ledger/2026/tile/entries/000.p/1"


@pytest.mark.parametrize("sub", ["clerk", "ib-1"])
async def test_a_machines_client_speaks_for_no_person(world: World, sub: str) -> None:
    claims = {"sub": sub, "roles": ["hand-signaller"], "loa": "high"}
    token = world.a_source_token(world.debt_help, **claims)
    assert (await world.send("GET", "/hand-signals", token)).status_code == 403


async def test_a_person_at_a_desk_publishes_nothing_as_its_machine(
    world: World,
) -> None:
    claims = {"client_id": f"desk-{world.debt_help.oin[-4:]}", "sub": "clerk"}
    token = world.a_source_token(world.debt_help, **claims)
    assert (await world.send("GET", "/deliveries", token)).status_code == 403


async def test_a_client_that_speaks_for_itself_looks_nobody_up(world: World) -> None:
    body = await world.ask([a_bsn(1)])
    answer = await world.send("POST", "/lookups", world.a_token(sub="desk"), body)
    assert answer.status_code == 403


NO_AUDITOR: Mapping[str, dict[str, object]] = {
    "of the municipality": {"org": LOOKUP_OIN, "client_id": "desk"},
    "of another municipality": {"municipality": "9902"},
    "weakly logged in": {"loa": "low"},
    "without the role": {"roles": ["privacy-officer"]},
    "a machine": {"sub": f"desk-{SUPERVISOR_OIN[-4:]}"},
}


@pytest.mark.parametrize("case", NO_AUDITOR)
async def test_the_role_alone_makes_nobody_an_auditor(world: World, case: str) -> None:
    token = world.an_officer("auditor", **NO_AUDITOR[case])
    assert (await world.send("GET", BUNDLE, token)).status_code == 403


async def test_an_auditor_of_the_supervisor_is_let_in(world: World) -> None:
    answer = await world.send("GET", BUNDLE, world.an_officer("auditor"))
    assert answer.status_code == 404  # let in: nothing was sequenced yet
