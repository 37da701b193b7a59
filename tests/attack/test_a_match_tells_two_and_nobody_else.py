"""A match tells two sources of each other: no publisher, no copy, no third one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from signal_index.days import day_of
from signal_index.ledger import Group
from signal_index.store import match_finding
from signal_index.store.match_finding import open_some
from signal_index.upkeep import matching
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.match_builders import (
    TABLES,
    both_publish,
    counted,
    nobody_knows,
    open_matching,
    read_matches,
    run_matches,
    say,
)
from tests.notice_builders import dump
from tests.transfer_builders import a_successor
from tests.world import World, open_world
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.matching]
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)


async def test_publishing_does_the_same_whether_anybody_else_is_there(
    world: World,
) -> None:
    """Statements and their order: all is the same, and nobody is looked for."""
    seen: list[str] = []
    event.listen(
        world.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: seen.append(statement),
    )
    await world.publish(world.income_support, [ONE])
    await world.publish(world.debt_help, [THREE])  # what stands has been read
    seen.clear()
    await world.publish(world.debt_help, [TWO])
    alone = list(seen)
    seen.clear()
    await world.publish(world.debt_help, [ONE])
    assert seen == alone
    assert not any("match_sheet" in statement for statement in seen)
    assert await nobody_knows(world)
    boxes = await dump(world, "match_box")
    assert (len(boxes), len({len(row["sealed"]) for row in boxes})) == (4, 1)


async def test_while_the_act_is_closed_nothing_is_done_and_then_it_is_recorded(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        seen: list[str] = []
        event.listen(
            world.engine.sync_engine,
            "before_cursor_execute",
            lambda _c, _u, statement, *_: seen.append(statement),
        )
        await both_publish(world)
        assert not any("match" in statement for statement in seen)
        assert await run_matches(world) == 0
        assert [await dump(world, one) for one in TABLES] == [[], [], [], []]
        await open_matching(world)
        assert await run_matches(world) == 0  # no box: nobody looks in the signals
        assert await run_matches(world, existing=True) == 1  # an operator's own act
        acts = await open_entries(world, "administration")
        whats = [one[Group.WHAT] or {} for one in acts]
        made = [one["boxes"] for one in whats if one.get("act") == "match-boxes-made"]
        assert made == [2]
        assert await run_matches(world, existing=True) == 0  # nothing is told twice


async def test_it_is_told_at_the_hour_and_once_a_day_whenever_one_published(
    world: World,
) -> None:
    at = world.clock()
    world.clock.forward(datetime(2026, 12, 1, 3, 59, tzinfo=at.tzinfo) - at)
    await both_publish(world)
    await run_matches(world, daily=True)  # 04:59 in the Netherlands
    assert await nobody_knows(world)
    world.clock.forward(timedelta(minutes=1))
    await run_matches(world, daily=True)
    assert not await nobody_knows(world)
    for agency in (world.debt_help, world.income_support):
        await world.publish(agency, [TWO])
    world.clock.forward(timedelta(hours=23))
    await run_matches(world, daily=True)
    assert len(await read_matches(world, world.debt_help)) == 1
    world.clock.forward(timedelta(hours=1))
    await run_matches(world, daily=True)
    assert len(await read_matches(world, world.debt_help)) == 2


async def test_a_run_that_broke_off_is_done_again_and_one_that_found_no_source_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two rounds: what waits does not wait until tomorrow."""
    monkeypatch.setattr(match_finding, "BOXES_AT_ONCE", 3)
    world.clock.forward(datetime(2026, 12, 1, 4, tzinfo=UTC) - world.clock())
    for person in (ONE, TWO):
        await both_publish(world, person)

    async def open_first(*asked: Any) -> Any:  # noqa: ANN401 - as it is asked
        if asked[2] is not None:
            raise RuntimeError("killed")
        return await open_some(*asked)

    with monkeypatch.context() as killed:
        killed.setattr(matching, "open_some", open_first)
        with pytest.raises(RuntimeError):
            await run_matches(world, daily=True)
    assert len(await dump(world, "match_box")) == 1
    await run_matches(world, daily=True)
    assert await dump(world, "match_box") == []
    assert len(await read_matches(world, world.debt_help)) == 2
    await world.run_sql("UPDATE source SET state = 'trial'")
    for hours in (24, 0):  # nobody takes part: one run is one run all the same
        world.clock.forward(timedelta(hours=hours))
        await run_matches(world, daily=True)
    runs = [
        one
        for one in await open_entries(world, "notice")
        if (one[Group.WHAT] or {}).get("act") == "signals-matched"
    ]
    assert len(runs) == 3


