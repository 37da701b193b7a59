"""Whoever administers an agency's signals, as the town's issuer knows them."""

from __future__ import annotations

from tests.tokens import person_claims
from tests.world import Agency, World


def an_administrator(world: World, agency: Agency, **changed: object) -> str:
    """An access token of the agency's administrator; override one claim."""
    claims: dict[str, object] = {
        "org": agency.oin,
        "client_id": f"desk-{agency.oin[-4:]}",
        "sub": "administrator-1",
        "roles": ["source-administrator"],
        "scope": "publish",
    }
    return world.issuer.sign(person_claims(world.clock(), **{**claims, **changed}))
