"""Second pairs of eyes over HTTP: seen in scope, decided once, recorded each time."""

from __future__ import annotations

import hashlib
from typing import Any, get_args

import pytest
from sqlalchemy import Uuid, text

from keys.municipality import MunicipalityCode
from policy.vocabulary import Assurance, Caller, CallerKind, OrganisationKind, Role
from signal_index.api.approvals import EFFECTS, SHOWN
from signal_index.ledger import open_disclosures
from signal_index.proof import Group, parse_disclosure
from signal_index.store.approvals import Approval, Matter, request_approval
from signal_index.store.connect import reading, transaction
from signal_index.wire.approvals import ApprovalKind
from tests.holders_builders import LOOKUP_OIN
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio

DIGEST = hashlib.sha256(b"matter").digest()


async def _ask(world: World, kind: str = "embargo", subject: str = "anke") -> Approval:
    caller = Caller(
        kind=CallerKind.PERSON,
        subject=subject,
        organisation=LOOKUP_OIN,
        organisation_kind=OrganisationKind.MUNICIPALITY,
        municipality=MunicipalityCode("9901"),
        active=True,
        roles=frozenset({Role.PRIVACY_OFFICER}),
        trainings=(),
        assurance=Assurance.SUBSTANTIAL,
    )
    matter = Matter(kind, "9901", DIGEST, kind)
    async with transaction(world.engine) as conn:
        return await request_approval(
            conn, matter, caller, world.index.receipt_key, now=world.clock()
        )


async def _decide(
    world: World,
    asked: Approval,
    said: object,
    subject: str = "bram",
    shown: bytes | None = None,
) -> tuple[int, dict[str, Any]]:
    answer = await world.send(
        "POST",
        f"/approvals/{asked.id}/decision",
        world.an_officer(sub=subject),
        {"decision": said, "shown": (shown or asked.matter.digest).hex()},
    )
    return answer.status_code, answer.json()


def _approved(asked: Approval) -> dict[str, str]:
    return {"decision": "approved", "shown": asked.matter.digest.hex()}


async def _last_entry(world: World) -> tuple[str, object]:
    async with reading(world.engine) as conn:
        row = (
            await conn.execute(
                text(
                    "SELECT e.entry_id, e.kind, d.sealed FROM ledger_entry e "
                    "JOIN ledger_disclosure d USING (entry_id) "
                    "WHERE e.kind = 'approval'"
                ).columns(entry_id=Uuid())
            )
        ).one()
    opened = open_disclosures(
        row.entry_id, row.sealed, key=world.index.keys.get_disclosure_key(2026)
    )
    what = parse_disclosure(opened[Group.WHAT]).value
    assert what is not None
    return row.kind, {name: what[name] for name in what if name != "pad"}


async def test_what_another_asked_is_listed_and_approved(world: World) -> None:
    asked = await _ask(world)
    listed = await world.send("GET", "/approvals", world.an_officer(sub="bram"))
    (waiting,) = listed.json()["open"]
    assert waiting["digest"] == DIGEST.hex()
    assert waiting["own"] is False
    status, given = await _decide(world, asked, "approved")
    assert (status, given["state"]) == (200, "approved")
    assert given["decidedBy"]["user"] == "bram"
    listed = await world.send("GET", "/approvals", world.an_officer(sub="bram"))
    assert listed.json()["open"] == []
    assert [one["id"] for one in listed.json()["decided"]] == [str(asked.id)]


async def test_a_decision_is_an_entry_that_names_the_digest(world: World) -> None:
    asked = await _ask(world)
    await _decide(world, asked, "approved")
    assert await _last_entry(world) == (
        "approval",
        {
            "act": "approval-approved",
            "approval": str(asked.id),
            "matter": "embargo",
            "sha256": DIGEST.hex(),
        },
    )


async def test_ones_own_request_cannot_be_approved_but_withdrawn(
    world: World,
) -> None:
    asked = await _ask(world)
    status, problem = await _decide(world, asked, "approved", "anke")
    assert (status, problem["type"].rpartition("/")[2]) == (403, "same-person")
    status, withdrawn = await _decide(world, asked, "refused", "anke")
    assert (status, withdrawn["state"]) == (200, "withdrawn")


async def test_what_was_decided_is_a_conflict(world: World) -> None:
    asked = await _ask(world)
    await _decide(world, asked, "refused")
    status, problem = await _decide(world, asked, "approved")
    assert (status, problem["type"].rpartition("/")[2]) == (409, "approval-closed")


@pytest.mark.parametrize("said", ["yes", None, 1, {"a": 1}])
async def test_any_other_decision_is_a_problem_that_names_the_field(
    world: World, said: object
) -> None:
    status, problem = await _decide(world, await _ask(world), said)
    assert status == 400
    assert problem["errors"][0]["field"] == "decision"


@pytest.mark.parametrize("kind", sorted({*get_args(ApprovalKind)} - {*SHOWN, *EFFECTS}))
async def test_whatever_it_is_nobody_approves_by_another_digest_than_its_own(
    world: World, kind: str
) -> None:
    asked = await _ask(world, kind)
    status, problem = await _decide(world, asked, "approved", shown=bytes(32))
    assert (status, problem["type"].rpartition("/")[2]) == (409, "shown-outdated")
    listed = await world.send("GET", "/approvals", world.an_officer(sub="bram"))
    assert [one["state"] for one in listed.json()["open"]] == ["open"]


async def test_who_approves_says_what_they_read(world: World) -> None:
    asked = await _ask(world)
    path = f"/approvals/{asked.id}/decision"
    token = world.an_officer(sub="bram")
    answer = await world.send("POST", path, token, {"decision": "approved"})
    assert [one["field"] for one in answer.json()["errors"]] == ["shown"]


async def test_another_organisation_does_not_learn_of_it(world: World) -> None:
    asked = await _ask(world)
    team = world.an_officer(sub="bram", org=TEAM_OIN, client_id="desk-team")
    listed = await world.send("GET", "/approvals", team)
    assert listed.json() == {"open": [], "decided": [], "unreadable": 0, "leftOff": 0}
    answer = await world.send(
        "POST", f"/approvals/{asked.id}/decision", team, _approved(asked)
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["generalist", "auditor", "source-administrator"])
async def test_nobody_else_sees_or_decides(world: World, role: str) -> None:
    asked = await _ask(world)
    token = world.an_officer(role, sub="bram")
    assert (await world.send("GET", "/approvals", token)).status_code == 403
    answer = await world.send(
        "POST", f"/approvals/{asked.id}/decision", token, _approved(asked)
    )
    assert answer.status_code == 403
