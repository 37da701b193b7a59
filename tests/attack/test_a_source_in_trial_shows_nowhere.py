"""Whoever looks, asks or counts learns nothing from what a source tries out.

What every reading says about a citizen of whom a source in trial published is held
against what it says about one of whom it published nothing: the same, to the byte but
for what is drawn anew each time.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError

from keys.bsn import Bsn
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.store.source_states import make_live
from signal_index.upkeep.counting import Counting
from tests.builders import a_delivery
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.trial_builders import go_live, put_in_trial, take_back
from tests.world import Agency, World, open_world

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
TRIED, OTHER = a_bsn(1), a_bsn(2)
STORE = Path(__file__).parents[2] / "signal_index" / "store"
DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")

READS_WHAT_NOBODY_IS_SHOWN = {
    "access": "rights of roles",
    "agencies": "a source's own",
    "contacts": "how many a source's signals allow it to name",
    "emptied": "which sources a transfer left without one; of live sources only",
    "endings": "counts and ends what an ending leaves behind; for an operator",
    "erasure": "ends and erases",
    "hand_signals": "a source's own",
    "notice_settled": "what a source's own notice asked, and what it did since",
    "person_events": "ends; what it ended is told to nobody",
    "reconciling": "a source's own",
    "restrictions": "withholds and releases what a correction is about; shows nothing",
    "row_keys": "counts what a row key finds, of nobody; for an operator",
    "row_moves": "names rows anew under another key; shows nothing",
    "transfer_run": "moves them, of a source that is live or ended",
    "transfers": "which names both use; counts of a source that is live or ended",
    "own_signals": "a source's own",
    "signals": "publishing",
}
"""The modules that may read all signals, and why that shows nothing."""


@pytest.fixture
async def world(world: World) -> World:
    await put_in_trial(world, world.debt_help)
    await world.publish(world.debt_help, [TRIED])
    return world


async def _answer(world: World, numbers: list[Bsn], **changed: object) -> list[str]:
    """The parts of an answer, without what is drawn or signed anew."""
    parts = await world.look_up(numbers, **changed)
    return [_plain(part) for part in parts]


def _plain(part: Mapping[str, Any]) -> str:
    kept = {name: said for name, said in part.items() if name not in _DRAWN_MEMBERS}
    return DRAWN.sub("an id", json.dumps(kept))


_DRAWN_MEMBERS = {"receipt", "padding"}


async def _length(world: World, number: Bsn) -> int:
    body = await world.ask([number])
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    return len(answer.content)


async def test_a_lookup_is_that_of_somebody_unknown(world: World) -> None:
    assert await _answer(world, [TRIED]) == await _answer(world, [OTHER])
    assert await _length(world, TRIED) == await _length(world, OTHER)


async def test_an_answer_does_not_name_a_source_in_trial(world: World) -> None:
    (part,) = await world.look_up([TRIED])
    assert part["flags"] == []
    assert "Bureau debt-help" not in json.dumps(part)


async def test_what_nobody_tells_of_is_said_before_the_question_as_after_it(
    world: World,
) -> None:
    """Whom an answer would not speak of, the list of purposes does not count either."""

    async def told() -> tuple[set[str], set[str]]:
        body = await world.ask([OTHER])
        answer = await world.send("POST", "/lookups", world.a_token(), body)
        (part,) = answer.json()["answers"]
        listed = (await world.send("GET", "/catalogue", world.a_token())).json()
        asked = next(one for one in listed["purposes"] if one["id"] == body["purpose"])
        before = {one["id"] for one in asked["categories"] if one["told"]}
        return before, {one["category"] for one in part["sources"]}

    kind = world.debt_help.category
    before, after = await told()
    assert before == after
    assert kind not in before
    await go_live(world, world.debt_help)
    before, after = await told()
    assert before == after
    assert kind in before
    await take_back(world, world.debt_help)
    before, after = await told()
    assert before == after
    assert kind in before, "it is late, as in the answer: its flags are gone"


async def test_what_a_purpose_does_not_show_is_named_of_whom_takes_part_alone(
    world: World,
) -> None:
    async def beyond() -> dict[str, list[str]]:
        listed = (await world.send("GET", "/catalogue", world.a_token())).json()
        kinds = {one["id"]: one["categories"] for one in listed["purposes"]}
        for one in listed["purposes"]:
            assert not {each["short"] for each in kinds[one["id"]]} & set(one["beyond"])
        return {one["id"]: one["beyond"] for one in listed["purposes"]}

    uwv = world.agencies["uwv"]
    assert "WW" in (await beyond())["wmo-onderzoek"]
    await put_in_trial(world, uwv)
    assert "WW" not in (await beyond())["wmo-onderzoek"]
    await go_live(world, uwv)
    assert "WW" in (await beyond())["wmo-onderzoek"]


async def test_a_household_shows_nothing_of_it(world: World) -> None:
    tried, other = await _answer(world, [TRIED, OTHER])
    assert tried == other


async def test_asking_again_shows_nothing_of_it(world: World) -> None:
    body, token = await world.ask([TRIED]), world.a_token()
    first = await world.send("POST", "/lookups", token, body)
    again = await world.send("POST", "/lookups", token, body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["answers"][0]["flags"] == []


async def test_breaking_the_glass_shows_nothing_of_it(world: World) -> None:
    broken = await world.ask([TRIED], breakGlass={"reason": "danger-to-life"})
    answer = await world.send("POST", "/lookups", world.a_token(), broken)
    assert answer.status_code == 200, answer.text
    assert answer.json()["answers"][0]["flags"] == []


async def test_a_citizens_report_shows_nothing_of_it(
    world: World, tmp_path: Path
) -> None:
    desk = CitizensDesk(world, tmp_path)
    assert (await desk.report(TRIED))["signals"] == []


async def test_no_correction_can_be_entered_about_it(
    world: World, tmp_path: Path
) -> None:
    (notice,) = await world.publish(world.debt_help, [OTHER])
    desk = CitizensDesk(world, tmp_path)
    said = {"source": world.debt_help.oin, "reference": str(notice.reference)}
    known = await _enter(desk, said)
    unknown = await _enter(desk, {**said, "reference": str(world.debt_help.contact)})
    assert known == unknown
    assert known[0] == 404


async def _enter(desk: CitizensDesk, said: Mapping[str, str]) -> tuple[int, str]:
    body = {
        "source": said["source"],
        "signalReference": said["reference"],
        "reason": "no-contact",
        "receivedOn": desk.world.clock().date().isoformat(),
        "restrict": True,
    }
    answer = await desk.send("POST", "/corrections", body)
    return answer.status_code, DRAWN.sub("an id", answer.text)


async def test_the_overview_and_its_stock_count_nothing_of_it(world: World) -> None:
    await world.look_up([TRIED])
    url = world.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url, DatabaseRole.UPKEEP)
    await Counting(
        engine, world.index.keys, world.clock, lambda: 2021, world.index.events
    ).run()
    await engine.dispose()
    today = world.clock().date()
    period = {
        "from": (today - timedelta(days=6)).isoformat(),
        "until": today.isoformat(),
    }
    answer = await world.send("POST", "/overviews", world.an_officer(), period)
    found = answer.json()
    assert (found["totals"]["hits"], found["totals"]["misses"]) == (0, 1)
    assert found["stock"]["active"] == 0
    assert "debt-help" not in json.dumps(found["stock"])


async def test_going_live_shows_what_was_delivered(world: World) -> None:
    await go_live(world, world.debt_help)
    world.clock.forward(timedelta(minutes=1))
    (part,) = await world.look_up([TRIED])
    assert [flag["organisation"] for flag in part["flags"]] == ["Bureau debt-help"]


async def test_going_back_hides_at_once_and_says_that_the_source_is_late(
    world: World,
) -> None:
    await go_live(world, world.debt_help)
    world.clock.forward(timedelta(minutes=1))
    await _deliver(world, world.debt_help)
    (part,) = await world.look_up([TRIED])
    assert [(one["organisation"], one["stale"]) for one in part["sources"]] == [
        ("Bureau debt-help", False),
        *_others(part),
    ]
    # Nobody tells the serving process: what it knows of sources is seconds old.
    await take_back(world, world.debt_help)
    (part,) = await world.look_up([TRIED])
    assert part["flags"] == []
    (said,) = [
        one for one in part["sources"] if one["organisation"] == "Bureau debt-help"
    ]
    assert said["stale"] is True


def _others(part: Mapping[str, Any]) -> list[tuple[str, bool]]:
    return [
        (one["organisation"], one["stale"])
        for one in part["sources"]
        if one["organisation"] != "Bureau debt-help"
    ]


async def test_what_it_delivers_after_going_back_is_not_called_fresh(
    world: World,
) -> None:
    await go_live(world, world.debt_help)
    world.clock.forward(timedelta(minutes=1))
    await _deliver(world, world.debt_help)
    await take_back(world, world.debt_help)
    gone_back = world.clock()
    world.clock.forward(timedelta(hours=1))
    await _deliver(world, world.debt_help)
    (part,) = await world.look_up([TRIED])
    (said,) = [
        one for one in part["sources"] if one["organisation"] == "Bureau debt-help"
    ]
    assert said["stale"] is True
    assert said["lastHeard"] <= gone_back.isoformat().replace("+00:00", "Z")


async def _deliver(world: World, agency: Agency) -> None:
    delivery = a_delivery(world.clock()).model_dump(mode="json")
    token = world.a_source_token(agency)
    answer = await world.send("POST", "/deliveries", token, delivery)
    assert answer.status_code == 201, answer.text


def _reads_all_signals(module: Path) -> bool:
    """Tell whether a module takes the table itself, by any name."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "signal_index.tables.signals"
        and any(name.name == "signal" for name in node.names)
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
    )


def test_whoever_shows_signals_reads_those_of_live_sources() -> None:
    found = {module.stem for module in STORE.glob("*.py") if _reads_all_signals(module)}
    assert found == READS_WHAT_NOBODY_IS_SHOWN.keys()


def test_no_text_of_sql_reads_all_signals() -> None:
    written = [
        module.name
        for module in STORE.glob("*.py")
        if re.search(r"\b(FROM|JOIN) signal\b", module.read_text("utf-8"))
    ]
    assert written == ["lookup_statement.py"]
    text = (STORE / "lookup_statement.py").read_text("utf-8")
    assert "JOIN source o ON o.oin = s.source AND o.state = 'live'" in text


async def test_no_process_that_serves_can_make_a_source_live(
    registered_postgres: str, tmp_path: Path
) -> None:
    async with open_world(tmp_path, registered_postgres) as world:
        await put_in_trial(world, world.debt_help)
        async with transaction(world.engine) as conn:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await make_live(conn, world.debt_help.oin)
