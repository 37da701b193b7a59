"""A match ends where one of its signals does, comes back to nobody and says not why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.match_builders import (
    both_publish,
    counted,
    name_cases,
    nobody_knows,
    open_matching,
    read_matches,
    run_matches,
    say,
)
from tests.notice_builders import dump, lead, read
from tests.policy_officers import approving
from tests.transfer_builders import a_successor, a_transfer
from tests.world import Agency, World

pytestmark = [pytest.mark.anyio, pytest.mark.matching]
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)


async def test_under_an_embargo_nothing_is_found_and_nothing_stays_behind(
    world: World, tmp_path: Path
) -> None:
    desk = CitizensDesk(world, tmp_path)
    embargo = await desk.place_embargo(ONE)
    await both_publish(world)
    assert await run_matches(world) == 0
    assert await nobody_knows(world)
    await desk.decide(embargo, "refused")
    assert await run_matches(world) == 0  # the boxes are gone
    assert await nobody_knows(world)


RESTRICTED = "UPDATE signal SET state = 'restricted'"


ACTIVE = "UPDATE signal SET state = 'active'"


async def to_trial(world: World) -> None:
    said = "UPDATE source SET state = 'trial' WHERE oin = :oin"
    await world.run_sql(said, oin=world.income_support.oin)


@pytest.mark.parametrize("cause", ["restricted", "embargo", "trial"])
async def test_what_vanished_comes_back_to_nobody_and_says_not_why(
    world: World, tmp_path: Path, cause: str
) -> None:
    await both_publish(world)
    await run_matches(world)
    (mine,) = await read_matches(world, world.debt_help)
    desk, embargo = CitizensDesk(world, tmp_path), None
    match cause:
        case "restricted":
            await world.run_sql(RESTRICTED)
        case "trial":
            await to_trial(world)
        case _:
            embargo = await desk.place_embargo(ONE)
            assert await read(world, world.debt_help) == []  # not fetched: a cover
    assert await read_matches(world, world.debt_help) == []
    gone = await say(world, world.debt_help, mine, "take-lead")
    assert gone.status_code == 404
    assert gone.json()["type"].endswith("/unknown-match")
    for undone in (ACTIVE, "UPDATE source SET state = 'live'"):
        await world.run_sql(undone)
    if embargo is not None:
        await desk.decide(embargo, "refused")
    for agency in (world.debt_help, world.income_support):
        assert await read_matches(world, agency) == []


@pytest.mark.parametrize("looks_by", ["step", "count"])
async def test_whoever_looks_otherwise_than_in_the_list_ends_it_as_well(
    world: World, tmp_path: Path, looks_by: str
) -> None:
    await both_publish(world)
    await run_matches(world)
    (mine,) = await read_matches(world, world.debt_help)
    oin = world.debt_help.oin
    officer = {"org": oin, "client_id": f"desk-{oin[-4:]}"}
    assert len(await counted(world, **officer)) == 1
    desk = CitizensDesk(world, tmp_path)
    embargo = await desk.place_embargo(ONE)
    if looks_by == "step":
        gone = await say(world, world.debt_help, mine, "take-lead")
        assert gone.status_code == 404
    else:
        assert await counted(world, **officer) == {}
    await desk.decide(embargo, "refused")
    assert await counted(world, **officer) == {}
    for agency in (world.debt_help, world.income_support):
        assert await read_matches(world, agency) == []


@pytest.mark.parametrize("cause", ["restricted", "another-person", "transfer"])
async def test_no_notice_tells_of_a_match_that_no_list_shows(
    world: World, cause: str
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await world.publish(world.income_support, [ONE])
    assert await run_matches(world) == 1
    heir = None
    match cause:
        case "restricted":
            await world.run_sql(RESTRICTED)
        case "another-person":
            newer = notice.model_copy(update={"version": 2})
            await world.send_batch(world.debt_help, [newer], [TWO])
        case _:
            heir = await a_successor(world)
            await pass_on(world, heir)
            await lead(world)
    told = [one["kind"] for one in await read(world, world.debt_help)]
    assert "match" not in told
    if heir is not None:
        assert "match" in [one["kind"] for one in await read(world, heir)]


async def test_what_nobody_looked_at_meanwhile_is_there_as_before(
    world: World,
) -> None:
    """It vanished before nobody's eyes: nothing was written, and nothing tells."""
    await both_publish(world)
    await run_matches(world)
    await world.run_sql(RESTRICTED)
    await world.run_sql(ACTIVE)
    assert len(await read_matches(world, world.debt_help)) == 1


