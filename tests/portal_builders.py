"""A citizen at their own page: what the portal asks of the index in memory."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx

from keys.base64url import encode_b64u
from keys.bsn import Bsn
from tests.tokens import portal_claims
from tests.world import World


async def an_own_view(world: World, number: Bsn, **changed: object) -> dict[str, Any]:
    """The body of a view by this citizen, with two fresh tickets."""
    given = await world.holders.view_own(number)
    body: dict[str, Any] = {
        "keyVersion": world.index.key_config.key_version,
        "tickets": list(given.tickets),
        "pseudonym": encode_b64u(given.pseudonyms[0].encoded),
        "login": "substantial",
    }
    return {**body, **changed}


async def ask_own_view(
    world: World, body: dict[str, Any], **claims: object
) -> httpx.Response:
    """Ask for a view as the portal's machine, whatever the index says."""
    token = world.issuer.sign(portal_claims(world.clock(), **claims))
    return await world.send("POST", "/own-views", token, body)


async def view_own(world: World, number: Bsn) -> dict[str, Any]:
    """What this citizen sees of themselves; it must be there."""
    answer = await ask_own_view(world, await an_own_view(world, number))
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def dispute(
    world: World, view: dict[str, Any], signal: dict[str, Any], **changed: object
) -> httpx.Response:
    """Say as this view's citizen that they have no contact; `changed` says it false."""
    claims: Any = changed.pop("claims", None) or portal_claims(world.clock())
    path = f"/own-views/{changed.pop('of', view['reportId'])}/corrections"
    body = {
        "madeAt": view["madeAt"],
        "source": signal["source"],
        "signalReference": signal["reference"],
        "reason": "no-contact",
        "mark": find_mark(view, signal["reference"]),
        **changed,
    }
    return await world.send("POST", path, world.issuer.sign(claims), body)


async def ask_check(
    world: World, view: dict[str, Any], lookup: dict[str, Any], **changed: object
) -> httpx.Response:
    """Ask as this view's citizen to have a lookup checked."""
    entry = lookup["entryId"]
    body = {"madeAt": view["madeAt"], "entryId": entry, "mark": find_mark(view, entry)}
    token = world.issuer.sign(portal_claims(world.clock()))
    path = f"/own-views/{view['reportId']}/questions"
    return await world.send("POST", path, token, {**body, **changed})


async def prove_own(
    world: World, view: dict[str, Any], **changed: object
) -> httpx.Response:
    """Ask as this view's citizen for the proofs of all its entries."""
    claims: Any = changed.pop("claims", None) or portal_claims(world.clock())
    entries = [*view["lookups"], *view["matches"], *view["checks"]]
    wanted = {one["entryId"] for one in entries}
    lines = [one for one in view["marks"] if one["about"] in wanted]
    path = f"/own-views/{changed.pop('of', view['reportId'])}/proofs"
    body = {"madeAt": view["madeAt"], "lines": lines, **changed}
    return await world.send("POST", path, world.issuer.sign(claims), body)


def find_mark(view: dict[str, Any], about: str) -> str | None:
    """Find the mark of a line in a view, if it has one."""
    found = {one["about"]: one["mark"] for one in view["marks"]}
    return found.get(about)


async def begin_messages(
    world: World, view: dict[str, Any], **changed: object
) -> httpx.Response:
    """Want messages, as whose view this is."""
    return await _wish(world, view, "", changed)


async def end_messages(
    world: World, view: dict[str, Any], **changed: object
) -> httpx.Response:
    """Want no messages any more, as whose view this is."""
    return await _wish(world, view, "/end", changed)


async def ask_due(
    world: World, day: date, tokens: list[str], **claims: object
) -> httpx.Response:
    """Ask as the portal's machine which of these have a message due about a day."""
    token = world.issuer.sign(portal_claims(world.clock(), **claims))
    body = {"day": day.isoformat(), "tokens": tokens}
    return await world.send("POST", "/own-messages/due", token, body)


async def _wish(
    world: World, view: dict[str, Any], path: str, changed: dict[str, object]
) -> httpx.Response:
    claims: Any = changed.pop("claims", None) or portal_claims(world.clock())
    view_id = changed.pop("of", view["reportId"])
    body = {"madeAt": view["madeAt"], "whose": view["whose"], **changed}
    path = f"/own-views/{view_id}/messages{path}"
    return await world.send("POST", path, world.issuer.sign(claims), body)
