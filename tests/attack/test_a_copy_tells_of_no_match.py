"""No copy of the database, and no log, tells of a match: who was matched, how often."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.base64url import encode_b64u
from signal_index.ledger import Kind, data_subject_key
from signal_index.upkeep.match_records import LEAST
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.match_builders import (
    TABLES,
    both_publish,
    name_cases,
    read_matches,
    run_matches,
    say,
)
from tests.notice_builders import dump, read_page
from tests.officer_builders import a_citizen, find
from tests.transfer_builders import a_successor
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.matching]
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)


async def snapshot(world: World) -> dict[str, list[dict[str, Any]]]:
    return {table: await dump(world, table) for table in TABLES}


async def test_a_copy_of_the_database_pairs_no_two_and_counts_no_match(
    world: World,
) -> None:
    """Copies made between all acts: equal lengths, random names, one row for a step."""
    await world.publish(world.debt_help, [TWO, THREE])
    await both_publish(world)
    boxes = await dump(world, "match_box")
    signals = {bytes(row["row_key"]) for row in await dump(world, "signal")}
    signals |= {row["reference"].encode() for row in await dump(world, "signal")}
    await run_matches(world)
    before = await snapshot(world)
    assert before["match_box"] == []
    sheets = before["match_sheet"]
    in_clear = [{**row, "id": 0, "source": 0, "sealed": 0} for row in sheets]
    assert all(row == in_clear[0] for row in in_clear)
    assert len({len(row["sealed"]) for row in sheets}) == 1
    pages = [
        len((await read_page(world, agency))["items"])
        for agency in (world.debt_help, world.income_support)
    ]
    assert pages == [1, 1]
    (mine,) = await read_matches(world, world.debt_help)
    for act in ("take-lead", "agreed"):
        said = await say(world, world.debt_help, mine, act)
        mine = said.json()
    after = await snapshot(world)
    assert after["match_sheet"] == sheets  # nothing is rewritten
    steps = after["match_step"]
    assert len(steps) == 3  # two, and the count of their day
    assert len({len(row["sealed"]) for row in steps}) == 1
    assert not {bytes(row["handle"]) for row in steps} & signals
    copied = repr([boxes, after]).encode()
    for known in signals:
        assert known not in copied
        assert encode_b64u(known).encode() not in copied
        assert not any(known in bytes(row["sealed"]) for row in boxes + sheets + steps)
    for side in ("id", "reference"):
        assert mine[side].replace("-", "").encode() not in copied


async def test_neither_a_copy_nor_the_log_outside_tells_which_lookup_was_about_it(
    world: World, tmp_path: Path
) -> None:
    """A person who was matched is signalled: whoever looked them up saw a flag."""
    await world.look_up([ONE])
    counters = await dump(world, "ledger_person")
    await both_publish(world)
    await run_matches(world)
    await world.look_up([ONE])
    kinds = {row["entry_id"]: row["kind"] for row in await dump(world, "ledger_entry")}
    rows = await dump(world, "ledger_disclosure")
    found: dict[str, set[bytes]] = {"match": set(), "lookup": set()}
    for row in rows:
        if kinds[row["entry_id"]] in found:
            found[kinds[row["entry_id"]]].add(bytes(row["find_person"]))
    assert [len(found["match"]), len(found["lookup"])] == [LEAST, 1]
    assert found["match"].isdisjoint(found["lookup"])
    (before,) = counters
    after = await dump(world, "ledger_person")
    assert {**before, "number": before["number"] + 1} in after
    key = world.index.keys.get_disclosure_key(world.clock().year)
    outside = {data_subject_key(key, bytes(32), Kind(kind)) for kind in found}
    assert len(outside) == 2
    desk = CitizensDesk(world, tmp_path)
    report = await desk.report(ONE)
    assert (len(report["lookups"]), len(report["matches"])) == (2, 1)
    for wanted, count in ((["match"], 1), (["match", "lookup"], 3)):
        asked = await a_citizen(world, 1)
        page = await find(
            world, why="complaint", citizen=asked, kinds=wanted, organisation=None
        )
        assert len(page["items"]) == count


async def test_naming_cases_tells_no_copy_who_was_matched_or_how_often(
    world: World,
) -> None:
    """One source was matched three times, one twice, one once: as many rows of each."""
    third = await a_successor(world)
    await both_publish(world)
    for agency in (third, world.income_support):
        await world.publish(agency, [TWO, THREE])
    assert await run_matches(world) == 3
    made = []
    for agency in (world.debt_help, world.income_support, third):
        before = await dump(world, "match_step")
        await name_cases(world, agency)
        after = await dump(world, "match_step")
        kept = [row["handle"] for row in after]
        assert all(row["handle"] in kept for row in before)
        made.append(len(after) - len(before) - (not before))  # the count of their day
        assert {one["case"] for one in await read_matches(world, agency)} == {"A" * 126}
        assert len({len(row["sealed"]) for row in after}) == 1
    assert len(set(made)) == 1


async def test_a_day_on_which_nobody_was_found_looks_like_any_other(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    await run_matches(world)
    lone = await dump(world, "match_sheet")
    covers = (await read_page(world, world.debt_help))["items"]
    assert [one["kind"] for one in covers] == ["cover"]
    world.clock.forward(timedelta(days=1))
    await world.publish(world.income_support, [ONE])
    assert await run_matches(world) == 1
    both = [row for row in await dump(world, "match_sheet") if row not in lone]
    for seen in (lambda row: row["source"], lambda row: len(row["sealed"])):
        assert sorted(map(seen, both)) == sorted(map(seen, lone))


async def test_the_public_tree_does_not_tell_whether_anybody_was_matched(
    world: World,
) -> None:
    """As many entries, all alike, on a day with a match as on one without."""
    made = []
    for agency in (world.debt_help, world.income_support):
        await world.publish(agency, [ONE])
        before = {row["entry_id"] for row in await dump(world, "ledger_entry")}
        found = await run_matches(world)
        rows = await dump(world, "ledger_entry")
        kinds = Counter(row["kind"] for row in rows if row["entry_id"] not in before)
        leaves = {len(row["leaf"]) for row in rows if row["kind"] == "match"}
        made.append((found, kinds, len(leaves)))
        world.clock.forward(timedelta(days=1))
    counts = {"match": LEAST, "notice": 1}
    assert made == [(0, counts, 1), (1, counts, 1)]
    numbers = [row["number"] for row in await dump(world, "ledger_person")]
    assert set(numbers) == {1}
