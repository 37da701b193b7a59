"""A box, sheet, step or case that was altered stops no other match, and is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from signal_index.errors import LeadershipLost
from signal_index.matching import derive_step_handle
from signal_index.store.connect import reading, transaction
from signal_index.store.match_finding import erase_boxes, open_some
from signal_index.store.matches import find_held_in
from tests.holders_builders import a_bsn
from tests.match_builders import (
    ask_overview,
    both_publish,
    count_unreadable,
    name_cases,
    read_matches,
    run_matches,
    say,
)
from tests.notice_builders import dump
from tests.transfer_builders import a_successor
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.matching]
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)


async def test_without_the_next_years_key_a_box_is_said_at_new_year_and_not_erased(
    world: World,
) -> None:
    names = {2026: world.index.keys.ledger_names[2026]}
    keys = replace(world.index.keys, ledger_names=names)
    world.app.state.index = replace(world.index, keys=keys)  # type: ignore[attr-defined]
    world.clock.forward(datetime(2026, 12, 31, 12, tzinfo=UTC) - world.clock())
    await both_publish(world)
    assert await count_unreadable(world) == 0
    world.clock.forward(timedelta(days=1))
    assert await run_matches(world) == 0
    assert len(await dump(world, "match_box")) == 2
    assert await count_unreadable(world) == 2


ALTERED = """
UPDATE match_box SET sealed = zeroblob(800) WHERE id = (SELECT min(id) FROM match_box)
"""


async def test_a_box_that_was_altered_stops_no_other_and_is_said(
    world: World,
) -> None:
    await both_publish(world)
    await world.run_sql(ALTERED)
    assert await run_matches(world) == 1  # the other box finds it
    assert await count_unreadable(world) == 1


@pytest.mark.parametrize(
    "altered", ["municipality = '9902'", "source = :other", "until = '2020-01-01'"]
)
async def test_a_sheet_or_box_in_another_place_or_time_is_said(
    world: World, altered: str
) -> None:
    """A column that was altered takes nothing away silently."""
    third = await a_successor(world)
    await both_publish(world)
    if "source" not in altered:
        await world.run_sql(f"UPDATE match_box SET {altered}")  # noqa: S608 - ours
        assert await run_matches(world) == 0
        assert await count_unreadable(world) == 2
        await both_publish(world)
    await run_matches(world)
    values = {"own": world.debt_help.oin}
    if "source" in altered:
        values["other"] = third.oin
    update = f"UPDATE match_sheet SET {altered} WHERE source = :own"  # noqa: S608 - ours
    await world.run_sql(update, **values)
    agency = third if "source" in altered else world.debt_help
    token = world.a_source_token(agency)
    page = (await world.send("GET", "/matches?limit=10", token)).json()
    assert (page["items"], page["unreadable"] > 0) == ([], True)
    for _ in range(2):  # erased or not: one side is missing
        assert await count_unreadable(world) >= 1
        assert (await ask_overview(world))["matchesUnreadable"] > 0


async def test_an_altered_step_or_case_hides_no_other_and_is_said(
    world: World,
) -> None:
    """A case is left out; a match of which a step was altered is told as unreadable."""
    for person in (ONE, TWO):
        await both_publish(world, person)
    await run_matches(world)
    named, stepped = await read_matches(world, world.debt_help)
    await name_cases(world, world.debt_help)
    token = world.a_source_token(world.debt_help)
    await world.run_sql("UPDATE match_step SET sealed = zeroblob(length(sealed))")
    listed = await read_matches(world, world.debt_help)
    assert listed == [named, stepped]
    assert await count_unreadable(world) == 3  # two cases, and the count of the day
    await say(world, world.debt_help, stepped, "take-lead")
    await world.run_sql("UPDATE match_step SET sealed = zeroblob(length(sealed))")
    page = (await world.send("GET", "/matches?limit=10", token)).json()
    assert (page["items"], page["unreadable"]) == ([named], 1)
    assert await count_unreadable(world) == 4


TAKEN_AWAY = {
    "the last step": "DELETE FROM match_step WHERE handle = :last",
    "another in its place": "UPDATE match_step SET handle = zeroblob(16)"
    " WHERE handle = :last",
    "the count": "DELETE FROM match_step WHERE handle NOT IN (:first, :last)",
}


@pytest.mark.parametrize("statement", TAKEN_AWAY.values(), ids=TAKEN_AWAY)
async def test_a_step_that_was_taken_away_is_said(world: World, statement: str) -> None:
    """The last one leaves no gap; the count of its day shows it."""
    await both_publish(world)
    await run_matches(world)
    (mine,) = await read_matches(world, world.debt_help)
    key = world.index.keys.get_disclosure_key(2026)
    async with reading(world.engine) as conn:
        both = await find_held_in(conn, "9901", world.index.keys, date.min)
    match = both.items[0].side.match
    for act in ("take-lead", "agreed"):
        mine = (await say(world, world.debt_help, mine, act)).json()
    assert await count_unreadable(world) == 0
    first, last = (derive_step_handle(key, match, one) for one in (0, 1))
    where = {"first": first, "last": last} if ":first" in statement else {"last": last}
    await world.run_sql(statement, **where)
    assert await count_unreadable(world) == 1
    assert (await ask_overview(world))["matchesUnreadable"] == 1


async def test_boxes_that_another_process_opened_are_told_of_by_that_one_alone(
    world: World,
) -> None:
    await both_publish(world)
    async with transaction(world.engine) as conn:
        opened = await open_some(conn, "9901", None, world.index.keys, world.clock())
        await erase_boxes(conn, opened.boxes.keys())
        with pytest.raises(LeadershipLost):
            await erase_boxes(conn, opened.boxes.keys())
