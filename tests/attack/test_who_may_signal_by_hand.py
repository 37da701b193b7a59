"""A signal by hand by somebody who may not, or for whom they may not."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import update

from signal_index.tables.signals import signal
from signal_index.wire.values import Oin
from tests.builders import a_withdrawal
from tests.hand_builders import (
    a_hand_notice,
    a_hand_signaller,
    give,
    open_hand_signals,
    take_back,
)
from tests.holders_builders import a_bsn
from tests.store_builders import owning
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(world: World) -> World:
    await open_hand_signals(world)
    return world


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"roles": ["generalist"]}, "caller-not-allowed"),
        ({"roles": ["source-administrator"]}, "caller-not-allowed"),
        ({"scope": "openid lookup"}, "caller-not-allowed"),
        ({"sub": "agent-0011"}, "caller-not-allowed"),
        ({"loa": "low"}, "assurance-too-low"),
    ],
)
async def test_only_a_sure_person_with_the_role_and_the_scope(
    world: World, claims: dict[str, object], problem: str
) -> None:
    agency = world.debt_help
    if "sub" in claims:
        machine = f"agent-{agency.oin[-4:]}"
        claims = {"sub": machine, "client_id": machine}
    token = a_hand_signaller(world, agency, **claims)
    answer = await give(world, agency, a_hand_notice(agency), ONE, token)
    assert (answer.status_code, problem in answer.json()["type"]) == (403, True)


async def test_nobody_signals_for_another_organisation(world: World) -> None:
    agency, other = world.debt_help, world.income_support
    foreign = a_hand_notice(agency, source=Oin(other.oin), category=other.category)
    answer = await give(world, agency, foreign, ONE)
    assert answer.json()["type"].endswith("unknown-source")
    token = a_hand_signaller(world, other)
    answer = await give(world, agency, a_hand_notice(agency), ONE, token)
    assert answer.json()["type"].endswith("signature-invalid")


async def test_nobody_ends_what_another_organisation_gave(world: World) -> None:
    notice = a_hand_notice(world.debt_help)
    await give(world, world.debt_help, notice, ONE)
    other = world.income_support
    forged = a_withdrawal(notice, source=Oin(other.oin))
    assert (await take_back(world, other, forged)).status_code == 404
    (part,) = await world.look_up([ONE])
    assert len(part["flags"]) == 1


async def test_a_category_of_others_is_refused(world: World) -> None:
    other = a_hand_notice(world.debt_help, category="bijstand")
    answer = await give(world, world.debt_help, other, ONE)
    assert answer.json()["type"].endswith("category-not-open")


async def test_an_answer_never_says_who_else_is_known(world: World) -> None:
    """Others' signals of that citizen: of another kind, and of the very same row."""
    agency, other = world.debt_help, world.income_support
    await world.publish(other, [ONE])
    await world.publish(agency, [ONE])
    async with owning(world.engine) as conn:
        await conn.execute(
            update(signal)
            .where(signal.c.source == agency.oin)
            .values(source=other.oin, submitted_by=other.oin)
        )
    known, unknown = [
        await give(world, agency, a_hand_notice(agency), one) for one in (ONE, TWO)
    ]
    told = {**known.json(), "reference": None}
    assert told == {**unknown.json(), "reference": None}
    assert len(known.content) == len(unknown.content)
    assert known.status_code == unknown.status_code == 200


@pytest.mark.parametrize("way", ["by hand", "delivered"])
async def test_the_own_organisation_is_asked_before_a_second_one_stands(
    world: World, way: str
) -> None:
    agency, first = world.debt_help, a_hand_notice(world.debt_help)
    if way == "by hand":
        await give(world, agency, first, ONE)
    else:
        await world.publish(agency, [ONE])
    colleague = a_hand_signaller(world, agency, sub="ib-2")
    second = a_hand_notice(agency)
    asked = await give(world, agency, second, ONE, colleague)
    assert (asked.status_code, asked.json()["type"].split("/")[-1]) == (
        409,
        "given-already",
    )
    named = asked.json()["references"]
    assert way == "delivered" or named == [str(first.reference)]
    (part,) = await world.look_up([ONE])
    assert len(part["flags"]) == 1
    elsewhere = await give(world, agency, second, ONE, colleague, beside=[str(uuid4())])
    assert elsewhere.status_code == 409
    kept = await give(world, agency, second, ONE, colleague, beside=named)
    assert kept.json()["outcome"] == "accepted"
    again = await give(world, agency, second, ONE, colleague)
    assert again.json()["outcome"] in {"accepted", "unchanged"}
    (part,) = await world.look_up([ONE])
    assert len(part["flags"]) == 2


async def test_what_ended_or_is_of_another_kind_or_citizen_is_not_asked_about(
    world: World,
) -> None:
    agency, first = world.debt_help, a_hand_notice(world.debt_help)
    await give(world, agency, first, ONE)
    other = await give(world, agency, a_hand_notice(agency), TWO)
    assert other.json()["outcome"] == "accepted"
    await take_back(world, agency, a_withdrawal(first))
    anew = await give(world, agency, a_hand_notice(agency), ONE)
    assert anew.json()["outcome"] == "accepted"


async def test_what_the_municipality_did_not_open_is_closed_but_for_ending(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as closed:
        agency = closed.debt_help
        notice = a_hand_notice(agency)
        answer = await give(closed, agency, notice, ONE)
        assert answer.status_code == 403
        assert [one["id"] for one in answer.json()["grounds"]] == [
            "loop-act-not-established"
        ]
        token = a_hand_signaller(closed, agency)
        offered = await closed.send("GET", "/hand-signal-options", token)
        assert offered.json()["places"] == []
        ended = await take_back(closed, agency, a_withdrawal(notice))
        assert ended.json()["type"].endswith("unknown-signal")


async def test_a_kind_that_the_act_does_not_name_is_closed(world: World) -> None:
    agency = world.veilig_thuis
    answer = await give(world, agency, a_hand_notice(agency), ONE)
    assert answer.json()["type"].endswith("loop-act-denied")
