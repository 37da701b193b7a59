"""Boxes for what stood before: once, after a municipality opened the act `match`.

A part at a time, each recorded in its own transaction; done again, it only makes boxes
that find what is matched already, or is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from policy.policy import Policy
from signal_index.keyring import IndexKeys
from signal_index.ledger import Kind
from signal_index.matching import Signalled, find_partners
from signal_index.proof import JsonObject
from signal_index.store.acts import Act
from signal_index.store.connect import reading, transaction
from signal_index.store.match_existing import BoxedPart, Place, box_existing
from signal_index.store.match_finding import find_places
from signal_index.store.row_keys import holding_rows, take_up
from signal_index.upkeep.matching import MatchUpkeep


async def box_what_stands(upkeep: MatchUpkeep, keys: IndexKeys) -> BoxedPart:
    """Put in boxes what stands in each municipality that opened the act.

    Gives how many, and of how many the seal did not open.
    """
    async with reading(upkeep.engine) as conn:
        await take_up(conn, keys.ring)
        policies = await upkeep.find_open(conn, await find_places(conn))
    parts = [
        part
        for place, policy in sorted(policies.items())
        for part in await _box_in(upkeep, keys, place, policy)
    ]
    boxed = sum(part.boxed for part in parts)
    return BoxedPart(boxed, sum(part.unreadable for part in parts), None)


async def _box_in(
    upkeep: MatchUpkeep, keys: IndexKeys, municipality: str, policy: Policy
) -> Sequence[BoxedPart]:
    now = upkeep.clock()

    @cache
    def partners(told: Signalled) -> Sequence[str] | None:
        return find_partners(policy, municipality, told, now)

    parts: list[BoxedPart] = []
    after: Place | None = None
    while not parts or after is not None:
        async with transaction(upkeep.engine) as conn, holding_rows(conn, keys.ring):
            part = await box_existing(
                conn, municipality, after, partners, keys, now=now
            )
            what: JsonObject = {"act": "match-boxes-made", "boxes": part.boxed}
            act = Act(what, Kind.ADMINISTRATION, municipality=municipality)
            await upkeep.recorder.record(conn, act)
        parts.append(part)
        after = part.last
    return parts
