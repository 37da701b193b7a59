"""A municipality adopts a policy: two persons, one SHA-256, taken up while running."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from keys.base64url import encode_b64u
from policy.bundle import parse_bundle, shipped_bundle
from policy.change import CategorySwitch, switch_category
from signal_index.store.connect import reading, transaction
from signal_index.wire.values import Oin
from tests.builders import a_notice
from tests.holders_builders import a_bsn
from tests.policy_officers import (
    CHANGE,
    WW,
    adopt,
    approve,
    let_pass,
    open_entries,
    propose,
    send,
)
from tests.world import Agency, World, restarted
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def _try_to_publish(world: World, agency: Agency) -> str:
    notice = a_notice(agency.contact, source=Oin(agency.oin), category=agency.category)
    answer = await world.send_batch(agency, [notice], [a_bsn(1)])
    (result,) = answer.json()["results"]
    problem = str((result["problem"] or {}).get("type", ""))
    return str(result["outcome"]) + problem.rpartition("/")[2]


async def test_a_category_is_switched_on_by_two_persons_and_the_flag_appears(
    world: World,
) -> None:
    uwv = world.agencies["uwv"]
    assert await _try_to_publish(world, uwv) == "refusedcategory-not-open"
    before = await world.look_up([a_bsn(1)])
    assert "WW" not in before[0]["scope"]
    await adopt(world)
    assert await _try_to_publish(world, uwv) == "accepted"
    (answer,) = await world.look_up([a_bsn(1)])
    assert [flag["categoryLabel"] for flag in answer["flags"]] == ["WW-uitkering"]
    assert "WW" in answer["scope"]


async def test_whatever_the_catalogue_offers_as_outcome_can_be_said(
    small: World,
) -> None:
    shipped = shipped_bundle()
    own = '\n[[outcome]]\nid = "passed-on"\nlabel = "Doorgegeven aan een collega"\n'
    codes = {"codes.toml": shipped.catalogue["codes.toml"] + own}
    changed = replace(shipped, catalogue={**shipped.catalogue, **codes})
    await adopt(small, {"bundle": changed.encode().decode()})
    person, said = small.a_token(), {}
    path = "/catalogue?municipality=9901"
    offered = (await small.send("GET", path, person)).json()["outcomes"]
    for one in offered:
        (part,) = await small.look_up([a_bsn(1)])
        path, body = (
            f"/lookups/{part['entryId']}/outcome",
            {"outcome": one["code"], "flag": None},
        )
        said[one["code"]] = (await small.send("POST", path, person, body)).status_code
    assert "passed-on" in said
    assert set(said.values()) == {204}


async def test_both_persons_and_the_activation_are_entries_that_name_the_digest(
    world: World,
) -> None:
    given = await adopt(world)
    found = await open_entries(world, "approval", "policy")
    acts = [what["act"] for _, what in found]
    assert sorted(acts) == [
        "approval-approved",
        "approval-requested",
        "policy-activated",
    ]
    assert {what["sha256"] for _, what in found} == {given["digest"]}


async def test_the_leaf_of_the_activation_names_the_digest_in_the_clear(
    small: World,
) -> None:
    given = await adopt(small)
    async with reading(small.engine) as conn:
        leaf = await conn.scalar(
            text("SELECT leaf FROM ledger_entry WHERE kind = 'policy'")
        )
    digest = encode_b64u(bytes.fromhex(given["digest"]))
    assert f'"policy":"{digest}"'.encode() in bytes(leaf)


async def test_a_running_process_takes_it_up_within_ten_seconds(world: World) -> None:
    async with restarted(world) as other:
        assert "WW" not in (await other.look_up([a_bsn(1)]))[0]["scope"]
        await adopt(world)
        let_pass(world, timedelta(seconds=10))
        assert "WW" in (await other.look_up([a_bsn(1)]))[0]["scope"]


async def test_a_restarted_process_holds_to_it(small: World) -> None:
    await adopt(small)
    async with restarted(small) as again:
        assert "WW" in (await again.look_up([a_bsn(1)]))[0]["scope"]


async def test_the_bundle_is_given_as_the_file_that_was_approved(small: World) -> None:
    given = await adopt(small)
    path = f"/policy/bundles/{given['digest']}"
    answer = await small.send("GET", path, small.an_officer())
    assert hashlib.sha256(answer.content).hexdigest() == given["digest"]
    switched = CategorySwitch(
        category="ww-uitkering",
        active=True,
        purposes=("schuldhulp-toegang",),
        statute=str(WW["statute"]),
        article="62",
        checked=True,
    )
    assert parse_bundle(answer.content) == switch_category(shipped_bundle(), switched)


async def test_what_widens_needs_a_privacy_officer_and_what_narrows_does_not(
    small: World,
) -> None:
    mila = {"by": "mila", "role": "municipality-administrator"}
    dora = {"by": "dora", "role": "data-protection-officer"}
    asked = await propose(small, CHANGE, **mila)
    assert asked["needsRole"] == "privacy-officer"
    status, problem = await approve(small, asked, **dora)
    assert (status, problem["type"].rpartition("/")[2]) == (403, "role-missing")
    narrower = {"category": {"id": "oggz", "active": False}}
    asked = await propose(small, narrower, **mila)
    assert asked["needsRole"] is None
    assert (await approve(small, asked, **dora))[0] == 200


async def test_one_person_is_not_enough(small: World) -> None:
    asked = await propose(small, CHANGE)
    status, problem = await approve(small, asked, by="anke")
    assert (status, problem["type"].rpartition("/")[2]) == (403, "same-person")
    assert "WW" not in (await small.look_up([a_bsn(1)]))[0]["scope"]


async def test_a_proposal_is_outdated_once_another_policy_holds(small: World) -> None:
    first = await propose(small, CHANGE)
    second = await propose(small, {"category": {"id": "oggz", "active": False}})
    assert (await approve(small, first))[0] == 200
    let_pass(small, timedelta(seconds=10))
    status, problem = await approve(small, second)
    assert (status, problem["type"].rpartition("/")[2]) == (409, "proposal-outdated")
    _, policy = await send(small, "/policy")
    assert [one["id"] for one in policy["proposals"]] == [second["id"]]


async def test_a_team_looks_and_does_not_propose(small: World) -> None:
    team = {"org": TEAM_OIN, "client_id": "desk-team"}
    status, policy = await send(small, "/policy", **team)
    assert (status, policy["mayPropose"]) == (200, False)
    assert (await send(small, "/policy/proposals", CHANGE, **team))[0] == 403


async def test_the_page_gives_matrix_rules_and_history(small: World) -> None:
    await adopt(small)
    _, policy = await send(small, "/policy")
    assert policy["inForce"] | {"digest": ""} == {
        "serial": 1,
        "digest": "",
        "version": "2026.2",
        "isShipped": False,
        "isUsable": True,
    }
    rules = {one["id"]: one["text"] for one in policy["rules"]}
    assert all(rules.values())
    assert "permit-look-up" in rules
    debts = next(one for one in policy["purposes"] if one["id"] == "schuldhulp-toegang")
    assert "WW" in debts["sentence"]
    assert debts["established"]["by"] == "College van burgemeester en wethouders"
    assert {
        "category": "ww-uitkering",
        "roles": ["generalist", "generalist-safety"],
    } in (debts["sees"])
    (adopted,) = policy["history"]
    two = (adopted["requestedBy"]["user"], adopted["approvedBy"]["user"])
    assert two == ("anke", "bram")


async def test_a_policy_that_cannot_be_used_is_adopted_anew_by_two_persons(
    small: World,
) -> None:
    await adopt(small)
    async with transaction(small.engine) as conn:
        await conn.execute(text("DROP TRIGGER refuse_policy_adoption_update"))
        await conn.execute(text("UPDATE policy_adoption SET statement = 'x'"))
    async with restarted(small) as again:
        body = await again.ask([a_bsn(1)])
        answer = await again.send("POST", "/lookups", again.a_token(), body)
        assert answer.status_code == 503
        _, policy = await send(again, "/policy")
        assert policy["inForce"]["isUsable"] is False
        digest = policy["inForce"]["digest"]
        path = f"/policy/bundles/{digest}"
        kept = await again.send("GET", path, again.an_officer())
        await adopt(again, {"bundle": kept.text})
        assert "WW" in (await again.look_up([a_bsn(1)]))[0]["scope"]
        _, policy = await send(again, "/policy")
        assert [one["serial"] for one in policy["history"]] == [2, 1]


async def test_two_processes_do_not_adopt_side_by_side(world: World) -> None:
    async with restarted(world) as other:
        first = await propose(world, CHANGE)
        second = await propose(other, {"category": {"id": "oggz", "active": False}})
        assert (await approve(world, first))[0] == 200
        status, problem = await approve(other, second)
    assert (status, problem["type"].rpartition("/")[2]) == (409, "proposal-outdated")


async def test_the_shipped_policy_is_no_proposal(small: World) -> None:
    body = {"bundle": shipped_bundle().encode().decode()}
    status, problem = await send(small, "/policy/proposals", body)
    assert (status, problem["type"].rpartition("/")[2]) == (400, "nothing-changes")


async def test_back_to_the_shipped_policy_takes_two_persons_as_well(
    small: World,
) -> None:
    await adopt(small)
    let_pass(small, timedelta(seconds=10))
    await adopt(small, {"bundle": shipped_bundle().encode().decode()})
    let_pass(small, timedelta(seconds=10))
    assert "WW" not in (await small.look_up([a_bsn(1)]))[0]["scope"]
    _, policy = await send(small, "/policy")
    assert [one["serial"] for one in policy["history"]] == [2, 1]