async def test_who_publishes_to_hear_who_helps_is_told_of_and_stands_in_the_report(
    world: World, tmp_path: Path
) -> None:
    await both_publish(world)
    await run_matches(world)
    (theirs,) = await read_matches(world, world.income_support)
    assert theirs["partner"]["organisation"] == "Bureau debt-help"
    report = await CitizensDesk(world, tmp_path).report(ONE)
    assert report["lookups"] == []
    (line,) = report["matches"]
    assert line["organisation"] == "Bureau debt-help en Bureau income-support"
    assert line["legalBasis"] == "Wet gemeentelijke schuldhulpverlening, artikel 8"
    assert sorted(one["category"] for one in line["shown"]) == [
        "bijstand",
        "schuldhulpverlening",
    ]
    assert "horen van elkaar" in line["purposeText"]
    assert line["proof"]
    other = await CitizensDesk(world, tmp_path).report(TWO)
    assert other["matches"] == []


@pytest.mark.parametrize("place", [0, 1])
async def test_a_citizen_who_must_not_know_is_matched_with_nobody(
    world: World, place: int
) -> None:
    """Told of neither signal's person, whichever of the two it was."""
    both = [world.debt_help, world.income_support]
    await world.publish(both[1 - place], [ONE])
    (notice,) = await world.publish(both[place], [ONE])
    await world.run_sql(
        "UPDATE signal SET informed_code = 'safety-risk' WHERE source = :oin",
        oin=both[place].oin,
    )
    assert notice.informed.code != "safety-risk"
    assert await run_matches(world) == 0
    assert await nobody_knows(world)


async def test_veilig_thuis_and_a_kind_that_is_not_named_hear_nothing(
    world: World,
) -> None:
    for agency in (world.debt_help, world.veilig_thuis):
        await world.publish(agency, [ONE])
    assert len(await dump(world, "match_box")) == 1  # of debt help alone
    assert await run_matches(world) == 0
    assert await read_matches(world, world.veilig_thuis) == []


async def test_what_begins_within_days_is_matched_when_it_begins(
    world: World,
) -> None:
    soon = day_of(world.clock()) + timedelta(days=3)
    await world.publish(world.income_support, [ONE])
    await world.publish(world.debt_help, [ONE], validFrom=soon)
    assert await run_matches(world) == 0
    assert await nobody_knows(world)
    world.clock.forward(timedelta(days=3))
    assert await run_matches(world) == 1


async def test_a_third_source_reads_nothing_of_it_and_says_nothing_in_it(
    world: World,
) -> None:
    await both_publish(world)
    await run_matches(world)
    (mine,) = await read_matches(world, world.debt_help)
    third = await a_successor(world)
    assert await read_matches(world, third) == []
    for agency in (third, world.income_support):  # the other side calls it otherwise
        assert (await say(world, agency, mine, "done")).status_code == 404
    assert mine["step"] == (await read_matches(world, world.debt_help))[0]["step"]
    token = world.a_token()
    path = f"/matches/{mine['id']}/steps"
    answer = await world.send("POST", path, token, {"act": "done", "step": 0})
    assert answer.status_code == 403


async def test_ten_working_days_without_an_answer_show_at_both(world: World) -> None:
    await both_publish(world)
    await run_matches(world)
    (mine,) = await read_matches(world, world.debt_help)
    assert (mine["isOverdue"], bool(mine["followUpBy"])) == (False, True)
    world.clock.forward(timedelta(days=17))
    for agency in (world.debt_help, world.income_support):
        (one,) = await read_matches(world, agency)
        assert one["isOverdue"] is True
    assert await counted(world) == {"Bureau debt-help": (1, 1, 0), **INCOME_LATE}
    await say(world, world.debt_help, mine, "agreed")
    (one,) = await read_matches(world, world.income_support)
    assert (one["isOverdue"], one["followUpBy"]) == (False, None)
    settled = (1, 0, 1)
    assert set((await counted(world)).values()) == {settled}
    assert await counted(world, org=TEAM_OIN, client_id="desk-team") == {}


INCOME_LATE = {"Bureau income-support": (1, 1, 0)}
