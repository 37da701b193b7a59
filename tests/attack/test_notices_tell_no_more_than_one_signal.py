"""What comes back must not become a way to find out: by reading, counting or timing.

The attackers: a violent partner's employer, a source that reads, one that counts,
whoever has a copy of the database, and whoever watches lookups go by.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from keys.bsn import Bsn
from signal_index.store.connect import transaction
from tests.follow_builders import erase
from tests.holders_builders import a_bsn
from tests.notice_builders import (
    TABLES,
    acknowledge,
    acknowledge_everything,
    count_unread,
    dump,
    everything_told,
    lead,
    read,
    read_page,
    say_of_flag,
    switch_on,
)
from tests.trial_builders import put_in_trial
from tests.world import Agency, World, open_world

pytestmark = pytest.mark.anyio
KNOWN, BOTH, NOBODY = a_bsn(1), a_bsn(2), a_bsn(3)
SAFETY = {"purpose": "veiligheid", "legalBasis": "meldcode", "subject": "safety-1"}
URGENT = {"breakGlass": {"reason": "danger-to-life"}}


@pytest.fixture
async def world(world: World) -> World:
    await world.publish(world.debt_help, [KNOWN, BOTH])
    await world.publish(world.income_support, [BOTH])
    await world.publish(world.veilig_thuis, [KNOWN])
    await switch_on(world)
    return world


async def look_up(world: World, person: Bsn, **changed: object) -> None:
    body = await world.ask([person], **changed)
    trained = {"code": "veilig-thuis-2026", "validUntil": "2026-12-31"}
    claims: dict[str, Any] = {}
    if changed.get("purpose") == "veiligheid":
        claims = {"sub": "safety-1", "roles": ["generalist-safety"]}
        claims["trainings"] = [trained]
    answer = await world.send("POST", "/lookups", world.a_token(**claims), body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("how", [SAFETY, URGENT], ids=["safety", "broken glass"])
async def test_who_looks_in_silence_tells_no_source(
    world: World, how: dict[str, Any]
) -> None:
    await look_up(world, KNOWN, **how)
    assert await everything_told(world) == []


async def test_an_exception_to_informing_tells_no_source(world: World) -> None:
    for code in ("safety-risk", "investigation-at-risk"):
        body = await world.ask([KNOWN], **SAFETY)
        body["subjects"][0]["informed"] = code
        token = world.a_token(
            sub="safety-1",
            roles=["generalist", "generalist-safety"],
            trainings=[{"code": "veilig-thuis-2026", "validUntil": "2026-12-31"}],
        )
        answer = await world.send("POST", "/lookups", token, body)
        assert answer.status_code == 200, answer.text
    assert await everything_told(world) == []


async def test_what_was_seen_or_came_before_is_not_counted(world: World) -> None:
    await world.look_up([KNOWN])
    await lead(world)
    (one,) = await read(world, world.debt_help)
    assert await count_unread(world, world.debt_help, one["madeIn"]) == 1
    assert await count_unread(world, world.debt_help, one["madeIn"], one["id"]) == 0
    assert await count_unread(world, world.debt_help, "2027-01-01T00:00:00Z") == 0


async def test_a_silent_lookup_leaves_what_a_told_one_leaves(world: World) -> None:
    body = await world.ask([KNOWN], subject="user-1")
    token = world.a_token(roles=["generalist", "generalist-safety"])
    left = []
    for bearer in (world.a_token(), token):
        before = await _counts(world)
        body = await world.ask([KNOWN])
        answer = await world.send("POST", "/lookups", bearer, body)
        assert answer.status_code == 200
        await lead(world)
        left.append((await _counts(world)) - before)
    assert left[0] == left[1] != Counter()


async def test_before_it_is_established_a_lookup_leaves_no_box(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as closed:
        await closed.publish(closed.debt_help, [KNOWN])
        await closed.look_up([KNOWN])
        assert [await dump(closed, table) for table in TABLES] == [[], [], []]


async def test_a_copy_of_the_database_tells_no_hit_from_a_miss(world: World) -> None:
    left = []
    for person in (NOBODY, KNOWN, BOTH):
        await world.look_up([person])
        boxes = await dump(world, "notice_box")
        before = await _counts(world)
        await lead(world)
        left.append(
            ([len(box["sealed"]) for box in boxes], await _counts(world) - before)
        )
    assert left[0] == left[1] == left[2]
    assert left[0][0] != []


async def test_an_outcome_leaves_as_much_for_a_hit_as_for_a_miss(world: World) -> None:
    left = []
    said = ((NOBODY, "not-needed", None), (BOTH, "already-known", 1), (BOTH, None, 1))
    for person, outcome, flag in said:
        (part,) = await world.look_up([person])
        await lead(world)
        before = await _counts(world)
        await say_of_flag(world, part["entryId"], outcome, flag)
        await lead(world)
        left.append(await _counts(world) - before)
    assert left[0] == left[1] == left[2] != Counter()


async def test_what_damps_has_as_many_rows_however_often_it_is_said(
    world: World,
) -> None:
    await world.publish(world.debt_help, [KNOWN])  # two of one source
    left = []
    after: list[dict[str, Any]] = []
    for person, flag, outcomes in (
        (NOBODY, None, ("not-needed",) * 3),
        (KNOWN, 0, ("already-known", "already-known", None)),
    ):
        (part,) = await world.look_up([person])
        await lead(world)
        for outcome in outcomes:
            before = await dump(world, "notice_damping")
            await say_of_flag(world, part["entryId"], outcome, flag)
            await lead(world)
            after = await dump(world, "notice_damping")
            assert all(row in after for row in before)
            left.append(len(after) - len(before))
    assert len(set(left)) == 1
    columns = {(len(row["sealed"]), str(row["until"])) for row in after}
    assert len(columns) == 1


async def test_a_lookup_in_silence_leaves_and_reads_as_one_that_is_told(
    world: World,
) -> None:
    await world.publish(world.debt_help, [KNOWN] * 2)  # three of one source
    left = []
    told: list[dict[str, Any]] = []
    for _ in range(2):
        before = await _counts(world)
        (part,) = await world.look_up([KNOWN])
        await lead(world)
        left.append(await _counts(world) - before)
        for flag in range(3):
            await say_of_flag(world, part["entryId"], "already-known", flag)
        await lead(world)
        told = (await read_page(world, world.debt_help))["items"]
        await acknowledge_everything(world)
    assert left[0] == left[1] != Counter()
    empty = told[0] | {"id": "", "kind": "cover", "signals": [], "lookedUp": None}
    assert {json.dumps(one | {"id": ""}) for one in told} == {json.dumps(empty)}


async def test_nothing_in_the_database_links_two_notices_of_one_person(
    world: World,
) -> None:
    await world.look_up([BOTH])
    await lead(world)
    rows = await dump(world, "return_notice")
    same = {"municipality", "year", "made_in", "expires", "source"}
    same |= {"names_case", "told", "acknowledged"}
    for name in rows[0].keys() - same:
        values = [row[name] for row in rows]
        assert len(set(values)) == len(values), name
    assert {str(row["made_in"])[14:19] for row in rows} == {"00:00"}
    assert await dump(world, "notice_box") == []


async def test_a_lookup_takes_as_many_statements_for_a_hit_as_for_a_miss(
    world: World,
) -> None:
    seen: list[list[str]] = []

    def note(*told: object) -> None:
        seen[-1].append(str(told[2]).split()[0])

    await world.look_up([a_bsn(9)])  # what stands has been read, until ten seconds on
    event.listen(world.engine.sync_engine, "before_cursor_execute", note)
    for person in (NOBODY, KNOWN, BOTH):
        body = await world.ask([person])
        seen.append([])
        await world.send("POST", "/lookups", world.a_token(), body)
    event.remove(world.engine.sync_engine, "before_cursor_execute", note)
    assert seen[0] == seen[1] == seen[2] != []


async def test_a_source_hears_of_its_own_signal_and_of_no_other(world: World) -> None:
    (mine, _) = await _references(world, world.debt_help), await world.look_up([BOTH])
    await lead(world)
    (told,) = await read(world, world.debt_help)
    assert {one["reference"] for one in told["signals"]} <= mine
    said = json.dumps(told)
    for other in (world.income_support, world.veilig_thuis):
        assert other.oin not in said
        assert other.category not in said
        assert not any(one in said for one in await _references(world, other))


async def test_a_source_cannot_read_or_acknowledge_anothers(world: World) -> None:
    await world.look_up([BOTH])
    await lead(world)
    mine = await read_page(world, world.income_support)
    ids = {one["id"] for one in mine["items"]}
    other = await read_page(world, world.debt_help, "?limit=1000&state=all")
    assert ids.isdisjoint({one["id"] for one in other["items"]})
    assert await acknowledge(world, world.debt_help, ids) == 0
    assert await read_page(world, world.income_support) == mine


async def test_somebody_who_looks_up_reads_no_notices(world: World) -> None:
    assert (await world.send("GET", "/notices", world.a_token())).status_code == 403
    assert (await world.send("GET", "/notices", world.an_officer())).status_code == 403
    body = {"since": "2026-01-01T00:00:00Z", "seen": []}
    for token in (world.a_token(), world.an_officer()):
        counted = await world.send("POST", "/notices/unread", token, body)
        assert counted.status_code == 403


async def test_a_page_has_one_length_whatever_it_says(world: World) -> None:
    lengths = set()
    for person in (NOBODY, BOTH):
        await world.look_up([person])
        await lead(world)
        token = world.a_source_token(world.debt_help)
        answer = await world.send("GET", "/notices", token)
        lengths.add(len(answer.content))
        ids = [one["id"] for one in answer.json()["items"]]
        await acknowledge(world, world.debt_help, ids)
    assert len(lengths) == 1


async def test_acknowledging_leaves_rows_of_one_form(world: World) -> None:
    await world.look_up([BOTH])
    await world.look_up([NOBODY])
    await lead(world)
    token = world.a_source_token(world.debt_help)
    page = await read_page(world, world.debt_help)
    cases = [
        {
            "id": one["id"],
            "cases": [
                {"reference": each["reference"], "sealed": "A" * 126}
                for each in one["signals"]
            ],
        }
        for one in page["items"]
    ]
    await world.send("POST", "/notices/acknowledgements", token, {"notices": cases})
    rows = [
        row
        for row in await dump(world, "return_notice")
        if row["source"] == world.debt_help.oin
    ]
    assert len({len(row["sealed"]) for row in rows}) == 1
    assert {bool(row["acknowledged"]) for row in rows} == {True}


async def test_after_its_time_nothing_of_a_notice_is_left(world: World) -> None:
    (part,) = await world.look_up([BOTH])
    await say_of_flag(world, part["entryId"], "already-known", 0)
    await lead(world)
    world.clock.forward(timedelta(days=31))
    await erase(world)
    assert await read(world, world.debt_help, "all") == []
    world.clock.forward(timedelta(days=121))
    await erase(world)
    assert [await dump(world, table) for table in ("notice_box", "notice_damping")] == [
        [],
        [],
    ]


async def test_a_source_in_trial_hears_of_nothing(world: World) -> None:
    await put_in_trial(world, world.debt_help)
    await world.look_up([KNOWN])
    await lead(world)
    rows = await dump(world, "return_notice")
    assert world.debt_help.oin not in {row["source"] for row in rows}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE notice_box SET sealed = zeroblob(1820)",
        "UPDATE notice_box SET year = 2019",
    ],
    ids=["altered", "no key"],
)
async def test_one_box_that_does_not_open_silences_no_other(
    world: World, damage: str
) -> None:
    await world.look_up([NOBODY])
    await _execute(world, damage)
    await world.look_up([KNOWN])
    assert len(await everything_told(world)) == 1
    assert len(await dump(world, "notice_box")) == 1
    assert (await lead(world, due=True)).count('"notices-unreadable"') == 1


async def test_one_notice_that_does_not_open_hides_no_other_and_is_said(
    world: World,
) -> None:
    await world.look_up([KNOWN])
    (part,) = await world.look_up([KNOWN])
    await lead(world)
    rows = await dump(world, "return_notice")
    lost = next(row["id"] for row in rows if row["source"] == world.debt_help.oin)
    damage = "UPDATE return_notice SET sealed = zeroblob(796) WHERE id = "
    await _execute(world, f"{damage}'{lost}'")
    await say_of_flag(world, part["entryId"], "contact-made", 0)
    await lead(world)
    page = await read_page(world, world.debt_help)
    assert (len(page["items"]), page["unreadable"]) == (2, 1)
    ids = [one["id"] for one in page["items"]]
    assert await acknowledge(world, world.debt_help, [*ids, str(UUID(lost))]) == 2


async def _execute(world: World, statement: str) -> None:
    async with transaction(world.engine) as conn:
        await conn.execute(text(statement))


async def _counts(world: World) -> Counter[tuple[str, str, int]]:
    """How many rows of which length stand where: all that a count can tell."""
    found: Counter[tuple[str, str, int]] = Counter()
    for table in TABLES:
        for row in await dump(world, table):
            source, sealed = row.get("source", ""), row.get("sealed", b"")
            found[table, str(source), len(sealed)] += 1
    return found


async def _references(world: World, agency: Agency) -> set[str]:
    rows = await dump(world, "signal")
    found = [row["reference"] for row in rows if row["source"] == agency.oin]
    return {_dashed(str(one)) for one in found}


def _dashed(reference: str) -> str:
    plain = reference.replace("-", "")
    parts = (plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:])
    return "-".join(parts)


async def test_who_asks_is_promised_what_the_policy_tells_whoever_was_asked_about(
    world: World,
) -> None:
    """Of a hit and of a miss alike: never by what there is."""
    hit, miss = await world.look_up([KNOWN, NOBODY])
    assert hit["tells"] == miss["tells"]
    assert "schuldhulpverlening" in hit["tells"]
    answer = await world.send("GET", "/own-lookups", world.a_token())
    flags = [flag for one in answer.json()["items"] for flag in one["flags"]]
    assert [flag["tells"] for flag in flags] == [True]


@pytest.mark.parametrize("how", [SAFETY, URGENT], ids=["safety", "broken glass"])
async def test_who_looks_in_silence_is_promised_nothing(
    world: World, how: dict[str, Any]
) -> None:
    claims: dict[str, Any] = {}
    if how == SAFETY:
        trained = {"code": "veilig-thuis-2026", "validUntil": "2026-12-31"}
        claims = {"sub": "safety-1", "roles": ["generalist-safety"]}
        claims["trainings"] = [trained]
    token, body = world.a_token(**claims), await world.ask([KNOWN], **how)
    answer = await world.send("POST", "/lookups", token, body)
    (part,) = answer.json()["answers"]
    assert part["flags"]
    assert part["tells"] == []
    own = (await world.send("GET", "/own-lookups", token)).json()["items"]
    told = [flag["tells"] for one in own for flag in one["flags"]]
    assert told == [False] * len(part["flags"])
