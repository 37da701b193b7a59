"""The policy that holds in the caller's municipality: matrix, rules, history, files.

Looking at it is no act in the ledger: it tells of rules, of no lookup and no citizen.
"""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from policy.bundle import Bundle, load_bundle, shipped_bundle, version_of
from policy.key import calendar_day
from policy.policy import Policy
from signal_index.api.approvals import describe_approval
from signal_index.api.callers import Approver
from signal_index.api.context import Index, get_index
from signal_index.api.policy_activation import MATTER
from signal_index.api.policy_shapes import Shape, shape_adoption, shape_matrix
from signal_index.api.reading import give_json
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.errors import PolicyUnusable, UnknownPolicy
from signal_index.notice import InvalidField
from signal_index.store.approvals import find_open, get_approval
from signal_index.store.policies import find_adoptions, find_bundles, get_bundle

DIGEST_LENGTH = 64

routes = Routes()


@routes.get("/policy")
async def show_policy(request: Request, caller: Approver) -> Response:
    """Give what holds here: who sees what, every rule, the versions, what waits."""
    index = get_index(request)
    now, place = index.clock(), caller.scope.municipality
    standing = await index.standing.get(now)
    async with looking(index.engine) as conn:
        history = await _history(conn, place)
        waiting = await find_open(conn, MATTER, caller.scope, now=now)
        base = await find_base_bundle(conn, index, place)
    try:
        policy, is_usable = index.policy.get(standing, place), True
    except PolicyUnusable:
        policy, is_usable = await asyncio.to_thread(load_bundle, base), False
    matrix = await asyncio.to_thread(shape_matrix, policy, place, calendar_day(now))
    return give_json(
        {
            "municipality": place,
            "inForce": {
                **_name(index, policy, place),
                "isShipped": index.policy.serial_in_force(place) == 0,
                "isUsable": is_usable,
            },
            "mayPropose": caller.scope.organisation is None,
            **matrix,
            "history": history,
            "proposals": [describe_approval(one, caller.caller) for one in waiting],
        }
    )


@routes.get("/policy/bundles/{digest}")
async def show_bundle(request: Request, caller: Approver, digest: str) -> Response:
    """Give a bundle as the one text whose SHA-256 was asked, for `sha256sum`."""
    del caller
    if len(digest) != DIGEST_LENGTH or not _is_hex(digest):
        raise InvalidField("digest", "wrong-form")
    index, wanted = get_index(request), bytes.fromhex(digest)
    bundle = shipped_bundle()
    if bundle.digest != wanted:
        async with looking(index.engine) as conn:
            bundle = await get_bundle(conn, wanted)
    name = f'attachment; filename="policy-{digest[:12]}.json"'
    headers = {"content-disposition": name}
    return Response(bundle.encode(), media_type="application/json", headers=headers)


async def find_base_bundle(conn: AsyncConnection, index: Index, place: str) -> Bundle:
    """Give the bundle that holds there; the shipped one where that cannot be read."""
    shipped, wanted = shipped_bundle(), index.policy.digest_in_force(place)
    if wanted == shipped.digest:
        return shipped
    try:
        return await get_bundle(conn, wanted)
    except (PolicyUnusable, UnknownPolicy):
        return shipped


def _name(index: Index, policy: Policy, place: str) -> Shape:
    return {
        "serial": index.policy.serial_in_force(place),
        "digest": index.policy.digest_in_force(place).hex(),
        "version": policy.catalogue.version,
    }


async def _history(conn: AsyncConnection, place: str) -> list[Shape]:
    """Give a municipality's adoptions, newest first, with who asked and approved."""
    made = await find_adoptions(conn, place)
    bundles = await find_bundles(conn, [one.digest for one in made])
    return [
        shape_adoption(
            one,
            await get_approval(conn, one.approval),
            version_of(bundles[one.digest]),
        )
        for one in made
    ]


def _is_hex(text: str) -> bool:
    return all(letter in "0123456789abcdef" for letter in text)
