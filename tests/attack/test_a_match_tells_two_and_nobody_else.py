"""A match tells two sources of each other: no publisher, no copy, no third one."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from keys.base64url import encode_b64u
from keys.bsn import Bsn
from signal_index.api import publication_run
from signal_index.days import day_of
from signal_index.errors import LeadershipLost
from signal_index.ledger import Group, Kind, data_subject_key
from signal_index.store import match_finding
from signal_index.store.connect import transaction
from signal_index.store.match_finding import erase_boxes, open_some
from signal_index.upkeep import matching
from signal_index.upkeep.match_records import LEAST
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.match_builders import (
    TABLES,
    name_cases,
    open_matching,
    read_matches,
    run_matches,
    say,
)
from tests.notice_builders import dump, lead, read, read_page
from tests.officer_builders import a_citizen, find
from tests.transfer_builders import a_successor, a_transfer
from tests.world import Agency, World, open_world
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio
ONE, TWO, THREE = a_bsn(1), a_bsn(2), a_bsn(3)


@pytest.fixture
async def world(world: World) -> World:
    await open_matching(world)
    return world


async def both_publish(world: World, person: Bsn = ONE) -> None:
    for agency in (world.debt_help, world.income_support):
        await world.publish(agency, [person])


async def nobody_knows(world: World) -> bool:
    """Whether neither of the two reads of a match, nor hears that there is one."""
    both = (world.debt_help, world.income_support)
    listed = [one for agency in both for one in await read_matches(world, agency)]
    return listed + [one for agency in both for one in await read(world, agency)] == []


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
    match cause:
        case "restricted":
            await world.run_sql(RESTRICTED)
        case "trial":
            await to_trial(world)
        case _:
            await CitizensDesk(world, tmp_path).place_embargo(ONE)
            assert await read(world, world.debt_help) == []  # not fetched: a cover
    assert await read_matches(world, world.debt_help) == []
    gone = await say(world, world.debt_help, mine, "take-lead")
    assert gone.status_code == 404
    assert gone.json()["type"].endswith("/unknown-match")
    for undone in (
        ACTIVE,
        "UPDATE source SET state = 'live'",
        "DELETE FROM embargo",
    ):
        await world.run_sql(undone)
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
    officer = {"org": oin, "client_id": f"agent-{oin[-4:]}"}
    assert len(await counted(world, **officer)) == 1
    await CitizensDesk(world, tmp_path).place_embargo(ONE)
    if looks_by == "step":
        gone = await say(world, world.debt_help, mine, "take-lead")
        assert gone.status_code == 404
    else:
        assert await counted(world, **officer) == {}
    await world.run_sql("DELETE FROM embargo")
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


async def test_without_the_next_years_key_a_box_is_said_at_new_year_and_not_erased(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_this_year(names: Any, now: datetime) -> Any:  # noqa: ANN401 - as asked
        return {now.year: names[now.year]}

    world.clock.forward(datetime(2026, 12, 31, 12, tzinfo=UTC) - world.clock())
    monkeypatch.setattr(publication_run, "pick_names", only_this_year)
    await both_publish(world)
    assert await count_unreadable(world) == 0
    world.clock.forward(timedelta(days=1))
    assert await run_matches(world) == 0
    assert len(await dump(world, "match_box")) == 2
    assert await count_unreadable(world) == 2


async def test_what_stood_before_finds_nothing_anew_that_is_over(world: World) -> None:
    """An administrator's second look tells not why it was gone."""
    await both_publish(world)
    await run_matches(world)
    await world.run_sql(RESTRICTED)
    assert await read_matches(world, world.debt_help) == []  # looked at: over
    await world.run_sql(ACTIVE)
    assert await run_matches(world, existing=True) == 0
    assert await read_matches(world, world.income_support) == []


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
    update = f"UPDATE match_sheet SET {altered} WHERE source = :own"  # noqa: S608
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
    assert await count_unreadable(world) == 2
    await say(world, world.debt_help, stepped, "take-lead")
    await world.run_sql("UPDATE match_step SET sealed = zeroblob(length(sealed))")
    page = (await world.send("GET", "/matches?limit=10", token)).json()
    assert (page["items"], page["unreadable"]) == ([named], 1)
    assert await count_unreadable(world) == 3


async def count_unreadable(world: World) -> int:
    """What the hourly log says."""
    log = io.StringIO()
    await run_matches(world, erase=True, log=log)
    said = [json.loads(line) for line in log.getvalue().splitlines()]
    return sum(one["count"] for one in said if one["event"] == "matches-unreadable")


async def test_boxes_that_another_process_opened_are_told_of_by_that_one_alone(
    world: World,
) -> None:
    await both_publish(world)
    async with transaction(world.engine) as conn:
        opened = await open_some(conn, "9901", None, world.index.keys, world.clock())
        await erase_boxes(conn, opened.boxes.keys())
        with pytest.raises(LeadershipLost):
            await erase_boxes(conn, opened.boxes.keys())


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
    assert len(steps) == 2
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
        assert all(row in after for row in before)
        made.append(len(after) - len(before))
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
    done = await world.send("POST", path, other, {"decision": "approved"})
    assert done.status_code == 200, done.text


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


async def ask_overview(world: World, **who: str) -> dict[str, Any]:
    """What an officer reads."""
    body = {"from": "2026-11-30", "until": "2026-11-30"}
    answer = await world.send(
        "POST", "/overviews", world.an_officer("privacy-officer", **who), body
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def counted(world: World, **who: str) -> dict[str, tuple[int, int, int]]:
    """Matches, unanswered, settled, by organisation."""
    said = await ask_overview(world, **who)
    return {
        one["organisationName"]: (one["matches"], one["unanswered"], one["settled"])
        for one in said["matches"]
    }