async def test_what_was_restricted_is_matched_when_it_is_released(
    world: World,
) -> None:
    """Whichever of the two it was, for the seven days of a box."""
    await world.publish(world.debt_help, [ONE])
    await world.run_sql(RESTRICTED)
    await run_matches(world)
    await world.publish(world.income_support, [ONE])
    world.clock.forward(timedelta(days=6))
    assert await run_matches(world) == 0
    assert await nobody_knows(world)
    await world.run_sql(ACTIVE)
    assert await run_matches(world) == 1
    assert await dump(world, "match_box") == []


async def test_what_stood_before_finds_nothing_anew_that_is_over(world: World) -> None:
    """An administrator's second look tells not why it was gone."""
    await both_publish(world)
    await run_matches(world)
    await world.run_sql(RESTRICTED)
    assert await read_matches(world, world.debt_help) == []  # looked at: over
    await world.run_sql(ACTIVE)
    assert await run_matches(world, existing=True) == 0
    assert await read_matches(world, world.income_support) == []


async def test_a_source_in_trial_is_matched_with_nobody(world: World) -> None:
    await to_trial(world)
    await both_publish(world)
    assert await run_matches(world) == 0
    assert await nobody_knows(world)


async def test_where_the_act_is_closed_again_nothing_is_shown(world: World) -> None:
    await both_publish(world)
    await run_matches(world)
    await world.run_sql("DELETE FROM establishment WHERE opens = 'match'")
    world.clock.forward(timedelta(seconds=11))
    assert await read_matches(world, world.debt_help) == []
    await open_matching(world)  # it tells of nobody: what stands is there again
    assert len(await read_matches(world, world.debt_help)) == 1


async def test_a_pair_is_told_of_once_whatever_is_published_again(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    await world.publish(world.income_support, [ONE])
    assert await run_matches(world) == 1
    newer = notice.model_copy(update={"version": 2})
    await world.send_batch(world.debt_help, [newer], [ONE])
    assert await run_matches(world) == 0
    assert len(await read_matches(world, world.debt_help)) == 1
    await world.run_sql(RESTRICTED)
    await read_matches(world, world.debt_help)  # over
    await world.run_sql(ACTIVE)
    newest = notice.model_copy(update={"version": 3})
    await world.send_batch(world.debt_help, [newest], [ONE])
    assert await run_matches(world) == 1


async def test_a_match_goes_where_its_signal_goes(world: World) -> None:
    await both_publish(world)
    await run_matches(world)
    (mine,) = await read_matches(world, world.debt_help)
    await say(world, world.debt_help, mine, "take-lead")
    await name_cases(world, world.debt_help)
    heir = await a_successor(world)
    await pass_on(world, heir)
    assert await read_matches(world, world.debt_help) == []
    (taken,) = await read_matches(world, heir)
    assert (taken["reference"], taken["lead"]) == (mine["reference"], "own")
    assert taken["case"] is None  # it was sealed for another's desk
    await lead(world)
    await name_cases(world, heir)
    (taken,) = await read_matches(world, heir)
    assert taken["case"] == "A" * 126
    (theirs,) = await read_matches(world, world.income_support)
    assert theirs["partner"]["organisation"] == "Schuldhulp Samen"
    assert (await say(world, heir, taken, "agreed")).status_code == 200


async def pass_on(world: World, heir: Agency) -> None:
    asked = await world.send(
        "POST", "/transfers", world.an_officer(), a_transfer(world, heir)
    )
    assert asked.status_code == 201, asked.text
    other = world.an_officer("data-protection-officer")
    path = f"/approvals/{asked.json()['approvalId']}/decision"
    done = await world.send(
        "POST", path, other, await approving(world, other, asked.json()["approvalId"])
    )
    assert done.status_code == 200, done.text
