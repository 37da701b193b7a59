"""A source hears who looked at its signal and what came of it, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from signal_index.store.registry import SourceRecord, add_source
from signal_index.wire.model import parse_value
from signal_index.wire.notice_order import find_former, tells
from signal_index.wire.notices import ReturnNotice
from signal_index.wire.sources import SourceState
from tests.builders import a_day
from tests.citizen_builders import CitizensDesk
from tests.contact_builders import CALLED, a_call_back, whom
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.notice_builders import acknowledge, lead, read, read_page, switch_on
from tests.source_administrators import an_administrator
from tests.store_builders import owning
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
KNOWN = a_bsn(1)
CALL = a_call_back()


@pytest.fixture
async def world(world: World) -> World:
    await switch_on(world)
    return world


async def say(world: World, entry: str, outcome: str | None) -> None:
    path, body = f"/lookups/{entry}/outcome", {"outcome": outcome, "flag": 0}
    answer = await world.send("POST", path, world.a_token(), body)
    assert answer.status_code == 204, answer.text
    await lead(world)


async def test_a_source_hears_who_looked_why_and_whom_to_call(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [KNOWN])
    await world.look_up([KNOWN], callBack=CALL)
    await lead(world)
    (told,) = await read(world, world.debt_help)
    assert told["kind"] == "looked-up"
    assert [one["reference"] for one in told["signals"]] == [str(notice.reference)]
    looker = told["lookedUp"]
    assert looker["organisation"] == "Gemeente Voorbeeld"
    assert looker["purpose"] == "schuldhulp-toegang"
    assert whom(told["callBack"]) == CALLED
    assert await read(world, world.income_support) == []


async def test_an_outcome_follows_and_already_known_damps_what_comes_after(
    world: World,
) -> None:
    await world.publish(world.debt_help, [KNOWN])
    (part,) = await world.look_up([KNOWN], callBack=CALL)
    await lead(world)
    await say(world, part["entryId"], "already-known")
    told = await read(world, world.debt_help)
    kinds = {one["kind"]: one["outcome"] for one in told}
    assert kinds == {"looked-up": None, "outcome": "already-known"}
    by_kind = {one["kind"]: one for one in told}
    looked, said = by_kind["looked-up"], by_kind["outcome"]
    assert said["lookedUp"] == looked["lookedUp"]
    assert whom(said["callBack"]) == CALLED
    assert looked["saidAt"] is None
    assert said["saidAt"] >= looked["lookedUp"]["at"][:19]
    await world.look_up([KNOWN])
    await lead(world)
    assert len(await read(world, world.debt_help)) == 2
    world.clock.forward(timedelta(days=91))
    await world.look_up([KNOWN])
    await lead(world)
    assert len(await read(world, world.debt_help)) == 3


async def test_what_arrived_does_not_come_again_and_keeps_its_case_for_the_desk(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [KNOWN])
    await world.look_up([KNOWN])
    await lead(world)
    (told,) = await read(world, world.debt_help)
    cases = {str(notice.reference): "A" * 126}
    assert await acknowledge(world, world.debt_help, [told["id"]], **cases) == 1
    assert await read(world, world.debt_help) == []
    token = an_administrator(world, world.debt_help)
    answer = await world.send("GET", "/notices?state=all", token)
    items = [one for one in answer.json()["items"] if one["kind"] != "cover"]
    assert [one["signals"][0]["case"] for one in items] == ["A" * 126]
    assert items[0]["acknowledged"] is True


async def test_an_outcome_said_before_its_lookup_was_opened_is_told(
    world: World,
) -> None:
    await world.publish(world.debt_help, [KNOWN])
    for _ in range(4):  # whichever of the two lies first
        (part,) = await world.look_up([KNOWN])
        path = f"/lookups/{part['entryId']}/outcome"
        body = {"outcome": "contact-made", "flag": 0}
        await world.send("POST", path, world.a_token(), body)
        await lead(world)
    kinds = [one["kind"] for one in await read(world, world.debt_help)]
    assert (kinds.count("looked-up"), kinds.count("outcome")) == (4, 4)


async def test_a_correction_comes_to_the_source_of_the_signal(
    world: World, tmp_path: Path
) -> None:
    (notice,) = await world.publish(world.debt_help, [KNOWN])
    body = {
        "source": world.debt_help.oin,
        "signalReference": str(notice.reference),
        "reason": "no-contact",
        "receivedOn": world.clock().date().isoformat(),
        "restrict": False,
    }
    desk = CitizensDesk(world, tmp_path)
    reasons = list(desk.world.index.catalogue.correction_reasons.values())
    body["reason"] = reasons[0].id
    answer = await world.send("POST", "/corrections", world.an_officer(), body)
    assert answer.status_code == 201, answer.text
    await lead(world)
    (told,) = await read(world, world.debt_help)
    assert told["kind"] == reasons[0].kind
    assert told["facts"]["reference"] == answer.json()["reference"]


async def test_what_is_due_is_told_in_time_and_once(world: World) -> None:
    (notice,) = await world.publish(world.debt_help, [KNOWN])
    world.clock.forward(timedelta(days=170))
    for _ in range(2):
        await lead(world, due=True)
    told = await read(world, world.debt_help)
    stale = [one for one in told if one["kind"] == "contact-stale-soon"]
    assert [one["facts"]["contactHolder"] for one in stale] == [
        str(world.debt_help.contact)
    ]
    until = notice.validUntil
    days = (until - world.clock().date()).days - 10
    world.clock.forward(timedelta(days=days))
    await lead(world, due=True)
    await lead(world, due=True)
    told = await read(world, world.debt_help)
    ending = [one for one in told if one["kind"] == "signal-expires-soon"]
    assert [one["facts"]["on"] for one in ending] == [until.isoformat()]


async def test_all_that_is_due_is_told_however_little_is_read_at_once(
    world: World,
) -> None:
    for day in (5, 5, 6):
        await world.publish(world.debt_help, [KNOWN], validUntil=a_day(day))
    await world.publish(world.income_support, [KNOWN])
    await lead(world, due=True)
    told = await read(world, world.debt_help)
    assert [one["kind"] for one in told].count("signal-expires-soon") == 3
    world.clock.forward(timedelta(days=170))
    await lead(world, due=True)
    for agency in (world.debt_help, world.income_support):
        kinds = [one["kind"] for one in await read(world, agency)]
        assert kinds.count("contact-stale-soon") == 1


async def test_what_is_said_last_of_a_signal_damps_or_does_not(world: World) -> None:
    await world.publish(world.debt_help, [KNOWN])
    (part,) = await world.look_up([KNOWN])
    await lead(world)
    said = ("already-known", "contact-made", "already-known", None)
    for count, outcome in enumerate(said):
        await say(world, part["entryId"], outcome)
        before = len(await read(world, world.debt_help))
        await world.look_up([KNOWN])
        await lead(world)
        heard = len(await read(world, world.debt_help)) - before
        assert heard == count % 2, (count, outcome)


async def test_a_source_hears_that_what_was_said_is_taken_back(world: World) -> None:
    await world.publish(world.debt_help, [KNOWN])
    (part,) = await world.look_up([KNOWN])
    await lead(world)
    for outcome in ("citizen-says-ended", None):
        world.clock.forward(timedelta(seconds=1))
        await say(world, part["entryId"], outcome)
    told = [
        ReturnNotice.model_validate_json(json.dumps(one))
        for one in await read(world, world.debt_help)
    ]
    (newest,) = [one for one in told if one.kind == "outcome" and not one.outcome]
    (former,) = find_former(told)[newest.id]
    assert former.outcome == "citizen-says-ended"


async def test_the_newest_hour_stands_first_and_pages_hold_while_more_comes(
    world: World,
) -> None:
    async def look(hours: int) -> None:
        world.clock.forward(timedelta(hours=hours))
        await world.look_up([KNOWN])
        await lead(world)

    for _ in range(3):
        await look(1)
        await look(0)
    whole = (await read_page(world, world.debt_help, "?state=all&limit=9"))["items"]
    order = [(one["madeIn"], one["id"]) for one in whole]
    hours = [hour for hour, _ in order]
    assert (len(order), hours) == (6, sorted(hours, reverse=True))
    assert order[0:2] == sorted(order[0:2])
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = await read_page(world, world.debt_help, f"?state=new&limit=2{more}")
        ids = [one["id"] for one in page["items"]]
        seen += ids
        await acknowledge(world, world.debt_help, ids)
        await look(1)
        cursor = page["next"]
    assert seen == [id_ for _, id_ in order]


async def test_after_a_notice_of_another_source_or_of_nobody_there_is_no_page(
    world: World,
) -> None:
    await world.look_up([KNOWN])
    await lead(world)
    (others, *_) = (await read_page(world, world.income_support))["items"]
    for cursor in (others["id"], str(UUID(int=7))):
        page = await read_page(world, world.debt_help, f"?cursor={cursor}")
        assert (page["items"], page["next"]) == ([], None)


async def test_what_one_looked_up_oneself_is_told_to_the_others_alone(
    world: World,
) -> None:
    """Who signals by hand and looks up for one organisation hears of colleagues."""
    kind = frozenset({world.debt_help.category})
    own = SourceRecord(
        *(LOOKUP_OIN, "debt-help", kind, frozenset({"9901"}), 7), state=SourceState.LIVE
    )
    async with owning(world.engine) as conn:
        await add_source(conn, own, now=world.clock())
    await world.publish(world.debt_help, [KNOWN])
    await world.run_sql("UPDATE signal SET source = :oin", oin=LOOKUP_OIN)
    world.index.standing.forget()
    await world.look_up([KNOWN])
    await lead(world)
    seen = {"since": "2026-01-01T00:00:00Z", "seen": []}
    for sub, is_own in (("user-1", True), ("user-2", False)):
        token = world.a_token(sub=sub, roles=["hand-signaller"], scope="openid publish")
        page = (await world.send("GET", "/notices", token)).json()
        (told,) = [one for one in page["items"] if one["kind"] != "cover"]
        assert told["lookedUp"]["own"] is is_own
        assert tells(parse_value(ReturnNotice, told)) is not is_own
        counted = await world.send("POST", "/notices/unread", token, seen)
        assert counted.json()["count"] == (0 if is_own else 1)
