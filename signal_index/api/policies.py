"""The policy that holds in the caller's municipality: matrix, rules, history, files.

Looking at it is no act in the ledger: it tells of rules, of no lookup and no citizen.
"""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from policy.bundle import Bundle, load_bundle, shipped_bundle, version_of
from policy.key import calendar_day
from signal_index.api.approvals import find_decider, name_requester, show_approval
from signal_index.api.callers import Approver
from signal_index.api.context import Index, TheIndex
from signal_index.api.policy_activation import MATTER
from signal_index.api.policy_shapes import show_matrix
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.errors import PolicyUnusable, UnknownPolicy
from signal_index.ledger import ReceiptKey
from signal_index.store.approvals import find_approval, read_approvals
from signal_index.store.policies import (
    find_adoptions,
    find_bundles,
    get_bundle,
    verify_proposed,
)
from signal_index.wire import policies as wire
from signal_index.wire.values import Digest

routes = Routes("regels")


@routes.get("/policy", "Wie mag wat zien, alle regels, en welke versies er waren")
async def show_policy(index: TheIndex, caller: Approver) -> wire.Policy:
    """Show what holds here: who sees what, every rule, the versions, what waits."""
    now, place = index.clock(), caller.scope.municipality
    key = index.receipt_key
    standing = await index.standing.get(now)
    async with looking(index.engine) as conn:
        history = await _history(conn, place, key)
        found = await read_approvals(conn, MATTER, caller.scope, key)
        base = await find_base_bundle(conn, index, place)
    try:
        policy, is_usable = index.policy.get(standing, place), True
    except PolicyUnusable:
        policy, is_usable = await asyncio.to_thread(load_bundle, base), False
    matrix = await asyncio.to_thread(show_matrix, policy, place, calendar_day(now))
    serial = index.policy.serial_in_force(place)
    return wire.Policy(
        municipality=place,
        inForce=wire.PolicyInForce(
            serial=serial,
            digest=index.policy.digest_in_force(place).hex(),
            version=policy.catalogue.version,
            isShipped=serial == 0,
            isUsable=is_usable,
        ),
        mayPropose=caller.scope.organisation is None,
        history=history,
        proposals=[show_approval(one, caller.caller) for one in found.find_open(now)],
        **matrix,
    )


@routes.get(
    "/policy/bundles/{digest}",
    "Eén versie van de regels, als het bestand met deze SHA-256",
    raises=(UnknownPolicy, PolicyUnusable),
    answer=wire.PolicyBundle,
)
async def show_policy_bundle(
    digest: Digest, index: TheIndex, caller: Approver
) -> Response:
    """Show a bundle as the one text whose SHA-256 was asked, for `sha256sum`.

    The shipped one, or one that was proposed in the caller's own municipality.
    """
    wanted = bytes.fromhex(digest)
    bundle = shipped_bundle()
    if bundle.digest != wanted:
        async with looking(index.engine) as conn:
            await verify_proposed(conn, wanted, caller.scope.municipality)
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


async def _history(
    conn: AsyncConnection, place: str, key: ReceiptKey
) -> list[wire.PolicyAdoption]:
    """List a municipality's adoptions, newest first, with who asked and approved."""
    made = await find_adoptions(conn, place)
    bundles = await find_bundles(conn, [one.digest for one in made])
    history = []
    for one in made:
        approval = await find_approval(conn, one.approval, key)
        history.append(
            wire.PolicyAdoption(
                serial=one.serial,
                digest=one.digest.hex(),
                version=version_of(bundles[one.digest]),
                activatedAt=one.activated_at,
                requestedBy=name_requester(approval) if approval else None,
                approvedBy=find_decider(approval) if approval else None,
            )
        )
    return history
