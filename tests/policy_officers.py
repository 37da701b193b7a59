"""What officers do with policies in the world of tests: propose, approve, look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Uuid, text

from signal_index.ledger import open_disclosures
from signal_index.proof import Group, parse_disclosure
from signal_index.store.connect import reading
from tests.world import World

WW = {
    "id": "ww-uitkering",
    "active": True,
    "purposes": ["schuldhulp-toegang"],
    "statute": "Wet structuur uitvoeringsorganisatie werk en inkomen",
    "article": "62",
    "checked": True,
}
CHANGE = {"category": WW}
Asked = dict[str, Any]


async def send(
    world: World, path: str, body: object = None, **claims: object
) -> tuple[int, dict[str, Any]]:
    """Ask the index as an officer, Anke unless said otherwise."""
    role = str(claims.pop("role", "privacy-officer"))
    token = world.an_officer(role, sub=claims.pop("by", "anke"), **claims)
    method = "GET" if body is None else "POST"
    answer = await world.send(method, path, token, body)
    return answer.status_code, answer.json()


async def propose(world: World, body: object, **claims: object) -> Asked:
    """Propose a policy; it must be taken."""
    status, asked = await send(world, "/policy/proposals", body, **claims)
    assert status == 201, asked
    return asked


async def approve(
    world: World, asked: Asked, by: str = "bram", **claims: object
) -> tuple[int, Asked]:
    """Approve what waits, as Bram unless said otherwise."""
    path = f"/approvals/{asked['id']}/decision"
    role = str(claims.get("role", "privacy-officer"))
    others = {name: value for name, value in claims.items() if name != "role"}
    token = world.an_officer(role, sub=by, **others)
    said = await approving(world, token, asked["id"])
    return await send(world, path, said, by=by, **claims)


async def approving(world: World, token: str, approval: str) -> dict[str, str]:
    """The decision of somebody who approves what they read just now."""
    return {"decision": "approved", "shown": await read_shown(world, token, approval)}


async def read_shown(world: World, token: str, approval: str) -> str:
    """By which digest this person reads now what an approval is about."""
    listed = (await world.send("GET", "/approvals", token)).json()
    for one in [*listed.get("open", []), *listed.get("decided", [])]:
        if one["id"] != approval:
            continue
        if one["kind"] == "transfer":
            found = (await world.send("GET", "/transfers", token)).json()
            for each in found.get("items", []):
                if each["approvalId"] == approval and each["shown"]:
                    return str(each["shown"])
        return str(one["digest"])
    return "0" * 64


async def adopt(world: World, body: object = CHANGE) -> Asked:
    """Propose and approve; both must be done."""
    asked = await propose(world, body)
    status, given = await approve(world, asked)
    assert status == 200, given
    return given


def let_pass(world: World, time: timedelta) -> None:
    """Let time go by."""
    world.clock.moment += time


async def open_entries(world: World, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """Give the entries of these kinds: kind and what they say."""
    async with reading(world.engine) as conn:
        rows = await conn.execute(
            text(
                "SELECT e.entry_id, e.kind, e.leaf, d.sealed FROM ledger_entry e "
                "JOIN ledger_disclosure d ON d.entry_id = e.entry_id "
                "ORDER BY e.recorded_at, e.entry_id"
            ).columns(entry_id=Uuid())
        )
        found = []
        for row in rows:
            if row.kind in kinds:
                key = world.index.keys.get_disclosure_key(2026)
                opened = open_disclosures(row.entry_id, row.sealed, key=key)
                what = dict(parse_disclosure(opened[Group.WHAT]).value or {})
                found.append((row.kind, what))
        return found
