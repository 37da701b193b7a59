"""An onlooker, or the caller, tries to see that something was withheld.

The attacker has a permit for one purpose and asks about a person who has a signal that
this purpose may not show. Length, members and words must be those of a miss.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from signal_index.answers import PART_MINIMUM
from signal_index.api.lookup_run import Draft, Granted
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Phone
from tests.builders import a_contact_holder
from tests.holders_builders import a_bsn
from tests.world import World, open_world

AGENCY_PHONE = "+31182555100"
pytestmark = pytest.mark.anyio
HIT, MISS, WITHHELD, PARTLY = (a_bsn(number) for number in range(1, 5))


async def _publish(world: World) -> None:
    await world.publish(world.debt_help, [HIT, PARTLY])
    await world.publish(world.veilig_thuis, [WITHHELD, PARTLY])


def _without_ids(part: dict[str, Any]) -> dict[str, Any]:
    """What is left of a part without what differs between any two lookups."""
    return {name: part[name] for name in ("scope", "asked", "flags", "sources")}


async def test_hit_miss_and_withheld_have_one_length(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _publish(world)
        lengths = set()
        for person in (HIT, MISS, WITHHELD, PARTLY):
            body = await world.ask([person])
            answer = await world.send("POST", "/lookups", world.a_token(), body)
            lengths.add(len(answer.content))
    assert len(lengths) == 1


async def test_each_part_takes_40_kib(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _publish(world)
        parts = await world.look_up([HIT, MISS, WITHHELD, PARTLY])
    for part in parts:
        text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
        assert len(text.encode()) == PART_MINIMUM


async def test_withheld_says_exactly_what_a_miss_says(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _publish(world)
        miss, withheld = await world.look_up([MISS, WITHHELD])
    assert _without_ids(miss) == _without_ids(withheld)


async def test_whom_to_call_at_a_source_says_nothing_of_the_person(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        await _publish(world)
        for agency in world.agencies.values():
            own = a_contact_holder(phone=Phone(AGENCY_PHONE))
            id_ = name_own_number(agency.oin)
            await world.put_contact(agency, own, contact=id_)
        world.index.standing.forget()
        parts = await world.look_up([HIT, MISS, WITHHELD])
    said = [(part["asked"], part["sources"]) for part in parts]
    assert said[0] == said[1] == said[2]
    assert {source["contactHolder"]["phone"] for source in said[0][1]} == {AGENCY_PHONE}


async def test_partly_withheld_says_exactly_what_a_hit_says(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _publish(world)
        hit, partly = await world.look_up([HIT, PARTLY])
    assert _without_ids(hit) == _without_ids(partly)


async def test_the_receipts_of_hit_and_withheld_have_one_length(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await _publish(world)
        parts = await world.look_up([HIT, MISS, WITHHELD, PARTLY])
    receipts = {len(json.dumps(part["receipt"])) for part in parts}
    assert len(receipts) == 1


async def test_no_row_key_is_derived_for_a_category_outside_the_permit(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        await _publish(world)
        seen: list[Granted] = []
        join = world.index.lookups.join

        async def watch(granted: Granted) -> Draft | None:
            seen.append(granted)
            return await join(granted)

        world.index.lookups.join = watch  # type: ignore[method-assign,assignment]  # an onlooker
        await world.look_up([WITHHELD])
    (granted,) = seen
    categories = {one.id for s in granted.lookup.searches for one in s.rows.values()}
    assert "veilig-thuis" not in categories
    assert categories == {one.id for one in granted.permit.categories}
