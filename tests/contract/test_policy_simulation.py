"""What a proposal changes is told before anybody proposes it; junk names its field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from policy.bundle import Bundle, shipped_bundle
from tests.holders_builders import a_bsn
from tests.policy_officers import (
    CHANGE,
    WW,
    let_pass,
    open_entries,
    propose,
    send,
)
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def test_a_simulation_tells_which_recorded_questions_would_show_more(
    world: World,
) -> None:
    await world.look_up([a_bsn(1), a_bsn(2)])
    status, found = await send(world, "/policy/simulations", CHANGE)
    assert status == 200, found
    assert found["widens"] is True
    assert {one["role"] for one in found["matrix"]["wider"]} == {
        "Generalist",
        "Generalist veiligheid",
    }
    questions = found["questions"]
    assert (questions["total"], questions["wider"], questions["isAll"]) == (2, 2, True)
    (kind,) = questions["kinds"]
    assert (kind["category"], kind["gained"], kind["lost"]) == ("WW-uitkering", 2, 0)


async def test_a_simulation_changes_nothing_and_is_recorded(small: World) -> None:
    _, found = await send(small, "/policy/simulations", CHANGE)
    ((_, what),) = await open_entries(small, "search")
    assert (what["act"], what["sha256"]) == ("policy-simulated", found["digest"])
    _, policy = await send(small, "/policy")
    assert policy["inForce"]["isShipped"]
    assert policy["proposals"] == []


async def test_questions_of_more_than_ninety_days_ago_are_left_out(
    small: World,
) -> None:
    await small.look_up([a_bsn(1)])
    let_pass(small, timedelta(days=91))
    _, found = await send(small, "/policy/simulations", CHANGE)
    assert found["questions"]["total"] == 0


async def test_what_waits_can_be_simulated_by_the_second_person(small: World) -> None:
    asked = await propose(small, CHANGE)
    body = {"approval": asked["id"]}
    status, found = await send(small, "/policy/simulations", body, by="bram")
    assert (status, found["digest"]) == (200, asked["digest"])


def _broken() -> str:
    shipped = shipped_bundle()
    files = dict(shipped.rules)
    files["permits.cedar"] = "permit (principal, action, resource);"
    return Bundle(shipped.catalogue, files).encode().decode()


JUNK: list[tuple[object, str]] = [
    ({}, "body"),
    ([], "body"),
    ({"bundle": "{}"}, "bundle.json"),
    ({"bundle": 1}, "bundle"),
    ({"bundle": ""}, "bundle"),
    ({"bundle": _broken()}, "permits.cedar"),
    ({"approval": "x"}, "approval"),
    ({"category": {}}, "id"),
    ({"category": {**WW, "id": "nothing"}}, "category"),
    ({"category": {**WW, "active": 1}}, "active"),
    ({"category": {**WW, "statute": "x" * 81}}, "statute"),
    ({"category": {**WW, "purposes": ["nothing"]}}, "purposes"),
    ({"category": {**WW, "extra": 1}}, "category"),
    ({**CHANGE, "approval": "6f1c2d3e-0000-4000-8000-000000000000"}, "body"),
]


async def test_junk_is_a_problem_that_names_the_field(small: World) -> None:
    for body, field in JUNK:
        status, problem = await send(small, "/policy/simulations", body)
        assert status == 400, (body, problem)
        assert problem["errors"][0]["field"] == field, body


async def test_a_digest_that_nobody_proposed_is_not_found(small: World) -> None:
    assert (await send(small, f"/policy/bundles/{'0' * 64}"))[0] == 404


@pytest.mark.parametrize("digest", ["x", "A" * 64, "0" * 63])
async def test_a_digest_of_another_form_is_refused(small: World, digest: str) -> None:
    status, problem = await send(small, f"/policy/bundles/{digest}")
    assert (status, problem["errors"][0]["field"]) == (400, "digest")
